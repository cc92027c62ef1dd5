//! What was found in a restored cluster, beside what there should be.

use super::super::journal::Journal;
use super::super::notes::Counts;
use super::super::points::{Entry, Overview};
use crate::domain::recovery::{Lsn, SegmentSize};
use crate::recovery::{Control, Database, Deep, Order, Reached, Reference, Table};

/// Of 100 rows that a table had before the backup, so many may be gone by the end of the log.
const FEWER_PERCENT: u64 = 10;
/// Faults that are named one by one.
const NAMED: usize = 20;

pub(super) fn chain(journal: &mut Journal<'_>, entry: &Entry, size: SegmentSize) {
    let expected = "no hole in the write-ahead log";
    match entry.chain.gap {
        None => {
            let last = entry.chain.last.map(|last| last.name(size)).unwrap_or_default();
            journal.check("log", expected, format!("unbroken until {last}"), true);
        }
        Some(gap) => {
            let found =
                format!("{} segments missing from {} on", gap.missing, gap.first.name(size));
            journal.check("log", expected, found, false);
        }
    }
    let damaged = entry.point.damaged;
    let found = if damaged { "broken pages were copied" } else { "none" };
    journal.check("pages that the backup found broken", "none", found, !damaged);
}

/// That an older one is proved in its place is said, and is not well.
pub(super) fn newest(journal: &mut Journal<'_>, overview: &Overview, entry: &Entry) {
    let newest = overview.points.last().map_or("", |newest| newest.point.label.as_str());
    let label = entry.point.label.as_str();
    journal.check("newest point that opens", newest, label, newest == label);
}

pub(super) fn reached(journal: &mut Journal<'_>, order: &Order, reached: &Reached, left: Lsn) {
    let there = reached.stopped_there && reached.lsn > order.until && left > order.until;
    let found = if reached.stopped_there {
        left.to_string()
    } else {
        format!("{left}, stopped for another reason")
    };
    journal.check("position", format!("past {}", order.until), found, there);
    let timeline = reached.timeline.unwrap_or(0);
    journal.check(
        "timeline",
        order.timeline.to_string(),
        timeline.to_string(),
        timeline == order.timeline,
    );
}

pub(super) fn identity(journal: &mut Journal<'_>, live: Option<&str>, control: Option<&Control>) {
    let (Some(live), Some(control)) = (live, control) else { return };
    let found = control.system_identifier.as_str();
    journal.check("system identifier", live, found, live == found);
}

pub(super) fn summary(found: &[Database]) -> String {
    let tables: Vec<&Table> = found.iter().flat_map(|database| &database.tables).collect();
    let rows: u64 = tables.iter().filter_map(|table| table.rows).sum();
    format!("{rows} rows of {} tables in {} databases", tables.len(), found.len())
}

pub(super) fn tables(journal: &mut Journal<'_>, found: &[Database]) {
    let all = || {
        found.iter().flat_map(|database| database.tables.iter().map(move |table| (database, table)))
    };
    let mut faults = 0;
    for (database, table) in all() {
        let Some(fault) = &table.fault else { continue };
        faults += 1;
        if faults <= NAMED {
            let name = format!("table {} in database {:?}", table.full_name(), database.name);
            journal.check(name, "every column can be read", fault.as_str(), false);
        }
    }
    let found = format!("{} of {}", all().count() - faults, all().count());
    journal.check("tables that can be read", "all", found, faults == 0);
}

pub(super) fn counts(journal: &mut Journal<'_>, noted: Option<&Counts>, found: &[Database]) {
    let Some(noted) = noted else {
        let missing = "none were noted when this backup was made; the next one notes them";
        return journal.check("row counts", "as noted", missing, true);
    };
    let mut faults = 0;
    let mut compared = 0;
    for (database, table) in
        noted.databases.iter().flat_map(|it| it.tables.iter().map(move |table| (it, table)))
    {
        let same = same_table(found, &database.name, table);
        let Some(expected) = table.rows.filter(|_| same.is_none_or(|it| it.fault.is_none())) else {
            continue; // it could not be counted, or not be read, which was said already
        };
        compared += 1;
        let rows = same.and_then(|table| table.rows);
        if rows.is_some_and(|rows| is_enough(rows, expected)) {
            continue;
        }
        faults += 1;
        if faults <= NAMED {
            let name = format!("rows of {} in database {:?}", table.full_name(), database.name);
            let words = rows.map_or_else(|| "no such table".to_owned(), |rows| format!("{rows}"));
            let words = format!("{words} (if that is meant, the next backup notes it anew)");
            journal.check(name, format!("about {expected}"), words, false);
        }
    }
    let words = format!("{} of {compared} tables", compared - faults);
    journal.check(
        "row counts",
        format!("as noted, at most {FEWER_PERCENT} % fewer"),
        words,
        faults == 0,
    );
}

pub(super) fn references(journal: &mut Journal<'_>, found: &[Reference]) {
    let mut faults = 0;
    for reference in found {
        let words = match &reference.orphans {
            Ok(0) => continue,
            Ok(orphans) => format!("{orphans} rows refer to nothing"),
            Err(why) => format!("not known: {why}"),
        };
        faults += 1;
        if faults <= NAMED {
            let name =
                format!("foreign key {} in database {:?}", reference.name, reference.database);
            journal.check(name, "every row refers to one", words, false);
        }
    }
    let words = format!("{} of {}", found.len() - faults, found.len());
    journal.check("foreign keys that hold", "all", words, faults == 0);
}

fn same_table<'a>(found: &'a [Database], database: &str, wanted: &Table) -> Option<&'a Table> {
    let database = found.iter().find(|it| it.name == database)?;
    let same = |it: &&Table| it.schema == wanted.schema && it.name == wanted.name;
    database.tables.iter().find(same)
}

/// Growth is what a database does; that much less is what an accident does.
fn is_enough(rows: u64, expected: u64) -> bool {
    u128::from(rows) * 100 >= u128::from(expected) * u128::from(100 - FEWER_PERCENT)
}

pub(super) fn said(found: &Deep) -> String {
    match found {
        Deep::Clean(words) | Deep::Unavailable(words) => words.clone(),
        Deep::Broken(words) => format!("{} complaints", words.len()),
    }
}

/// What can't be checked is said, and does not keep a proof from holding.
pub(super) fn deep(journal: &mut Journal<'_>, name: &str, expected: &str, found: &Deep) {
    match found {
        Deep::Clean(words) => journal.check(name, expected, words.as_str(), true),
        Deep::Unavailable(words) => {
            journal.check(name, expected, format!("not checked: {words}"), true)
        }
        Deep::Broken(words) => journal.check(name, expected, words.join("; "), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_rows_may_be_gone_and_no_more() {
        assert!(is_enough(0, 0) && is_enough(5, 0) && is_enough(90, 100) && is_enough(1000, 100));
        assert!(!is_enough(89, 100) && !is_enough(0, 1));
    }
}
