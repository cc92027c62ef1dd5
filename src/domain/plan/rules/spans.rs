//! Spans and shares within their bounds. A span of 0 makes a clock that never rests, and one of
//! years a clock that nobody lives to see.

use super::place;
use crate::domain::plan::document::{Amount, Every, Objective, Plan};
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;
use crate::domain::span::Span;

const MINUTE: Span = Span::minutes(1);
const DAY: Span = Span::hours(24);
const MONTH: Span = Span::hours(31 * 24);
const YEAR: Span = Span::hours(366 * 24);
const DECADE: Span = Span::hours(10 * 366 * 24);

pub(super) fn judge(plan: &Plan, report: &mut Report) {
    for (at, objective) in plan.objective.iter().enumerate() {
        bounds(&place!("objective", at), objective, report);
    }
    for (at, level) in plan.level.iter().enumerate() {
        if let Some(span) = level.usual_downtime {
            within(place!("level", at, "usual_downtime"), span, (MINUTE, YEAR), report);
        }
    }
    for (at, row) in plan.notify.iter().enumerate() {
        let place = place!("notify", at);
        within(place.at("first_within"), row.first_within, (Span::ZERO, MONTH), report);
        if let Every::Span(span) = row.every {
            within(place.at("every"), span, (MINUTE, MONTH), report);
        }
    }
    for (at, row) in plan.escalate.iter().enumerate() {
        within(place!("escalate", at, "next_after"), row.next_after, (MINUTE, DAY), report);
    }
    losses(plan, report);
    aftermath(plan, report);
}

fn within(place: Place, span: Span, (least, most): (Span, Span), report: &mut Report) {
    if span < least {
        report.error(place, format!("{span} is too short; write {least} or more"));
    } else if span > most {
        report.error(place, format!("{span} is too long; write {most} or less"));
    }
}

fn bounds(place: &Place, objective: &Objective, report: &mut Report) {
    let share = |share: f64| (0.0..=100.0).contains(&share);
    let is_share = objective.key == "availability";
    match (objective.target, objective.maximum) {
        (Amount::Span(target), Amount::Span(most)) if target <= most && !is_share => {
            let least = if objective.key == "rpo" { Span::ZERO } else { MINUTE };
            within(place.at("target"), target, (least, YEAR), report);
            within(place.at("maximum"), most, (least, YEAR), report);
        }
        (Amount::Percent(target), Amount::Percent(least)) if is_share => {
            if !(share(target) && share(least) && target >= least) {
                let says = "write percentages from 0 to 100, the target not below what is \
                            accepted at least";
                report.error(place.at("target"), says);
            }
        }
        (Amount::Span(_), Amount::Span(_)) if !is_share => report
            .error(place.at("target"), "the target is above the maximum; swap or correct them"),
        (Amount::Span(_), Amount::Span(_)) => {
            report.error(place.at("target"), "availability is a percentage, such as 99.5");
        }
        (Amount::Percent(_), Amount::Percent(_)) => {
            report.error(place.at("target"), "this is a span of time, such as 2 h");
        }
        _ => report.error(place.at("maximum"), "write target and maximum in the same way"),
    }
}

fn losses(plan: &Plan, report: &mut Report) {
    for (at, database) in plan.database.iter().enumerate() {
        let place = place!("database", at);
        if database.rpo_target.zip(database.rpo_maximum).is_some_and(|(aim, most)| aim > most) {
            let says = "the loss aimed at is above the greatest accepted; swap or correct them";
            report.error(place.at("rpo_target"), says);
        }
        for (key, span) in
            [("rpo_target", database.rpo_target), ("rpo_maximum", database.rpo_maximum)]
        {
            if let Some(span) = span {
                within(place.at(key), span, (Span::ZERO, YEAR), report);
            }
        }
    }
}

fn aftermath(plan: &Plan, report: &mut Report) {
    let meeting = place!("post_mortem", "within");
    within(meeting, plan.post_mortem.within, (Span::ZERO, YEAR), report);
    for (at, window) in plan.follow_up.iter().enumerate() {
        if window.from >= window.until {
            report.error(place!("follow_up", at, "until"), "this window ends before it begins");
        }
        within(place!("follow_up", at, "until"), window.until, (Span::ZERO, DECADE), report);
    }
}
