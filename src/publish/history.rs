//! What was before, month by month, newest first.

use std::collections::BTreeMap;

use askama::Template;
use bytes::Bytes;
use time::OffsetDateTime;

use super::PublishError;
use super::incident::Listed;
use super::page::AsOf;
use super::past::Past;
use super::view::{Component, Incident, View};
use crate::domain::civil::Zone;

/// How many months it reaches back.
const MONTHS: i32 = 12;
/// How many days of a part it names in a month.
const DAYS: usize = 10;

#[derive(Template)]
#[template(path = "status/history.html")]
struct HistoryPage<'v> {
    root: &'static str,
    title: String,
    organisation: &'v str,
    as_of: Option<AsOf>,
    months: Vec<Month<'v>>,
    earlier: Vec<Listed<'v>>,
}

/// A month: its incidents, and the parts that did not do well all the time.
struct Month<'v> {
    name: String,
    incidents: Vec<Listed<'v>>,
    parts: Vec<Part<'v>>,
    unknown: Vec<String>,
    well: Option<&'static str>,
}

struct Part<'v> {
    name: &'v str,
    share: String,
    days: String,
}

/// The page; it names all incidents that have a page of their own.
pub(super) fn page(view: &View, now: OffsetDateTime) -> Result<Bytes, PublishError> {
    let starts = view.zone.last_months(MONTHS, now);
    let first = earliest(view).unwrap_or(now);
    let months = starts.windows(2).rev().filter(|two| two[1] > first);
    let months = months.map(|two| Month::of(view, (two[0], two[1]), now));
    let oldest = starts.first().copied().unwrap_or(now);
    let page = HistoryPage {
        root: "../",
        title: format!("History – {} status", view.organisation),
        organisation: &view.organisation,
        as_of: Some(AsOf::at(now)),
        months: if is_empty(view) { Vec::new() } else { months.collect() },
        earlier: listed(view, |one| one.since < oldest, now),
    };
    Ok(page.render()?.into())
}

fn is_empty(view: &View) -> bool {
    view.components.is_empty() && view.incidents().next().is_none()
}

/// When the first of all that is known was.
fn earliest(view: &View) -> Option<OffsetDateTime> {
    let parts = view.components.iter().map(|part| part.known_since);
    parts.chain(view.incidents().map(|one| one.since)).min()
}

/// The incidents that fit, the newest first.
fn listed(view: &View, fits: impl Fn(&Incident) -> bool, now: OffsetDateTime) -> Vec<Listed<'_>> {
    let mut fitting: Vec<&Incident> = view.incidents().filter(|one| fits(one)).collect();
    fitting.sort_by_key(|one| std::cmp::Reverse((one.since, one.number)));
    fitting.into_iter().map(|one| Listed::of(view, one, now)).collect()
}

impl<'v> Month<'v> {
    fn of(
        view: &'v View,
        (begins, ends): (OffsetDateTime, OffsetDateTime),
        now: OffsetDateTime,
    ) -> Month<'v> {
        let days = view.zone.days_of_month(begins);
        let parts = view.components.iter();
        let parts: Vec<_> = parts.filter_map(|part| Part::of(part, &days, view, now)).collect();
        let known = view.components.iter().any(|part| part.known_since < ends);
        let well = match (parts.is_empty(), known) {
            (true, true) => Some("No component is known to have been down or slow."),
            _ => None,
        };
        Month {
            name: view.zone.month(begins),
            incidents: listed(view, |one| (begins..ends).contains(&one.since), now),
            unknown: unknown(&view.components, &view.zone, (begins, ends)),
            parts,
            well,
        }
    }
}

impl<'v> Part<'v> {
    /// None where all is well, as far as it is known.
    fn of(
        part: &'v Component,
        days: &[OffsetDateTime],
        view: &View,
        now: OffsetDateTime,
    ) -> Option<Part<'v>> {
        let past = Past::of(part, days, now);
        let bad = past.bad_days(&view.zone);
        let more = bad.len().saturating_sub(DAYS);
        let mut named: Vec<_> = bad.into_iter().take(DAYS).collect();
        if more > 0 {
            named.push(format!("and {more} more days"));
        }
        let share = past.share().filter(|_| !named.is_empty())?;
        Some(Part { name: &part.name, share, days: named.join("; ") })
    }
}

/// What is not known of the parts in a stretch of time: one sentence for each day on which some
/// became known.
fn unknown(
    parts: &[Component],
    zone: &Zone,
    (begins, ends): (OffsetDateTime, OffsetDateTime),
) -> Vec<String> {
    let mut since: BTreeMap<Option<OffsetDateTime>, Vec<&str>> = BTreeMap::new();
    for part in parts.iter().filter(|part| part.known_since > begins) {
        let known = Some(part.known_since).filter(|at| *at < ends);
        since.entry(known).or_default().push(&part.name);
    }
    let sentence = |(since, names): (Option<OffsetDateTime>, Vec<&str>)| match since {
        Some(at) => format!("Known since {}: {}.", zone.short_date(at), names.join(", ")),
        None => format!("Unknown: {}.", names.join(", ")),
    };
    since.into_iter().map(sentence).collect()
}

#[cfg(test)]
mod tests;
