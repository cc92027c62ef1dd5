//! The page for programs; `docs/STATUS-PAGE.md` says what each field means.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::incident::{self, SHOWN};
use super::page::{BEFORE, DAYS, iso};
use super::past::Past;
use super::view::{Component, Incident, Post, View};

/// Rises when a field changes its meaning or goes away; new ones may come at any time.
const FORMAT: u32 = 1;

/// The view as a JSON document.
pub(super) fn document(view: &View, version: i64, as_of: OffsetDateTime) -> Value {
    let starts = view.zone.last_days(DAYS, as_of);
    json!({
        "format": FORMAT,
        "organisation": view.organisation,
        "as_of": iso(as_of),
        "renewed_every_s": 300,
        "version": version,
        "state": view.worst().name(),
        "hotline": view.hotline,
        "history_days": DAYS,
        "components": view.components.iter().map(|part| component(part, &starts, as_of)).collect::<Vec<_>>(),
        "incidents": view.open.iter().map(|one| open(one, as_of)).collect::<Vec<_>>(),
        "before": view.before.iter().take(BEFORE).map(ended).collect::<Vec<_>>(),
    })
}

fn component(part: &Component, starts: &[OffsetDateTime], as_of: OffsetDateTime) -> Value {
    let past = Past::of(part, starts, as_of);
    json!({
        "key": part.key,
        "name": part.name,
        "state": part.state.name(),
        "known_s": past.known.whole_seconds(),
        "down_s": past.down.whole_seconds(),
        "slow_s": past.slow.whole_seconds(),
        "outages": past.outages,
    })
}

fn open(incident: &Incident, as_of: OffsetDateTime) -> Value {
    json!({
        "number": incident.number,
        "page": incident::path(incident),
        "title": incident.title,
        "since": iso(incident.since),
        "next_by": incident.next_by.map(iso),
        "next_is_late": incident.next_by.is_some_and(|at| at <= as_of),
        "updates": incident.posts.iter().take(SHOWN).map(update).collect::<Vec<_>>(),
    })
}

fn ended(incident: &Incident) -> Value {
    let lasted = incident.ended_at.map(|at| (at - incident.since).whole_seconds());
    json!({
        "number": incident.number,
        "page": incident::path(incident),
        "title": incident.title,
        "since": iso(incident.since),
        "ended": incident.ended_at.map(iso),
        "lasted_s": lasted,
    })
}

/// Words that were corrected hold no more, and are not repeated.
fn update(post: &Post) -> Value {
    let words = if post.corrected_at.is_some() { "" } else { post.words.as_str() };
    json!({
        "number": post.number,
        "at": iso(post.at),
        "words": words,
        "corrects": post.corrects,
        "corrected_at": post.corrected_at.map(iso),
    })
}
