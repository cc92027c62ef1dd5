//! The escalation matrix: who is paged, and who is next.

use super::levels::{head, pages};
use super::reading::Reading;
use super::sections::Section;
use crate::domain::plan::document::Escalate;
use crate::domain::span::Span;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

/// What the three steps after the first do, as `domain::escalation` has them.
const STEPS: [(u32, &str); 3] = [
    (1, "again, and the first alternate"),
    (2, "the second alternate; where there is none, both again"),
    (3, "everybody of the level, and the plan’s owner"),
];

pub(super) fn escalation(reading: &Reading<'_>) -> Section {
    let rows = &reading.plan.escalate;
    let wait = one_wait(rows);
    let table = Table::new("escalation").column("Level").column("Pages first");
    let table = heads(wait).into_iter().fold(table, Table::column).column("Brings in");
    let table = rows.iter().fold(table, |table, row| {
        let level = reading.plan.level(row.level);
        let roles = level.map(|level| level.pages.as_slice()).unwrap_or_default();
        let says = Words::new().small(row.says.clone());
        let name = Words::lines([head(reading, "escalate", row.level), says]);
        let steps = STEPS.map(|(times, does)| match wait {
            Some(_) => Words::from(does),
            None => format!("after {}: {does}", row.next_after.times(times)).into(),
        });
        let first = [name, pages(reading, roles).into()];
        table.row(first.into_iter().chain(steps).chain([brings_in(reading, row).into()]))
    });
    Section::new("escalation", "Escalation matrix")
        .table(table, "No row yet: at each level the next are paged after 5 min.")
        .acts(reading.adds("escalate", "Add a row"))
}

/// How long each level waits, if all wait alike.
fn one_wait(rows: &[Escalate]) -> Option<Span> {
    let first = rows.first()?.next_after;
    rows.iter().all(|row| row.next_after == first).then_some(first)
}

fn heads(wait: Option<Span>) -> [String; 3] {
    match wait {
        Some(wait) => [
            format!("After {wait}"),
            format!("After {}", wait.times(2)),
            format!("Nobody after {}", wait.times(3)),
        ],
        None => ["Then", "Then", "Nobody"].map(str::to_owned),
    }
}

fn brings_in(reading: &Reading<'_>, row: &Escalate) -> String {
    let name = |key: &String| {
        reading.plan.audience(key).map_or(key.clone(), |audience| audience.name.clone())
    };
    row.audiences.iter().map(name).collect::<Vec<_>>().join(", ")
}
