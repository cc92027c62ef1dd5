//! The parts of a plan, each as a table.

use super::lists;
use super::matrices::{self, Roster};
use crate::domain::plan::document::{Amount, Plan};
use crate::domain::timeline::Digest;
use crate::store::plans::Revision;
use crate::web::parts::level::Level;
use crate::web::parts::state::State;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

/// One part of the plan under its heading.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) heading: &'static str,
    pub(super) table: Table,
}

/// The parts that a reader looks for first, in the plan's order.
pub(super) fn of(revision: &Revision, roster: &Roster) -> Vec<Section> {
    let plan = &revision.plan;
    let section = |id, heading, table| Section { id, heading, table };
    vec![
        section("objectives", "Objectives", objectives(plan)),
        section("levels", "Levels", levels(plan)),
        section("functions", "Functions", functions(plan)),
        section("roles", "Roles and holders", roles(plan, roster)),
        section("told", "Who is told", matrices::told(plan)),
        section("escalation", "Escalation", matrices::escalation(plan)),
        section("components", "Components", lists::components(plan)),
        section("runbooks", "Runbooks", lists::runbooks(plan)),
        section("channels", "Ways to talk", lists::channels(plan)),
        section("providers", "Providers", lists::providers(plan)),
        section("schedules", "What recurs", lists::schedules(plan)),
        section("databases", "Databases", lists::databases(plan)),
        section("control", "Document control", control(revision, roster)),
    ]
}

fn objectives(plan: &Plan) -> Table {
    let table = Table::new("objectives").column("Objective").column("Target").column("At most");
    plan.objective.iter().fold(table.column("For"), |table, one| {
        let cells = [one.name.clone(), amount(one.target), amount(one.maximum)];
        table.row(cells.into_iter().chain([one.covers.join(", ")]))
    })
}

fn amount(amount: Amount) -> String {
    match amount {
        Amount::Percent(share) => format!("{share:.1} %"),
        Amount::Span(span) => span.to_string(),
    }
}

fn levels(plan: &Plan) -> Table {
    let table = Table::new("levels").column("Level").column("Means").column("Response");
    plan.level.iter().fold(table.column("Pages"), |table, one| {
        let pages = one.pages.iter().map(|key| role(plan, key)).collect::<Vec<_>>();
        table.row([
            Words::from(Level::new(one.number, &*one.name)),
            format!("{} {}", one.impact, one.examples.join(", ")).trim().to_owned().into(),
            one.response.join(", ").into(),
            pages.join(", ").into(),
        ])
    })
}

fn role(plan: &Plan, key: &str) -> String {
    plan.role(key).map_or_else(|| key.to_owned(), |role| role.name.clone())
}

fn functions(plan: &Plan) -> Table {
    let table = Table::new("functions").column("Function").column("Within").column("Stands on");
    plan.function.iter().fold(table.column("While it is down"), |table, one| {
        let parts = one.components.iter().map(|key| {
            plan.component(key).map_or_else(|| key.clone(), |component| component.name.clone())
        });
        let down = match one.while_down.as_str() {
            "" => State::bad("No text yet").into(),
            text => Words::from(text),
        };
        table.row([
            Words::from(&*one.name),
            format!("{}, {}", one.tier.name(), one.tier.within()).into(),
            parts.collect::<Vec<_>>().join(", ").into(),
            down,
        ])
    })
}

fn roles(plan: &Plan, roster: &Roster) -> Table {
    let table = Table::new("roles").column("Role").column("Holders, in order").column("Duties");
    plan.role.iter().fold(table, |table, one| {
        let holders = match one.holders.as_slice() {
            [] => State::bad("Nobody holds it").into(),
            holders => roster.holders(holders),
        };
        table.row([Words::from(&*one.name), holders, one.duties.join(", ").into()])
    })
}

fn control(revision: &Revision, roster: &Roster) -> Table {
    let document = &revision.plan.document;
    let digest = <[u8; 32]>::try_from(revision.digest.as_slice()).map(Digest);
    let digest = digest.map(|digest| digest.to_string()).unwrap_or_default();
    Table::new("control")
        .column("What")
        .column("Is")
        .row(["Owner".to_owned(), roster.name(&document.owner)])
        .row(["Approved by".to_owned(), roster.name(&document.approved_by)])
        .row(["Next review", &*document.next_review])
        .row(["Hotline", &*document.hotline])
        .row([Words::from("Digest"), Words::new().mono(format!("sha256 {digest}"))])
}
