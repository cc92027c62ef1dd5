//! What to do, what recurs, what is restored, what is ticked.

use super::reading::Reading;
use super::sections::{Piece, Section};
use crate::domain::civil::Cron;
use crate::domain::plan::document::{Check, Database, Schedule};
use crate::web::parts::state::State;
use crate::web::parts::table::Table;
use crate::web::parts::words::{Words, capital};

pub(super) fn runbooks(reading: &Reading<'_>) -> Section {
    let table = Table::new("runbooks").column("Runbook").column("When you see").column("Mends");
    let table = reading.plan.runbook.iter().fold(table.number("Steps"), |table, one| {
        let name = reading.runbook(&one.key, &one.name);
        let chapter = Words::new().small(one.section.clone());
        table.row([
            if one.section.is_empty() { name } else { name.line().all(chapter) },
            one.symptoms.join(", ").into(),
            reading.components(&one.components).into(),
            one.step.len().to_string().into(),
        ])
    });
    Section::new("runbooks", "Runbooks")
        .table(table, "No runbook is written yet.")
        .acts(reading.adds("runbook", "Add a runbook"))
}

pub(super) fn schedules(reading: &Reading<'_>) -> Section {
    let table = Table::new("schedules").column("What").column("Next").column("Does");
    let table = reading.plan.schedule.iter().fold(table, |table, one| {
        let name = reading.named(&format!("schedule/{}", one.key), &*one.name);
        table.row([
            name.line().all(Words::new().small(capital(&one.kind))),
            next(reading, one),
            one.items.join("; ").into(),
        ])
    });
    Section::new("schedules", "Schedules")
        .table(table, "Nothing recurs yet.")
        .acts(reading.adds("schedule", "Add a schedule"))
}

/// The next time in the plan's zone, and how it is found.
fn next(reading: &Reading<'_>, schedule: &Schedule) -> Words {
    let zone = reading.plan.document.zone();
    let next = schedule.cron.parse::<Cron>().ok().and_then(|cron| cron.next(&zone, reading.now));
    let when = match next {
        Some(at) => Words::from(format!("{}, {}", zone.date(at), zone.clock(at))),
        None => State::unknown("unknown").into(),
    };
    let when = when.line().mono(schedule.cron.clone());
    if schedule.note.is_empty() { when } else { when.line().small(schedule.note.clone()) }
}

pub(super) fn databases(reading: &Reading<'_>) -> Section {
    let table = Table::new("databases").column("Database").column("Looked after by");
    let table = table.column("Stand on it").column("Loss: aimed at, at most");
    let table = reading.plan.database.iter().fold(table, |table, one| {
        let name = reading.named(&format!("database/{}", one.key), &*one.name);
        table.row([
            name,
            reading.role(&one.role).into(),
            reading.components(&one.components).into(),
            loss(one).into(),
        ])
    });
    let checks = reading.plan.database.iter().filter(|one| !one.check.is_empty()).map(checks);
    Section::new("databases", "Databases")
        .table(table, "No database is named yet.")
        .pieces(checks, "")
        .acts(reading.adds("database", "Add a database"))
}

fn loss(database: &Database) -> String {
    match (database.rpo_target, database.rpo_maximum) {
        (None, None) => "as the plan’s RPO".to_owned(),
        (target, most) => {
            let said = |span: Option<_>| {
                span.map_or("as the plan’s RPO".to_owned(), |it: crate::domain::span::Span| {
                    it.to_string()
                })
            };
            format!("{}, {}", said(target), said(most))
        }
    }
}

fn checks(database: &Database) -> Piece {
    let caption = format!("Checks of a restored copy of {}.", database.name);
    let table = Table::new("databases").caption(caption).column("Check").column("Expected");
    Piece::Table(database.check.iter().fold(table.column("By"), |table, one| {
        let expected = if one.expect.is_empty() { "kept, not compared" } else { &one.expect };
        table.row([one.name.clone().into(), expected.into(), by(one)])
    }))
}

fn by(check: &Check) -> Words {
    match check.sql.as_str() {
        "" => Words::from("the named action ").mono(check.action.clone()),
        sql => Words::new().mono(sql),
    }
}

pub(super) fn repositories(reading: &Reading<'_>) -> Section {
    let table = Table::new("backups").column("Backups lie in").column("Where").column("Rank");
    let table = reading.plan.repository.iter().fold(table.column("On"), |table, one| {
        table.row([
            reading.named(&format!("repository/{}", one.key), &*one.name),
            if one.path.is_empty() { Words::new() } else { Words::new().mono(one.path.clone()) },
            one.rank.clone().into(),
            one.kinds.join(", ").into(),
        ])
    });
    Section::new("backups", "Backups")
        .table(table, "No place of backups is named yet.")
        .acts(reading.adds("repository", "Add a place"))
}

pub(super) fn checklists(reading: &Reading<'_>) -> Section {
    let lists = reading.plan.checklist.iter().map(|one| {
        let name = reading.named(&format!("checklist/{}", one.key), &*one.name);
        let moment = format!(", {}", one.moment.replace('-', " "));
        Piece::List(name.all(Words::new().small(moment)), one.items.clone())
    });
    Section::new("checklists", "Checklists")
        .pieces(lists, "No list to tick is written yet.")
        .acts(reading.adds("checklist", "Add a checklist"))
}
