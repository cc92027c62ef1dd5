//! An entry of a timeline in words, the same for pages and the live stream.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::actions::record::Entries;
use crate::domain::civil::Zone;
use crate::domain::id::IncidentId;
use crate::domain::timeline::{Actor, Body, Kind, Record};
use crate::store::tasks::Task;
use crate::web::links;
use crate::web::parts::entry::{Entry, Weight};
use crate::web::parts::state::State;
use crate::web::parts::words::Words;

/// Words an entry; times are read in this zone.
pub(super) fn worded(
    record: &Record,
    entries: &Entries,
    zone: &Zone,
    now: OffsetDateTime,
    may_star: bool,
) -> Entry {
    let body = body(record);
    Entry {
        seq: record.seq,
        iso: instant(record.occurred_at),
        time: time(record, zone),
        by: by(record, &body, entries, zone, now),
        weight: weight(record, &body, entries),
        kind: record.kind.clone(),
        body: body.text,
        starred: entries.stars.contains(&record.seq),
        may_star,
    }
}

/// What it says.
pub(super) fn body(record: &Record) -> Body {
    match record.content.as_ref().map(|content| Body::from_json(&content.text)) {
        Some(Ok(body)) => body,
        Some(Err(_)) => Body::words("(These words can’t be read; see the record.)"),
        None => Body::words("(Erased by rule.)"),
    }
}

/// Number of an earlier entry that reads another way now: a corrected one, or a task.
pub(super) fn touches(record: &Record) -> Option<i64> {
    let body = Body::from_json(&record.content.as_ref()?.text).ok()?;
    body.corrects.or_else(|| body.about.get("task")?.parse().ok())
}

/// An instant for machines.
pub(super) fn instant(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// When it happened, with the day where it was written down on another.
fn time(record: &Record, zone: &Zone) -> String {
    let clock = zone.bare_clock(record.occurred_at);
    match zone.is_same_day(record.occurred_at, record.recorded_at) {
        true => clock,
        false => format!("{}, {clock}", zone.short_date(record.occurred_at)),
    }
}

fn weight(record: &Record, body: &Body, entries: &Entries) -> Weight {
    match (&body.public, record.kind.as_str()) {
        (Some(readers), _) => Weight::Public(format!("Public: {readers}")),
        _ if entries.corrected.contains_key(&record.seq) => Weight::Corrected,
        (None, "decision" | "declared") => Weight::Decision,
        _ => Weight::Note,
    }
}

fn by(record: &Record, body: &Body, entries: &Entries, zone: &Zone, now: OffsetDateTime) -> Words {
    let id = IncidentId(record.stream.0);
    let link = |words: Words, seq: i64| words.link(links::entry(id, seq), seq.to_string());
    let mut words = Words::from(who(&record.actor, entries)).plain(", ");
    words = words.plain(record.kind.replace('-', " "));
    if let Some(other) = body.about.get("incident").and_then(|id| id.parse().ok()) {
        words = words.plain(" · ").link(links::incident(other), "the other incident");
    }
    if let Some(corrects) = body.corrects {
        words = link(words.plain(" of "), corrects);
    }
    if let Some(given) = &body.task {
        words = words.plain(format!(" for {}, {} min", given.who, given.minutes));
    }
    if (record.recorded_at - record.occurred_at).whole_minutes() != 0 {
        words = words.plain(format!("; recorded {}", zone.bare_clock(record.recorded_at)));
    }
    if let Some(corrected_by) = entries.corrected.get(&record.seq) {
        words = link(words.plain("; corrected by "), *corrected_by);
    }
    if let Some(task) = entries.tasks.get(&record.seq).filter(|_| record.kind == Kind::Task.name())
    {
        let given = body.task.as_ref().map(|given| given.who.as_str());
        words = words.plain(" · ").state(stands(task, given, entries, zone, now));
    }
    link(words.plain(" · "), record.seq)
}

/// How a task stands: `due 03:24`, `overdue since 03:24`, `done 03:31 by Ada Lovelace`.
pub(super) fn stands(
    task: &Task,
    given: Option<&str>,
    entries: &Entries,
    zone: &Zone,
    now: OffsetDateTime,
) -> State {
    let name = |person| entries.names.get(&person).map_or("somebody", String::as_str);
    if let Some(done_at) = task.done_at {
        let by = task.done_by.map(|by| format!(" by {}", name(by))).unwrap_or_default();
        return State::good(format!("done {}{by}", zone.when(done_at, now)));
    }
    let handed = task.person.map(name).filter(|name| given.is_some_and(|given| given != *name));
    let handed = handed.map(|name| format!("{name} does it, ")).unwrap_or_default();
    let due = zone.when(task.due_at, now);
    match task.is_overdue(now) {
        true => State::bad(format!("{handed}overdue since {due}")),
        false => State::waiting(format!("{handed}due {due}")),
    }
}

/// Whoever caused it.
pub(super) fn who(actor: &str, entries: &Entries) -> String {
    let name = |person| entries.names.get(&person).cloned().unwrap_or_else(|| "Somebody".into());
    match actor.parse() {
        Ok(Actor::Person(person)) => name(person),
        Ok(Actor::Link { person, .. }) => format!("{} by link", name(person)),
        Ok(Actor::Agent(site)) => format!("Agent {site}"),
        Ok(Actor::System) => "Muster".to_owned(),
        Ok(Actor::Public) | Err(_) => "Somebody outside".to_owned(),
    }
}
