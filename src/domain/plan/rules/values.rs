//! Values within their bounds: objectives, times, zones, words from fixed lists.

use super::place;
use crate::domain::civil::Zone;
use crate::domain::plan::cron;
use crate::domain::plan::document::{Amount, Check, FORMAT, Objective, Plan, Template};
use crate::domain::plan::placeholder::{self, PLACEHOLDERS};
use crate::domain::plan::reach::is_phone_number;
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;

const OBJECTIVES: &[&str] = &["rto", "rpo", "mttr", "availability"];
const CHANNEL_RANKS: &[&str] = &["primary", "secondary", "tertiary", "public"];
const CHANNEL_KINDS: &[&str] = &["phone", "mail", "chat", "status-page", "social", "website"];
const SCHEDULES: &[&str] = &["backup", "proof", "drill", "test", "review"];
const REPOSITORY_RANKS: &[&str] = &["primary", "secondary", "tertiary"];
const REPOSITORY_KINDS: &[&str] = &["local", "s3", "azure", "offline"];
const MOMENTS: &[&str] = &["before-closing", "after-recovery"];

pub(super) fn judge(plan: &Plan, report: &mut Report) {
    document(plan, report);
    words(plan, report);
    for (at, objective) in plan.objective.iter().enumerate() {
        bounds(&place!("objective", at), objective, report);
    }
    for (at, template) in plan.template.iter().enumerate() {
        placeholders(&place!("template", at), template, report);
    }
    for (at, schedule) in plan.schedule.iter().enumerate() {
        if let Some(fault) = cron::fault(&schedule.cron) {
            report.error(place!("schedule", at, "cron"), fault);
        }
    }
    for (at, database) in plan.database.iter().enumerate() {
        if database.rpo_target.zip(database.rpo_maximum).is_some_and(|(aim, most)| aim > most) {
            let says = "the loss aimed at is above the greatest accepted; swap or correct them";
            report.error(place!("database", at, "rpo_target"), says);
        }
        for (nth, check) in database.check.iter().enumerate() {
            database_check(&place!("database", at, "check", nth), check, report);
        }
    }
    for (at, window) in plan.follow_up.iter().enumerate() {
        if window.from >= window.until {
            report.error(place!("follow_up", at, "until"), "this window ends before it begins");
        }
    }
}

fn document(plan: &Plan, report: &mut Report) {
    let document = &plan.document;
    if plan.format != FORMAT {
        let says = format!("this release reads format {FORMAT}, not {}", plan.format);
        report.error(place!("format"), says);
    }
    if let Err(unknown) = Zone::parse(&document.zone) {
        report.error(place!("document", "zone"), unknown.to_string());
    }
    if !document.hotline.is_empty() && !is_phone_number(&document.hotline) {
        let says = format!("“{}” is no telephone number", document.hotline);
        report.error(place!("document", "hotline"), says);
    }
    for (key, day) in [("updated", &document.updated), ("next_review", &document.next_review)] {
        let is_day = day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok();
        if !day.is_empty() && !is_day {
            let says = format!("“{day}” is no day; write it like 2026-11-02");
            report.error(place!("document", key), says);
        }
    }
}

/// Words from fixed lists.
fn words(plan: &Plan, report: &mut Report) {
    let mut check = |place: Place, word: &str, known: &[&str]| {
        if !known.contains(&word) {
            let says = format!("“{word}” is not known here; write one of {}", known.join(", "));
            report.error(place, says);
        }
    };
    for (at, objective) in plan.objective.iter().enumerate() {
        check(place!("objective", at, "key"), &objective.key, OBJECTIVES);
    }
    for (at, channel) in plan.channel.iter().enumerate() {
        check(place!("channel", at, "rank"), &channel.rank, CHANNEL_RANKS);
        check(place!("channel", at, "kind"), &channel.kind, CHANNEL_KINDS);
    }
    for (at, schedule) in plan.schedule.iter().enumerate() {
        check(place!("schedule", at, "kind"), &schedule.kind, SCHEDULES);
    }
    for (at, repository) in plan.repository.iter().enumerate() {
        check(place!("repository", at, "rank"), &repository.rank, REPOSITORY_RANKS);
        for (nth, kind) in repository.kinds.iter().enumerate() {
            check(place!("repository", at, "kinds", nth), kind, REPOSITORY_KINDS);
        }
    }
    for (at, list) in plan.checklist.iter().enumerate() {
        check(place!("checklist", at, "moment"), &list.moment, MOMENTS);
    }
}

fn bounds(place: &Place, objective: &Objective, report: &mut Report) {
    let share = |share: f64| (0.0..=100.0).contains(&share);
    match (objective.target, objective.maximum) {
        (Amount::Span(target), Amount::Span(most)) if target <= most => {}
        (Amount::Percent(target), Amount::Percent(least))
            if share(target) && share(least) && target >= least => {}
        (Amount::Span(_), Amount::Span(_)) => report
            .error(place.at("target"), "the target is above the maximum; swap or correct them"),
        (Amount::Percent(_), Amount::Percent(_)) => report.error(
            place.at("target"),
            "write percentages from 0 to 100, the target not below what is accepted at least",
        ),
        _ => report.error(place.at("maximum"), "write target and maximum in the same way"),
    }
}

fn placeholders(place: &Place, template: &Template, report: &mut Report) {
    for (key, text) in [("subject", &template.subject), ("body", &template.body)] {
        for name in placeholder::unknown(text) {
            let known = PLACEHOLDERS.join(", ");
            let says = format!("{{{{{name}}}}} can't be filled; there are {known}");
            report.error(place.at(key), says);
        }
    }
    if template.subject.contains(['\n', '\r']) {
        report.error(place.at("subject"), "a subject is one line; take the break out");
    }
}

fn database_check(place: &Place, check: &Check, report: &mut Report) {
    if check.sql.is_empty() == check.action.is_empty() {
        let says = "a check has either “sql” or “action”; write one of them";
        report.error(place.clone(), says);
    }
    let operators = ["=", ">", ">=", "<", "<="];
    let fits = match check.expect.split_once(' ') {
        Some((operator, number)) => {
            operators.contains(&operator) && number.trim().parse::<i64>().is_ok()
        }
        None => check.expect.is_empty(),
    };
    if !fits {
        let says = format!(
            "“{}” can't be compared; write it like > 0 or = 0, or leave it out",
            check.expect
        );
        report.error(place.at("expect"), says);
    }
}
