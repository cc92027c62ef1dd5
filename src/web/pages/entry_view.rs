//! An entry of a timeline as pages and the live stream show it.

use std::collections::BTreeMap;

use time::format_description::well_known::Rfc3339;

use crate::domain::civil::Zone;
use crate::domain::id::PersonId;
use crate::domain::timeline::{Actor, Body, Kind, Record};
use crate::web::parts::entry::{Entry, Weight};
use crate::web::parts::words::Words;

/// Words a stored entry; `names` are those of the roster.
pub(in crate::web) fn entry(
    record: &Record,
    names: &BTreeMap<PersonId, String>,
    zone: &Zone,
) -> Entry {
    let body = record.content.as_ref().and_then(|content| Body::from_json(&content.text).ok());
    Entry {
        seq: record.seq,
        iso: record.occurred_at.format(&Rfc3339).unwrap_or_default(),
        time: zone.bare_clock(record.occurred_at),
        by: Words::from(by(record, names)),
        body: body.as_ref().map_or_else(|| "Erased.".to_owned(), words),
        weight: weight(record, body.as_ref()),
    }
}

fn by(record: &Record, names: &BTreeMap<PersonId, String>) -> String {
    let who = match record.actor.parse() {
        Ok(Actor::System) | Err(_) => "Muster".to_owned(),
        Ok(Actor::Public) => "Somebody outside".to_owned(),
        Ok(Actor::Agent(site)) => format!("Agent at {site}"),
        Ok(Actor::Person(person) | Actor::Link { person, .. }) => {
            names.get(&person).cloned().unwrap_or_else(|| "Somebody".to_owned())
        }
    };
    let written = [Kind::Note, Kind::Decision, Kind::Task, Kind::Correction];
    match written.into_iter().find(|kind| kind.name() == record.kind) {
        Some(kind) => format!("{who}, {}", kind.name()),
        None => who,
    }
}

fn words(body: &Body) -> String {
    let mut words = body.text.clone();
    if let Some(task) = &body.task {
        words = format!("{words}\nFor {}, within {} min", task.who, task.minutes);
    }
    match body.corrects {
        Some(seq) => format!("Corrects entry {seq}: {words}"),
        None => words,
    }
}

fn weight(record: &Record, body: Option<&Body>) -> Weight {
    match body.and_then(|body| body.public.clone()) {
        Some(readers) => Weight::Public(format!("Public: {readers}")),
        None if record.kind == Kind::Decision.name() => Weight::Decision,
        None => Weight::Note,
    }
}
