//! The entries of a dump, and as whom each is brought back.
//!
//! What somebody of the live cluster wrote is never run as a superuser, who could run any program of the host by it:
//! constraints, defaults, indexes and triggers are evaluated while they are made and filled. A superuser makes only what
//! nobody else may, and what evaluates nothing.

use std::collections::BTreeSet;

/// As whom an entry is brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// Somebody who owns what the roles of the dump own, and can do nothing else.
    Loader,
    /// The superuser of the copy.
    Superuser,
}

/// Entries that are brought back in one go, in the dump's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) by: By,
    /// Lines as `pg_restore` takes them.
    pub(super) list: String,
}

/// Catalogs of what only a superuser can make, or change the owner of: schemas, extensions, languages, casts, operator
/// classes and families, access methods, wrappers and servers of foreign data, transforms, parsers and templates.
const PRIVILEGED: [&str; 12] = [
    "2615", "3079", "2612", "2605", "2616", "2753", "2601", "2328", "1417", "3576", "3601", "3764",
];
const TYPES: &str = "1247";
const FUNCTIONS: &str = "1255";
/// What a copy leaves out: it tells nobody, follows nobody, and knows no passwords of others.
const LEFT_OUT: [&str; 7] = [
    "COMMENT ",
    "SECURITY LABEL ",
    "PUBLICATION",
    "SUBSCRIPTION",
    "EVENT TRIGGER ",
    "USER MAPPING ",
    "DATABASE",
];

/// Sorts the entries of a dump, as `pg_restore --list` prints them; these functions only a superuser can make.
pub(super) fn batches(listed: &str, privileged: &[u32]) -> Vec<Batch> {
    let privileged: BTreeSet<String> = privileged.iter().map(u32::to_string).collect();
    let (mut first, mut rights, mut last) = (Vec::new(), String::new(), String::new());
    for line in listed.lines().filter(|line| !line.starts_with(';')) {
        let Some((table, oid, what)) = read(line) else { continue };
        if LEFT_OUT.iter().any(|left| what.starts_with(left)) {
            continue;
        }
        let line = format!("{line}\n");
        if what.starts_with("ACL ") || what.starts_with("DEFAULT ACL ") {
            rights += &line; // grants evaluate nothing, and come after what they are on
        } else if what.starts_with("MATERIALIZED VIEW DATA ") && table == "0" {
            last += &line; // which reads what its owner was granted
        } else {
            add(&mut first, by(table, oid, what, &privileged), &line);
        }
    }
    add(&mut first, By::Superuser, &rights);
    add(&mut first, By::Loader, &last);
    first
}

/// Reads `3490; 0 16527 TABLE DATA s t app`: its catalog, its number there, and what it is. Only what stands before
/// the first name is to be trusted.
fn read(line: &str) -> Option<(&str, &str, &str)> {
    let (_, rest) = line.split_once("; ")?;
    let (table, rest) = rest.split_once(' ')?;
    let (oid, what) = rest.split_once(' ')?;
    Some((table, oid, what))
}

fn by(table: &str, oid: &str, what: &str, privileged: &BTreeSet<String>) -> By {
    let is_type = table == TYPES && (what.starts_with("TYPE ") || what.starts_with("SHELL TYPE "));
    let is_function = table == FUNCTIONS && privileged.contains(oid);
    if PRIVILEGED.contains(&table) || is_type || is_function { By::Superuser } else { By::Loader }
}

fn add(batches: &mut Vec<Batch>, by: By, lines: &str) {
    match batches.last_mut() {
        _ if lines.is_empty() => {}
        Some(batch) if batch.by == by => batch.list += lines,
        _ => batches.push(Batch { by, list: lines.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "\
;     Selected TOC Entries:
;
8; 2615 16387 SCHEMA - s app
2; 3079 16388 EXTENSION - amcheck 
3503; 0 0 COMMENT - EXTENSION amcheck 
266; 1255 16523 FUNCTION s f(integer) app
268; 1255 16559 FUNCTION public tr2() owner
921; 1247 16525 DOMAIN s d app
943; 1247 16565 TYPE s e owner
217; 1259 16527 TABLE s t app
3506; 0 0 ACL s TABLE t app
219; 1259 16540 MATERIALIZED VIEW DATA m app
3337; 0 0 TABLE ATTACH s p1 app
3495; 2613 42 BLOB - 42 app
3490; 0 16527 TABLE DATA s t app
3489; 6104 16561 PUBLICATION - pub owner
2169; 826 16562 DEFAULT ACL s DEFAULT PRIVILEGES FOR TABLES app
3336; 3466 16560 EVENT TRIGGER - e owner
3491; 0 16540 MATERIALIZED VIEW DATA s m app
12; 2617 1 OPERATOR CLASS + app
";

    #[test]
    fn what_evaluates_anything_is_never_brought_back_by_a_superuser() {
        let found: Vec<(By, Vec<String>)> = batches(LISTED, &[16559])
            .into_iter()
            .map(|batch| {
                let ids = batch.list.lines().map(|line| line.split(';').next().unwrap().to_owned());
                (batch.by, ids.collect())
            })
            .collect();

        let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            found,
            [
                (By::Superuser, ids(&["8", "2"])),
                (By::Loader, ids(&["266"])),
                (By::Superuser, ids(&["268"])), // in a language that nobody else may use
                (By::Loader, ids(&["921"])),    // a domain has checks
                (By::Superuser, ids(&["943"])),
                // a view in a schema called DATA, and an operator in one called CLASS, are what they are
                (By::Loader, ids(&["217", "219", "3337", "3495", "3490", "12"])),
                (By::Superuser, ids(&["3506", "2169"])),
                (By::Loader, ids(&["3491"])),
            ]
        );
    }
}
