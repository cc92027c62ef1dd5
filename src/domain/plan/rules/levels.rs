//! Four levels, a commander, somebody for the words, and somebody to page at each level.

use std::collections::BTreeSet;

use super::place;
use crate::domain::plan::document::{Mark, Plan, PlanFile};
use crate::domain::plan::held::{Unheld, unheld};
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;

pub(super) fn judge(file: &PlanFile, report: &mut Report) {
    four(&file.plan, report);
    rows(&file.plan, report);
    marked(&file.plan, Mark::Command, "command", report);
    marked(&file.plan, Mark::Words, "words", report);
    reached(file, report);
}

fn four(plan: &Plan, report: &mut Report) {
    for number in 1..=4 {
        let of_it = plan.level.iter().enumerate().filter(|(_, level)| level.number == number);
        let places: Vec<usize> = of_it.map(|(at, _)| at).collect();
        match places.as_slice() {
            [] => report.error(place!("level"), format!("level {number} is missing; add it")),
            [_, again @ ..] => {
                for at in again {
                    let says = format!("level {number} is there twice; take one away");
                    report.error(place!("level", *at, "number"), says);
                }
            }
        }
    }
    for (at, level) in plan.level.iter().enumerate() {
        number(place!("level", at, "number"), level.number, report);
    }
}

fn rows(plan: &Plan, report: &mut Report) {
    let mut told = BTreeSet::new();
    for (at, row) in plan.notify.iter().enumerate() {
        number(place!("notify", at, "level"), row.level, report);
        if !told.insert((row.level, &row.audience)) {
            let says = format!(
                "level {} tells “{}” in another row already; take one away",
                row.level, row.audience
            );
            report.error(place!("notify", at), says);
        }
    }
    let mut escalated = BTreeSet::new();
    for (at, row) in plan.escalate.iter().enumerate() {
        number(place!("escalate", at, "level"), row.level, report);
        if !escalated.insert(row.level) {
            let says = format!("level {} has another row already; take one away", row.level);
            report.error(place!("escalate", at), says);
        }
    }
    for (at, template) in plan.template.iter().enumerate() {
        for (nth, level) in template.levels.iter().enumerate() {
            number(place!("template", at, "levels", nth), *level, report);
        }
    }
}

fn number(place: Place, number: u8, report: &mut Report) {
    if !(1..=4).contains(&number) {
        report.error(place, format!("there is no level {number}; levels are 1, 2, 3 and 4"));
    }
}

fn marked(plan: &Plan, mark: Mark, name: &str, report: &mut Report) {
    let bearers = plan.role.iter().enumerate().filter(|(_, role)| role.marks.contains(&mark));
    let places: Vec<usize> = bearers.map(|(at, _)| at).collect();
    if places.is_empty() {
        let says = format!("no role bears the mark “{name}”; give it to exactly one");
        report.error(place!("role"), says);
    }
    for at in places.iter().skip(1) {
        let says = format!("the mark “{name}” is borne twice; leave it to exactly one role");
        report.error(place!("role", *at, "marks"), says);
    }
}

/// A level or audience whose roles nobody with any way of contact holds would reach nobody.
fn reached(file: &PlanFile, report: &mut Report) {
    let reachable = |key: &str| {
        let person = file.people.iter().find(|person| person.key == key);
        person.is_some_and(|person| !person.contact.is_empty())
    };
    for Unheld { section, at, field, says } in unheld(&file.plan, reachable) {
        let says = format!("{says}; name a holder with a phone number or mail address");
        report.error(place!(section, at, field), says);
    }
}
