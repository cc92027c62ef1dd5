//! What came back of a dump, beside what was put in.

use std::collections::BTreeMap;
use std::path::Path;

use crate::agent::journal::Journal;
use crate::domain::counted::counted;
use crate::domain::recovery::dump::{Dumped, Part};
use crate::domain::timeline::Digest;
use crate::recovery::dump::Restored;

/// Faults that are named one by one.
const NAMED: usize = 20;

/// Whether a file of the settings, below this folder, is what was put in.
pub(super) fn is_same(folder: &Path, part: &Part) -> bool {
    let path = folder.join(part.file.trim_start_matches('/'));
    let text = std::fs::read(path);
    text.is_ok_and(|text| Digest::of_bytes(&text).to_string() == part.sha256)
}

/// The dump and its counts are of one moment, so every row must be there, and none besides.
pub(super) fn rows(journal: &mut Journal<'_>, dumped: &Dumped, restored: &Restored) {
    let key = |schema: &str, name: &str| (schema.to_owned(), name.to_owned());
    let found: BTreeMap<_, _> =
        restored.tables.iter().map(|it| (key(&it.schema, &it.name), it.rows)).collect();
    let mut faults = 0;
    for table in &dumped.tables {
        let rows = found.get(&key(&table.schema, &table.name)).copied().flatten();
        if rows.is_some() && (table.rows.is_none() || table.rows == rows) {
            continue;
        }
        faults += 1;
        if faults <= NAMED {
            let name = format!(
                "rows of {:?}.{:?} in database {:?}",
                table.schema, table.name, dumped.name
            );
            let wanted =
                table.rows.map_or_else(|| "any number".to_owned(), |rows| rows.to_string());
            let found = rows.map_or_else(|| "no such table".to_owned(), |rows| rows.to_string());
            journal.check(name, wanted, found, false);
        }
    }
    let all = dumped.tables.len();
    let name = format!("rows in database {:?}", dumped.name);
    let found = format!("{} of {}", all - faults, counted(all as u64, "table"));
    journal.check(name, "as counted when it was dumped", found, faults == 0);
}

/// A dump names no versions: what comes back is what is installed here, which is said.
pub(super) fn extensions(journal: &mut Journal<'_>, dumped: &Dumped, restored: &Restored) {
    let had = |name: &str| restored.extensions.iter().find(|it| it.name == name);
    let missing: Vec<&str> = dumped
        .extensions
        .iter()
        .map(|it| it.name.as_str())
        .filter(|it| had(it).is_none())
        .collect();
    let found: Vec<String> =
        restored.extensions.iter().map(|it| format!("{} {}", it.name, it.version)).collect();
    let wanted: Vec<String> =
        dumped.extensions.iter().map(|it| format!("{} {}", it.name, it.version)).collect();
    let name = format!("extensions of database {:?}", dumped.name);
    journal.check(name, wanted.join(", "), found.join(", "), missing.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::domain::recovery::dump::{Counted, Extension, Part};

    fn table(name: &str, rows: Option<u64>) -> Counted {
        Counted { schema: "s".to_owned(), name: name.to_owned(), rows }
    }

    fn holds(wanted: &[Counted], found: &[Counted]) -> (bool, String) {
        let hstore =
            Extension { name: "hstore".into(), version: "1.8".into(), schema: "public".into() };
        let dumped = Dumped {
            name: "shop".into(),
            owner: "app".into(),
            encoding: "UTF8".into(),
            collate: "C".into(),
            ctype: "C".into(),
            provider: None,
            locale: None,
            size: 1,
            part: Part { file: "1.dump".into(), bytes: 1, sha256: String::new() },
            extensions: vec![hstore.clone()],
            tables: wanted.to_vec(),
            privileged: Vec::new(),
        };
        let newer = Extension { version: "1.9".into(), ..hstore };
        let restored = Restored { extensions: vec![newer], tables: found.to_vec() };
        let clock = Clock::of_host();
        let mut journal = Journal::new(&clock, &|_| {});
        rows(&mut journal, &dumped, &restored);
        extensions(&mut journal, &dumped, &restored);
        (
            journal.holds(),
            journal.checks.iter().map(|it| format!("{}: {}\n", it.name, it.found)).collect(),
        )
    }

    #[test]
    fn one_row_more_or_less_or_a_table_that_is_gone_keeps_a_proof_from_holding() {
        let wanted = [table("a", Some(4)), table("b", None)];
        let (good, said) =
            holds(&wanted, &[table("a", Some(4)), table("b", Some(9)), table("c", Some(1))]);
        assert!(good && said.contains("hstore 1.9"), "{said}");
        for found in
            [[table("a", Some(3)), table("b", Some(9))], [table("a", Some(5)), table("b", Some(9))]]
        {
            assert!(!holds(&wanted, &found).0, "{found:?}");
        }
        let (good, said) = holds(&wanted, &[table("b", None)]);
        assert!(
            !good && said.contains("\"s\".\"a\" in database \"shop\": no such table"),
            "{said}"
        );
    }
}
