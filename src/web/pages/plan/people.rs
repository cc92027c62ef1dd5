//! The team, and who is reached by what.

use super::reading::Reading;
use super::sections::{Piece, Section};
use crate::actions::people::Card;
use crate::domain::plan::document::{Mark, Role};
use crate::store::people::Method;
use crate::web::links;
use crate::web::parts::person::tel;
use crate::web::parts::state::State;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

pub(super) fn roles(reading: &Reading<'_>) -> Section {
    let table = Table::new("roles").column("Role").column("Holders, in order").column("Duties");
    let table = reading.plan.role.iter().fold(table, |table, one| {
        let holders = match one.holders.as_slice() {
            [] => State::bad("Nobody holds it").into(),
            holders => Words::lines(holders.iter().map(|key| holder(reading, key))),
        };
        table.row([head(reading, one), holders, one.duties.join(", ").into()])
    });
    Section::new("roles", "Team")
        .table(table, "No role is named yet.")
        .acts(reading.adds("role", "Add a role"))
}

fn head(reading: &Reading<'_>, role: &Role) -> Words {
    let about = [role.team.as_str(), role.authority.as_str()];
    let about: Vec<&str> = about.into_iter().filter(|words| !words.is_empty()).collect();
    let marks: Vec<&str> = role.marks.iter().map(|mark| marked(*mark)).collect();
    Words::lines([
        reading.named(&format!("role/{}", role.key), &*role.name),
        small(about.join(", ")),
        small(marks.join(", ")),
    ])
}

fn small(words: String) -> Words {
    if words.is_empty() { Words::new() } else { Words::new().small(words) }
}

fn marked(mark: Mark) -> &'static str {
    match mark {
        Mark::Command => "commands incidents",
        Mark::Words => "publishes words",
        Mark::Database => "looks after databases",
    }
}

/// A person, with what is wrong with reaching them.
fn holder(reading: &Reading<'_>, key: &str) -> Words {
    let Some(card) = reading.card(key) else {
        return Words::from(format!("{key} ")).state(State::bad("not on the roster"));
    };
    let words = Words::new().link(links::person(card.person.id), card.person.name.clone());
    if card.person.disabled_at.is_some() {
        return words.plain(" ").state(State::bad("disabled"));
    }
    let mut sound = card.methods.iter().filter(|method| method.failing_since.is_none()).peekable();
    if sound.peek().is_none() {
        return words.plain(" ").state(State::bad("can’t be reached"));
    }
    if sound.any(|method| method.verified_at.is_some()) {
        return words.plain(" ").small("reachable");
    }
    words.plain(" ").state(State::warn("given"))
}

pub(super) fn roster(reading: &Reading<'_>) -> Section {
    let table = Table::new("roster").column("Person").column("Reached by").column("Holds");
    let table = reading.roster().into_iter().fold(table, |table, card| {
        let name = Words::new().link(links::person(card.person.id), card.person.name.clone());
        table.row([
            Words::lines([name, small(card.person.title.clone())]),
            methods(card),
            held(reading, &card.person.key).into(),
        ])
    });
    let words = "As it stands now; it is changed under People, not with the plan.";
    Section::new("roster", "Roster")
        .piece(Piece::Words(Words::new().small(words)))
        .table(table, "Nobody is on it.")
}

fn methods(card: &Card) -> Words {
    if card.methods.is_empty() {
        return State::bad("nothing").into();
    }
    Words::lines(card.methods.iter().map(method))
}

fn method(method: &Method) -> Words {
    let words = match method.channel.as_str() {
        "mail" => Words::from(method.address.clone()),
        _ => Words::new().link(tel(&method.address), method.address.clone()),
    };
    let words = if method.channel == "sms" { words.small(" SMS") } else { words };
    match (method.failing_since, method.verified_at) {
        (Some(_), _) => words.plain(" ").state(State::bad("failing")),
        (None, Some(_)) => words.plain(" ").state(State::good("verified")),
        (None, None) => words.plain(" ").state(State::warn("given")),
    }
}

/// The roles that somebody holds, and as which holder.
fn held(reading: &Reading<'_>, key: &str) -> String {
    let roles = reading.plan.role.iter().filter_map(|role| {
        let at = role.holders.iter().position(|holder| holder == key)?;
        Some(match at {
            0 => role.name.clone(),
            _ => format!("{} (alternate)", role.name),
        })
    });
    roles.collect::<Vec<_>>().join(", ")
}
