//! Where a plan says one thing here and another there, or says nothing where people will ask.

use std::collections::BTreeSet;

use super::place;
use crate::domain::civil::Day;
use crate::domain::plan::document::{Mark, Notify, Plan};
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;

pub(super) fn judge(plan: &Plan, report: &mut Report) {
    silences(plan, report);
    meant_for(plan, report);
    escalations(plan, report);
    review(plan, report);
    public_words(plan, report);
    rows_that_lack(plan, report);
    order_of_levels(plan, report);
    marks_of_databases(plan, report);
}

fn silences(plan: &Plan, report: &mut Report) {
    for (at, function) in plan.function.iter().enumerate() {
        if function.while_down.is_empty() {
            let says = format!(
                "nothing says what people do while “{}” is down; add while_down",
                function.name
            );
            report.warning(place!("function", at), says);
        }
    }
    for (at, runbook) in plan.runbook.iter().enumerate() {
        if runbook.step.is_empty() {
            let says = format!("the runbook “{}” has no step; write the first", runbook.name);
            report.warning(place!("runbook", at), says);
        }
    }
    for objective in ["rto", "rpo"] {
        if !plan.objective.iter().any(|one| one.key == objective) {
            let says = format!("there is no objective “{objective}”; nothing is measured by it");
            report.warning(place!("objective"), says);
        }
    }
}

/// Words used at a level that they are not meant for.
fn meant_for(plan: &Plan, report: &mut Report) {
    let mut check = |place: Place, level: u8, key: &Option<String>| {
        let template = key.as_deref().and_then(|key| plan.template(key));
        let other = template.filter(|it| !it.levels.is_empty() && !it.levels.contains(&level));
        if let Some(template) = other {
            let says = format!("“{}” is not meant for level {level}", template.name);
            report.warning(place, says);
        }
    };
    for (at, level) in plan.level.iter().enumerate() {
        check(place!("level", at, "public_template"), level.number, &level.public_template);
    }
    for (at, row) in plan.notify.iter().enumerate() {
        check(place!("notify", at, "template"), row.level, &row.template);
    }
}

fn escalations(plan: &Plan, report: &mut Report) {
    for (at, level) in plan.level.iter().enumerate() {
        let Some(row) = plan.escalate.iter().position(|row| row.level == level.number) else {
            let says = format!(
                "level {} has no row of [[escalate]]; the next are paged after 5 min",
                level.number
            );
            report.warning(place!("level", at), says);
            continue;
        };
        let named: BTreeSet<_> = plan.escalate[row].roles.iter().collect();
        if !named.is_empty() && named != level.pages.iter().collect() {
            let says = format!(
                "level {} pages its own roles, and these differ from them; leave them out, or \
                 change what the level pages",
                level.number
            );
            report.warning(place!("escalate", row, "roles"), says);
        }
    }
}

fn review(plan: &Plan, report: &mut Report) {
    let document = &plan.document;
    let days = [&document.updated, &document.next_review].map(|day| day.parse::<Day>().ok());
    if let [Some(updated), Some(review)] = days
        && review < updated
    {
        let says = "the next review lies before the last update; write when it is due again";
        report.warning(place!("document", "next_review"), says);
    }
}

/// Words for the public at a level whose rows tell no public audience.
fn public_words(plan: &Plan, report: &mut Report) {
    for (at, level) in plan.level.iter().enumerate() {
        let told = plan.notify.iter().any(|row| {
            row.level <= level.number && plan.audience(&row.audience).is_some_and(|it| it.public)
        });
        match &level.public_template {
            Some(template) if !told => {
                let says = format!(
                    "level {} has words for the public (“{template}”), but no row of [[notify]] up \
                     to it tells a public audience; add a row, or take the words away",
                    level.number
                );
                report.warning(place!("level", at, "public_template"), says);
            }
            None if told => {
                let says = format!(
                    "level {} tells the public, but has no first words for the status page; add \
                     public_template",
                    level.number
                );
                report.warning(place!("level", at), says);
            }
            Some(_) | None => {}
        }
    }
}

/// Audiences that an escalation brings in, and that no row of the matrix tells by then.
fn rows_that_lack(plan: &Plan, report: &mut Report) {
    for (at, row) in plan.escalate.iter().enumerate() {
        for (nth, audience) in row.audiences.iter().enumerate() {
            let tells = |cell: &Notify| cell.level <= row.level && cell.audience == *audience;
            if !plan.notify.iter().any(tells) {
                let says = format!(
                    "level {} brings in “{audience}”, but no row of [[notify]] up to it says how \
                     soon they are told; add one",
                    row.level
                );
                report.warning(place!("escalate", at, "audiences", nth), says);
            }
        }
    }
}

/// A graver level should page whom the lighter one pages, and last longer.
fn order_of_levels(plan: &Plan, report: &mut Report) {
    for (at, level) in plan.level.iter().enumerate() {
        let Some(lighter) = level.number.checked_sub(1).and_then(|below| plan.level(below)) else {
            continue;
        };
        let left_out: Vec<&str> = lighter
            .pages
            .iter()
            .filter(|role| !level.pages.contains(role))
            .map(String::as_str)
            .collect();
        if !left_out.is_empty() {
            let says = format!(
                "level {} does not page {}, whom level {} pages",
                level.number,
                left_out.join(", "),
                lighter.number
            );
            report.warning(place!("level", at, "pages"), says);
        }
        if lighter.usual_downtime.zip(level.usual_downtime).is_some_and(|(less, more)| less > more)
        {
            let says = format!("level {} lasts less than level {}", level.number, lighter.number);
            report.warning(place!("level", at, "usual_downtime"), says);
        }
    }
}

fn marks_of_databases(plan: &Plan, report: &mut Report) {
    for (at, database) in plan.database.iter().enumerate() {
        let role = plan.role(&database.role);
        if role.is_some_and(|role| !role.marks.contains(&Mark::Database)) {
            let says = format!(
                "the role “{}” looks after this database, but lacks the mark “database”",
                database.role
            );
            report.warning(place!("database", at, "role"), says);
        }
    }
}
