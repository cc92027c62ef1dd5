//! Keys are what everything outside holds on to: well formed, and each there once.

use std::collections::BTreeSet;

use super::place;
use crate::domain::plan::document::PlanFile;
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;
use crate::domain::roster::{LONGEST, is_key};

pub(super) fn judge(file: &PlanFile, report: &mut Report) {
    macro_rules! each {
        ($($list:ident)*) => {
            $(check(&place!(stringify!($list)), file.plan.$list.iter().map(|thing| &thing.key), report);)*
        };
    }
    each! {
        objective function component role audience channel template runbook schedule repository
        database checklist follow_up provider appendix
    }
    check(&place!("person"), file.people.iter().map(|person| &person.key), report);
    for (at, database) in file.plan.database.iter().enumerate() {
        let checks = database.check.iter().map(|check| &check.key);
        self::check(&place!("database", at, "check"), checks, report);
    }
}

fn check<'p>(list: &Place, keys: impl Iterator<Item = &'p String>, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for (at, key) in keys.enumerate() {
        let place = list.at(at).at("key");
        if !is_key(key) {
            let says = format!(
                "“{key}” is no key; write up to {LONGEST} of a-z, 0-9 and -, the first no -"
            );
            report.error(place, says);
        } else if !seen.insert(key) {
            report
                .error(place, format!("the key “{key}” is there twice; give one of them another"));
        }
    }
}
