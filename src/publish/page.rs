//! The page's bytes: a pure function of view, version and time.

use std::io::Write;

use askama::Template;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::PublishError;
use super::json;
use super::view::{Ended, State, View};
use crate::domain::civil;

/// The page as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// For people.
    pub html: Bytes,
    /// The same, compressed.
    pub html_gz: Bytes,
    /// For programs.
    pub json: Bytes,
    /// The same, compressed.
    pub json_gz: Bytes,
    /// Names these bytes, as an ETag is written.
    pub etag: String,
    /// The public view's counter; none after a restart, until it was read.
    pub version: Option<i64>,
}

/// Draws the page.
///
/// # Errors
/// [`PublishError`] when template, JSON or compressor fail.
pub fn render(view: &View, version: i64, as_of: OffsetDateTime) -> Result<Pages, PublishError> {
    let worst = view.worst();
    let page = Page {
        view,
        worst,
        badge: badge(view, worst),
        headline: headline(view, worst),
        now: as_of,
        as_of: civil::utc_clock(as_of),
        as_of_iso: iso(as_of),
    };
    let json = serde_json::to_vec_pretty(&json::document(view, version, as_of))?;
    Pages::of(page.render()?.into(), json.into(), Some(version))
}

impl Pages {
    pub(super) fn of(
        html: Bytes,
        json: Bytes,
        version: Option<i64>,
    ) -> Result<Pages, PublishError> {
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        digest.update(&html);
        digest.update(&json);
        let named: String =
            digest.finish().as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(Pages {
            html_gz: compressed(&html)?,
            json_gz: compressed(&json)?,
            html,
            json,
            etag: format!("W/\"{named}\""),
            version,
        })
    }
}

#[derive(Template)]
#[template(path = "status/page.html")]
struct Page<'v> {
    view: &'v View,
    worst: State,
    badge: &'static str,
    headline: String,
    now: OffsetDateTime,
    as_of: String,
    as_of_iso: String,
}

impl Page<'_> {
    /// Today's times are a clock; older ones carry their day.
    fn when(&self, at: &OffsetDateTime) -> String {
        let zone = &self.view.zone;
        if zone.date(*at) == zone.date(self.now) {
            zone.clock(*at)
        } else {
            format!("{}, {}", zone.short_date(*at), zone.clock(*at))
        }
    }

    fn day(&self, at: &OffsetDateTime) -> String {
        self.view.zone.short_date(*at)
    }

    fn ago(&self, at: &OffsetDateTime) -> String {
        civil::ago(*at, self.now)
    }

    fn iso(&self, at: &OffsetDateTime) -> String {
        iso(*at)
    }

    fn lasted(&self, ended: &Ended) -> String {
        civil::span(ended.ended_at - ended.since)
    }

    fn dial(&self) -> String {
        self.view.hotline.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
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

fn headline(view: &View, worst: State) -> String {
    let names = |state| {
        let parts = view.components.iter().filter(move |part| part.state == state);
        parts.map(|part| part.name.as_str()).collect::<Vec<_>>()
    };
    let hit = names(worst);
    match (worst, hit.as_slice()) {
        (State::Working, _) if view.components.is_empty() => "Nothing is published yet".to_owned(),
        (State::Working, _) => "No incident is open".to_owned(),
        (state, [name]) => format!("{name} is {}", state.name()),
        (state, [first @ .., last]) if hit.len() <= 4 => {
            format!("{} and {last} are {}", first.join(", "), state.name())
        }
        (state, [_, ..]) => format!("{} components are {}", hit.len(), state.name()),
        (_, []) => view.open.first().map(|open| open.title.clone()).unwrap_or_default(),
    }
}

/// An instant as ISO 8601 in UTC, to the second.
pub(super) fn iso(at: OffsetDateTime) -> String {
    let utc = at.to_offset(time::UtcOffset::UTC);
    utc.replace_nanosecond(0).unwrap_or(utc).format(&Rfc3339).unwrap_or_default()
}

fn compressed(bytes: &[u8]) -> Result<Bytes, PublishError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.into())
}

#[cfg(test)]
mod tests;
