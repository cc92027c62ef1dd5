//! Who is to be told at a level, by the plan's stakeholder matrix.

use crate::domain::plan::document::{Notify, Plan};

/// The rows that hold at a level: for each audience that of the highest level up to it. Audiences
/// that read the status page are told by it, and are left out.
#[must_use]
pub fn audiences(plan: &Plan, level: u8) -> Vec<&Notify> {
    let holds = |row: &Notify| row.level <= level && !told_by_page(plan, row);
    let mut rows: Vec<&Notify> = Vec::new();
    for row in plan.notify.iter().filter(|row| holds(row)) {
        match rows.iter_mut().find(|other| other.audience == row.audience) {
            Some(other) if other.level < row.level => *other = row,
            Some(_) => {}
            None => rows.push(row),
        }
    }
    rows
}

fn told_by_page(plan: &Plan, row: &Notify) -> bool {
    let is_page = |key: &String| {
        plan.channel.iter().any(|channel| channel.key == *key && channel.kind == "status-page")
    };
    plan.audience(&row.audience).is_some_and(|audience| audience.public)
        && row.channels.iter().any(is_page)
}
