//! Findings beside what they are about: a field, the thing, or another place of the plan.

use crate::domain::plan::shape::Thing;
use crate::domain::plan::{Finding, Severity};
use crate::web::links;
use crate::web::parts::state::State;
use crate::web::parts::table::Table;
use crate::web::parts::words::{Words, sentence};

/// The findings of a form's thing, which findings call `about`.
pub(super) struct Sorted<'f> {
    about: &'f str,
    /// About the thing as a whole.
    pub(super) whole: Vec<State>,
    of_fields: Vec<(&'f str, &'f Finding)>,
    apart: Vec<&'f Finding>,
}

impl<'f> Sorted<'f> {
    /// Sorts them by the fields that the form has.
    pub(super) fn new(findings: &'f [Finding], about: &'f str, fields: &[&str]) -> Sorted<'f> {
        let (whole, of_fields, apart) = (Vec::new(), Vec::new(), Vec::new());
        let mut sorted = Sorted { about, whole, of_fields, apart };
        for finding in findings {
            match key_of(&finding.path, about) {
                Some("") => sorted.whole.push(worded(finding)),
                Some(key) if fields.contains(&key) => sorted.of_fields.push((key, finding)),
                _ => sorted.apart.push(finding),
            }
        }
        sorted
    }

    /// What refuses a field.
    pub(super) fn errors(&self, key: &str) -> Vec<String> {
        self.of(key, Severity::Error)
    }

    /// What may not be meant in a field.
    pub(super) fn warnings(&self, key: &str) -> Vec<String> {
        self.of(key, Severity::Warning)
    }

    /// What it means elsewhere in the plan, with the ways there; none where it means nothing.
    pub(super) fn elsewhere(&self) -> Option<Table> {
        let table = Table::new("elsewhere").column("Where").column("What");
        let row =
            |table: Table, one: &&Finding| table.row([found_at(&one.path), worded(one).into()]);
        (!self.apart.is_empty()).then(|| self.apart.iter().fold(table, row))
    }

    fn of(&self, key: &str, severity: Severity) -> Vec<String> {
        let own =
            self.of_fields.iter().filter(|(other, one)| *other == key && one.severity == severity);
        own.map(|(_, one)| placed(one, self.about, key)).collect()
    }
}

/// The field that a path is about, within the thing that `about` names; empty: the thing itself.
fn key_of<'p>(path: &'p str, about: &str) -> Option<&'p str> {
    if about.is_empty() {
        return None;
    }
    match path.strip_prefix(about)? {
        "" => Some(""),
        rest => rest.strip_prefix('.')?.split('.').next(),
    }
}

/// What is found, with the line of a list that it is about.
fn placed(finding: &Finding, about: &str, key: &str) -> String {
    let inner = finding.path.strip_prefix(&format!("{about}.{key}."));
    match inner.and_then(|inner| inner.parse::<usize>().ok()) {
        Some(line) => format!("Line {line}: {}.", finding.says),
        None => sentence(&finding.says),
    }
}

fn worded(finding: &Finding) -> State {
    let words = sentence(&finding.says);
    match finding.severity {
        Severity::Error => State::bad(words),
        Severity::Warning => State::warn(words),
    }
}

/// Where it is, and the way to the form of the thing there.
fn found_at(path: &str) -> Words {
    let mut pieces = path.split('.');
    let Some(thing) = pieces.next().and_then(Thing::of) else { return Words::new().mono(path) };
    let names: Vec<&str> = pieces.take(thing.names.len()).collect();
    let address = [thing.list, &names.join(".")].join("/");
    Words::new().link(links::plan_thing(address.trim_end_matches('/')), path)
}
