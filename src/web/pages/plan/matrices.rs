//! Who is told and paged when, and who they are.

use std::collections::BTreeMap;

use crate::actions::people::Card;
use crate::domain::plan::document::{Channel, Every, Plan};
use crate::web::links;
use crate::web::parts::state::State;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

/// The people a plan names, by key.
pub(super) struct Roster(BTreeMap<String, Card>);

impl Roster {
    pub(super) fn new(cards: Vec<Card>) -> Roster {
        Roster(cards.into_iter().map(|card| (card.person.key.clone(), card)).collect())
    }

    /// Their name; the key where the roster has nobody of it.
    pub(super) fn name(&self, key: &str) -> String {
        self.0.get(key).map_or_else(|| key.to_owned(), |card| card.person.name.clone())
    }

    /// People in order, each with what is wrong with reaching them.
    pub(super) fn holders(&self, keys: &[String]) -> Words {
        let mut words = Words::new();
        for (index, key) in keys.iter().enumerate() {
            words = if index > 0 { words.line() } else { words };
            words = match self.0.get(key) {
                None => words.plain(format!("{key} ")).state(State::bad("Not on the roster")),
                Some(card) => reached(words, card),
            };
        }
        words
    }
}

fn reached(words: Words, card: &Card) -> Words {
    let words = words.link(links::person(card.person.id), card.person.name.clone()).plain(" ");
    let sound = card.methods.iter().filter(|method| method.failing_since.is_none());
    let mut sound = sound.peekable();
    if sound.peek().is_none() {
        return words.state(State::bad("Can’t be reached"));
    }
    if sound.any(|method| method.verified_at.is_some()) {
        return words.small("reachable");
    }
    words.small("address given, not verified yet")
}

/// The stakeholder matrix.
pub(super) fn told(plan: &Plan) -> Table {
    let table = Table::new("told").column("From level").column("Audience").column("First word");
    plan.notify.iter().fold(table.column("Then").column("By"), |table, one| {
        let audience = plan.audience(&one.audience).map(|audience| audience.name.clone());
        let by = one.channels.iter().map(|key| channel(plan, key)).collect::<Vec<_>>();
        table.row([
            one.level.to_string(),
            audience.unwrap_or_else(|| one.audience.clone()),
            format!("within {}", one.first_within),
            every(one.every),
            by.join(", "),
        ])
    })
}

fn every(every: Every) -> String {
    match every {
        Every::Span(span) => format!("every {span}"),
        Every::OnChange => "when something changes".to_owned(),
        Every::None => "once is enough".to_owned(),
    }
}

fn channel(plan: &Plan, key: &str) -> String {
    let found: Option<&Channel> = plan.channel.iter().find(|channel| channel.key == key);
    found.map_or_else(|| key.to_owned(), |channel| channel.name.clone())
}

/// The escalation matrix.
pub(super) fn escalation(plan: &Plan) -> Table {
    let table = Table::new("escalation").column("Level").column("What happens").column("Pages");
    plan.escalate.iter().fold(table.column("Next step after"), |table, one| {
        let level = plan.level(one.level);
        let own = level.map(|level| level.pages.as_slice()).unwrap_or_default();
        let roles = if one.roles.is_empty() { own } else { &one.roles };
        let roles = roles
            .iter()
            .map(|key| plan.role(key).map_or_else(|| key.clone(), |role| role.name.clone()));
        table.row([
            level.map_or_else(|| one.level.to_string(), |l| format!("{} {}", l.number, l.name)),
            one.says.clone(),
            roles.collect::<Vec<_>>().join(", "),
            format!("{} without an answer", one.next_after),
        ])
    })
}
