//! The page's bytes: a pure function of view, version and time.

use askama::Template;
use bytes::Bytes;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::PublishError;
use super::incident::{self, ROOM, Section};
use super::json;
use super::site::{HOME, JSON, Site};
use super::view::{Incident, State, View};
use crate::domain::civil;
use crate::domain::civil::Zone;

/// Draws all that the public is served.
///
/// # Errors
/// [`PublishError`] when template, JSON or compressor fail.
pub fn render(view: &View, version: i64, as_of: OffsetDateTime) -> Result<Site, PublishError> {
    let json = serde_json::to_vec_pretty(&json::document(view, version, as_of))?;
    let mut files = Vec::from(Site::assets());
    files.push((HOME.to_owned(), home(view, as_of)?));
    files.push((JSON.to_owned(), json.into()));
    for one in view.incidents() {
        files.push((incident::path(one), incident::page(view, one, as_of)?));
    }
    let site = Site::of(files)?;
    Ok(Site { version: Some(version), untrue_at: view.untrue_at(as_of), ..site })
}

/// How old a page is, for people and for machines.
pub(super) struct AsOf {
    pub(super) iso: String,
    pub(super) clock: String,
    pub(super) day: String,
}

impl AsOf {
    pub(super) fn at(now: OffsetDateTime) -> AsOf {
        let (iso, clock) = (iso(now), civil::utc_clock(now));
        AsOf { iso, clock, day: Zone::utc().short_day(now) }
    }
}

#[derive(Template)]
#[template(path = "status/page.html")]
struct Page<'v> {
    root: &'static str,
    title: String,
    organisation: &'v str,
    as_of: Option<AsOf>,
    view: &'v View,
    worst: State,
    badge: &'static str,
    headline: String,
    sections: Vec<Section<'v>>,
    now: OffsetDateTime,
}

fn home(view: &View, now: OffsetDateTime) -> Result<Bytes, PublishError> {
    let (worst, headline) = (view.worst(), headline(view));
    let mut room = ROOM;
    let open = view.open.iter();
    let page = Page {
        root: "",
        title: format!("{headline} – {} status", view.organisation),
        organisation: &view.organisation,
        as_of: Some(AsOf::at(now)),
        view,
        worst,
        badge: badge(view, worst),
        headline,
        sections: open.map(|one| Section::newest(view, one, &mut room, now)).collect(),
        now,
    };
    Ok(page.render()?.into())
}

impl Page<'_> {
    fn day(&self, at: &OffsetDateTime) -> String {
        self.view.zone.dated(*at, self.now)
    }

    fn iso(&self, at: &OffsetDateTime) -> String {
        iso(*at)
    }

    fn lasted(&self, ended: &Incident) -> String {
        ended.ended_at.map(|at| civil::span(at - ended.since)).unwrap_or_default()
    }

    fn href(&self, ended: &Incident) -> String {
        incident::path(ended)
    }
}

fn badge(view: &View, worst: State) -> &'static str {
    match worst {
        State::Down => "Not available",
        State::Slow if view.components.iter().all(|part| part.state == State::Working) => {
            "Incident"
        }
        State::Slow => "Slow",
        State::Working => "Working",
    }
}

fn headline(view: &View) -> String {
    let worst = view.worst();
    let names = |state| {
        let parts = view.components.iter().filter(move |part| part.state == state);
        parts.map(|part| part.name.as_str()).collect::<Vec<_>>()
    };
    let hit = names(worst);
    match (worst, hit.as_slice()) {
        (State::Working, _) if view.components.is_empty() => "Nothing is published yet".to_owned(),
        (State::Working, _) => "No incident is open".to_owned(),
        (state, [name]) => format!("{name} {} {}", is_or_are(name), state.name()),
        (state, [first @ .., last]) if hit.len() <= 4 => {
            format!("{} and {last} are {}", first.join(", "), state.name())
        }
        (state, [_, ..]) => format!("{} components are {}", hit.len(), state.name()),
        (_, []) => view.open.first().map(|open| open.title.clone()).unwrap_or_default(),
    }
}

/// Names such as `Bookings` and `Files and media` are many.
fn is_or_are(name: &str) -> &'static str {
    let many = name.ends_with('s') && !name.ends_with("ss") || name.contains(" and ");
    if many { "are" } else { "is" }
}

/// An instant as ISO 8601 in UTC, to the second.
pub(super) fn iso(at: OffsetDateTime) -> String {
    let utc = at.to_offset(time::UtcOffset::UTC);
    utc.replace_nanosecond(0).unwrap_or(utc).format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests;
