//! The page for programs.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::page::iso;
use super::view::{Open, View};

/// The view as a JSON document.
pub(super) fn document(view: &View, version: i64, as_of: OffsetDateTime) -> Value {
    let components: Vec<_> = view
        .components
        .iter()
        .map(|part| json!({ "name": part.name, "state": part.state.name() }))
        .collect();
    let before: Vec<_> = view
        .before
        .iter()
        .map(|ended| {
            json!({ "title": ended.title, "since": iso(ended.since), "ended": iso(ended.ended_at) })
        })
        .collect();
    json!({
        "organisation": view.organisation,
        "as_of": iso(as_of),
        "renewed_every_s": 300,
        "version": version,
        "state": view.worst().name(),
        "hotline": view.hotline,
        "components": components,
        "incidents": view.open.iter().map(open).collect::<Vec<_>>(),
        "before": before,
    })
}

fn open(incident: &Open) -> Value {
    let posts: Vec<_> = incident
        .posts
        .iter()
        .map(|post| json!({ "at": iso(post.at), "words": post.words }))
        .collect();
    json!({
        "title": incident.title,
        "since": iso(incident.since),
        "next_by": incident.next_by.map(iso),
        "updates": posts,
    })
}
