//! The page's bytes: a pure function of view, version and time.

use askama::Template;
use bytes::Bytes;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::PublishError;
use super::incident::{self, Listed, ROOM, Section};
use super::past::{Bars, Past};
use super::site::{FEED, HISTORY, HOME, JSON, Site};
use super::view::{Component, State, View};
use super::{feed, history, json};
use crate::domain::civil;
use crate::domain::civil::Zone;

/// How many days of a part the page shows.
pub(super) const DAYS: i32 = 90;
/// How many incidents that are over it names.
pub(super) const BEFORE: usize = 20;

/// Draws all that the public is served.
///
/// # Errors
/// [`PublishError`] when template, JSON or compressor fail.
pub fn render(view: &View, version: i64, as_of: OffsetDateTime) -> Result<Site, PublishError> {
    redraw(view, version, as_of, None)
}

/// The same; what is in `old` already is not packed again.
pub(super) fn redraw(
    view: &View,
    version: i64,
    as_of: OffsetDateTime,
    old: Option<&Site>,
) -> Result<Site, PublishError> {
    let json = serde_json::to_vec_pretty(&json::document(view, version, as_of))?;
    let mut files = Vec::from(Site::assets());
    files.push((HOME.to_owned(), home(view, as_of)?));
    files.push((JSON.to_owned(), json.into()));
    files.push((FEED.to_owned(), feed::document(view)?));
    files.push((HISTORY.to_owned(), history::page(view, as_of)?));
    for one in view.incidents() {
        files.push((incident::path(one), incident::page(view, one, as_of)?));
    }
    let site = Site::of(files, old)?;
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
    worst: State,
    badge: &'static str,
    headline: String,
    sections: Vec<Section<'v>>,
    components: Vec<Part<'v>>,
    before: Vec<Listed<'v>>,
}

/// A part, how it does, and where there is room for it how it did.
#[derive(Debug)]
pub(super) struct Part<'v> {
    pub(super) component: &'v Component,
    pub(super) past: Option<(Bars, String)>,
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
        worst,
        badge: badge(view, worst),
        headline,
        sections: open.map(|one| Section::newest(view, one, &mut room, now)).collect(),
        components: Part::with_past(view, now),
        before: view.before.iter().take(BEFORE).map(|one| Listed::of(view, one, now)).collect(),
    };
    Ok(page.render()?.into())
}

impl<'v> Part<'v> {
    /// Parts as they do now.
    pub(super) fn now(view: &'v View) -> Vec<Part<'v>> {
        view.components.iter().map(|component| Part { component, past: None }).collect()
    }

    fn with_past(view: &'v View, now: OffsetDateTime) -> Vec<Part<'v>> {
        let starts = view.zone.last_days(DAYS, now);
        let part = |component| {
            let past = Past::of(component, &starts, now);
            Part { component, past: Some((past.bars(&view.zone), past.words())) }
        };
        view.components.iter().map(part).collect()
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
