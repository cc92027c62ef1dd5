//! What is aimed at, what the business does, and what it stands on.

use super::reading::Reading;
use super::sections::Section;
use crate::domain::plan::document::{Amount, Tier};
use crate::web::parts::state::{State, Tone};
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

pub(super) fn objectives(reading: &Reading<'_>) -> Section {
    let table = Table::new("objectives").column("Objective").short("Target").short("At most");
    let table = reading.plan.objective.iter().fold(table.column("For"), |table, one| {
        table.row([
            reading.named(&format!("objective/{}", one.key), named(&one.key, &one.name)),
            amount(one.target).into(),
            amount(one.maximum).into(),
            one.covers.join(", ").into(),
        ])
    });
    Section::new("objectives", "Objectives")
        .table(table, "Nothing is aimed at yet.")
        .acts(reading.adds("objective", "Add an objective"))
}

/// `RTO, Recovery Time Objective`; what is no abbreviation stands alone.
fn named(key: &str, name: &str) -> String {
    match key {
        "rto" | "rpo" | "mttr" => format!("{}, {name}", key.to_uppercase()),
        _ => name.to_owned(),
    }
}

fn amount(amount: Amount) -> String {
    match amount {
        Amount::Percent(share) if share.fract() == 0.0 => format!("{share:.1} %"),
        Amount::Percent(share) => format!("{share} %"),
        Amount::Span(span) => span.to_string(),
    }
}

pub(super) fn functions(reading: &Reading<'_>) -> Section {
    let table = Table::new("functions").column("Function").short("Within").column("Stands on");
    let table = table.column("While it is down");
    let table = reading.plan.function.iter().fold(table, |table, one| {
        let down = match one.while_down.as_str() {
            "" => State::bad("No text yet").into(),
            text => Words::from(text),
        };
        table.row([
            reading.named(&format!("function/{}", one.key), &*one.name),
            within(one.tier).into(),
            reading.components(&one.components).into(),
            down,
        ])
    });
    Section::new("functions", "Functions")
        .table(table, "No function is named yet.")
        .acts(reading.adds("function", "Add a function"))
}

/// In hours, as plans count them: a day is 24 of them.
fn within(tier: Tier) -> String {
    format!("{}, {} h", tier.name(), tier.within().as_seconds() / 3_600)
}

pub(super) fn components(reading: &Reading<'_>) -> Section {
    let table = Table::new("components").column("Component").short("Who sees it");
    let table = reading.plan.component.iter().fold(table.column("Stand on it"), |table, one| {
        let seen = match one.public {
            true => State::new(Tone::Everyone, "the public").into(),
            false => Words::from("responders alone"),
        };
        let standing = reading.plan.function.iter().filter(|it| it.components.contains(&one.key));
        let standing: Vec<&str> = standing.map(|function| function.name.as_str()).collect();
        let name = reading.named(&format!("component/{}", one.key), &*one.name);
        table.row([name, seen, standing.join(", ").into()])
    });
    Section::new("components", "Components")
        .table(table, "No component is named yet; the status page shows none.")
        .acts(reading.adds("component", "Add a component"))
}
