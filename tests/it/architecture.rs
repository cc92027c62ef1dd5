//! Fails when the source leaves the order it was drawn in: imports that go up or sideways, a
//! domain that isn't pure, SQL in the wrong place, a second clock.
//!
//! The floors are read from the list in `src/lib.rs`, so that there is one list.

mod source;

use std::collections::BTreeMap;

use source::{Source, read_all};

type Floors = BTreeMap<String, u8>;

const CLOCK: &str = "src/store/clock.rs";
const SQL_CLOCKS: [&str; 8] = [
    "now()",
    "'now'",
    "current_date",
    "current_timestamp",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "localtimestamp",
];
const IMPURE: [&str; 10] = [
    "async ",
    "axum::",
    "lettre::",
    "sqlx::",
    "std::env",
    "std::fs",
    "std::time::instant",
    "systemtime",
    "tokio::",
    "tracing::",
];
const SQL_PLACES: [&str; 5] = ["src/db", "src/pgserver", "src/queue", "src/recovery", "src/store"];

#[test]
fn every_module_stands_on_a_floor() {
    let lib = read_all("src", "lib.rs").remove(0);
    let floors = floors(&lib.text);

    let modules = lib.code.lines().filter_map(|line| line.strip_prefix("pub mod "));
    let homeless: Vec<_> = modules
        .map(|name| name.trim_end_matches(';'))
        .filter(|m| !floors.contains_key(*m))
        .collect();

    assert!(floors.len() > 10, "the list of floors in src/lib.rs was not understood: {floors:?}");
    assert_eq!(homeless, Vec::<&str>::new(), "name their floor in src/lib.rs");
}

#[test]
fn imports_go_down() {
    let lib = read_all("src", "lib.rs").remove(0);
    let floors = floors(&lib.text);

    let faults: Vec<_> =
        read_all("src", ".rs").iter().flat_map(|file| import_faults(file, &floors)).collect();

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn an_agent_needs_no_database_of_musters() {
    const FOREIGN: [&str; 4] = ["actions", "queue", "store", "db"];
    let faults: Vec<_> = ["src/agent", "src/recovery"]
        .into_iter()
        .flat_map(|folder| read_all(folder, ".rs"))
        .filter(|file| file.crate_paths().any(|name| FOREIGN.contains(&name)))
        .map(|file| file.path)
        .collect();

    assert_eq!(faults, Vec::<String>::new(), "it works while the server is away");
}

#[test]
fn the_domain_is_pure() {
    let faults: Vec<_> = read_all("src/domain", ".rs")
        .iter()
        .flat_map(|file| found(file, &file.code, &IMPURE))
        .collect();

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn queries_stand_where_sql_belongs() {
    let faults: Vec<_> = read_all("src", ".rs")
        .iter()
        .filter(|file| !SQL_PLACES.iter().any(|place| file.path.starts_with(place)))
        .flat_map(|file| found(file, &file.code, &["sqlx::query", "sqlx::raw_sql"]))
        .collect();

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn one_file_asks_the_database_for_the_time() {
    let sources = [read_all("src", ".rs"), read_all("migrations", ".sql"), read_all("src", ".sql")];

    let faults: Vec<_> = sources
        .iter()
        .flatten()
        .filter(|file| file.path != CLOCK)
        .flat_map(|file| found(file, &file.strings, &SQL_CLOCKS))
        .collect();

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn templates_escape_everything() {
    let faults: Vec<_> = read_all("templates", "")
        .iter()
        .filter(|file| file.text.replace("| ", "|").contains("|safe"))
        .map(|file| file.path.clone())
        .collect();

    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn the_checks_find_what_they_are_for() {
    let floors: Floors = [("cli", 5), ("actions", 3), ("queue", 2), ("store", 2), ("domain", 0)]
        .map(|(name, floor)| (name.to_owned(), floor))
        .into();
    for (path, text) in [
        ("src/store/people.rs", "use crate::queue::enqueue;"),
        ("src/store/people.rs", "use crate::actions::declare;"),
        ("src/store/people.rs", "fn f() { crate::cli::run() }"),
        ("src/store/people.rs", "use crate::{domain::id};"),
        ("src/store/people.rs", "use crate::mystery::Thing;"),
        ("src/store/people.rs", "use super::super::queue::enqueue;"),
        ("src/store/mod.rs", "use super::queue::enqueue;"),
        ("src/domain/id.rs", "use crate::store::people;"),
    ] {
        let file = Source::rust(path, text);
        assert_eq!(import_faults(&file, &floors).len(), 1, "{path}: {text}");
    }
    for text in [
        "use crate::domain::id::PersonId;",
        "use crate::store::roles; use super::roles;",
        "// crate::cli would be wrong",
        "const WORDS: &str = \"crate::cli\";",
        "mod tests { use super::super::roles; }",
    ] {
        let file = Source::rust("src/store/people.rs", text);
        assert_eq!(import_faults(&file, &floors), Vec::<String>::new(), "{text}");
    }
    let clock =
        Source::rust("src/store/a.rs", r##"sqlx::query!(r#"select NOW ( )"#); clock.now()"##);
    assert_eq!(found(&clock, &clock.strings, &SQL_CLOCKS).len(), 1);
    let own = Source::rust("src/store/a.rs", "let now = clock.now(); // now()\n\"known()\"");
    assert_eq!(found(&own, &own.strings, &SQL_CLOCKS), Vec::<String>::new());
}

/// `//! - 4 `web`, `worker`: doors` puts both on floor 4.
fn floors(lib: &str) -> Floors {
    let mut floors = Floors::new();
    for line in lib.lines().filter_map(|line| line.strip_prefix("//! - ")) {
        let Some((number, rest)) = line.split_once(' ') else { continue };
        let Ok(floor) = number.parse() else { continue };
        let names = rest.split(':').next().unwrap_or_default().split('`').skip(1).step_by(2);
        floors.extend(names.map(|name| (name.to_owned(), floor)));
    }
    floors
}

fn import_faults(file: &Source, floors: &Floors) -> Vec<String> {
    let Some(own) = file.module() else { return Vec::new() };
    let own_floor = floors.get(own).copied();
    let mut faults: Vec<_> = file
        .crate_paths()
        .filter(|name| *name != own)
        .filter_map(|name| match (own_floor, floors.get(name)) {
            (Some(own_floor), Some(floor)) if *floor < own_floor => None,
            (_, Some(floor)) => Some(format!("{}: crate::{name} is on floor {floor}", file.path)),
            (_, None) => Some(format!("{}: crate::{name} is on no floor", file.path)),
        })
        .collect();
    if file.climbs_out() {
        faults.push(format!("{}: super:: leaves its module; write crate::", file.path));
    }
    faults
}

/// Each of `words` that stands in `text`, as a whole word and whatever its case and spacing.
fn found(file: &Source, text: &str, words: &[&str]) -> Vec<String> {
    let text = text.to_lowercase().replace(" (", "(").replace("( )", "()");
    let whole = |at: usize, word: &str| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let joins = |c: char| c.is_alphanumeric() || c == '_';
        let ends_as_word = word.ends_with(joins);
        let inside_a_word = before.is_some_and(joins) || (ends_as_word && after.is_some_and(joins));
        !inside_a_word
    };
    words
        .iter()
        .filter(|word| text.match_indices(**word).any(|(at, _)| whole(at, word)))
        .map(|word| format!("{}: {word}", file.path))
        .collect()
}

#[test]
fn no_two_migrations_have_one_version() {
    let mut versions: Vec<String> = std::fs::read_dir("migrations")
        .unwrap()
        .map(|file| file.unwrap().file_name().to_string_lossy()[..14].to_owned())
        .collect();
    versions.sort();
    let mut once = versions.clone();
    once.dedup();
    assert_eq!(versions, once);
}
