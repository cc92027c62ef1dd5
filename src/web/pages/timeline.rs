//! `/incidents/{id}/timeline`: every entry, newest first, by day.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::actions::record::{self, About, Entries};
use crate::actions::verify::Standing;
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::id::{EntryId, IncidentId};
use crate::domain::timeline::{Actor, Body, Record};
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::of_incident;
use crate::web::parts::entry::{Entry, Weight};
use crate::web::parts::field::{Choice, Field};
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::State as Stands;
use crate::web::parts::top::Live;
use crate::web::parts::words::Words;

/// Entries on one page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "incidents/timeline.html")]
struct TimelinePage {
    page: Page,
    base: String,
    situation: Situation,
    times: String,
    days: Vec<Day>,
    earlier: Option<(i64, i64)>,
    newest: bool,
    new_id: EntryId,
    fields: [Field; 3],
    stands: Stands,
    head: String,
}

struct Day {
    id: String,
    date: String,
    entries: Vec<Entry>,
}

/// Which page of it.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Before {
    before: Option<i64>,
}

/// `GET /incidents/{id}/timeline`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Path(id): Path<String>,
    Query(Before { before }): Query<Before>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let id: IncidentId = id.parse().map_err(|_| PageError::NotFound)?;
    let (about, entries) = record::newest(&db, id, before, PAGE).await?;
    let (zone, now) = (&frame.zone, frame.now);
    let base = links::incident(id);
    let mut page = framed(frame.page, &about, IncidentTab::Timeline, "Timeline");
    if before.is_none() {
        let time = zone.clock_with_seconds(now);
        let (href, since) = (format!("{base}/live"), about.head.seq);
        page = page.live(Live { href, since, iso: instant(now), time });
    }
    let lowest = entries.records.last().map(|record| record.seq);
    let timeline = TimelinePage {
        page,
        base,
        situation: situation(&about, zone, "Timeline"),
        times: zone.short_name(now),
        days: days(&entries, zone),
        earlier: lowest.filter(|seq| *seq > 1).map(|seq| (seq, (seq - 1).min(PAGE))),
        newest: before.is_none(),
        new_id: EntryId::new(now),
        fields: fields(zone),
        stands: stands(&about, &zone.clock(now)),
        head: about.head.hash.to_string(),
    };
    Ok(Html(timeline.render()?))
}

fn fields(zone: &Zone) -> [Field; 3] {
    let kinds = [("note", "Note", true), ("decision", "Decision", false), ("task", "Task", false)];
    let kinds = kinds.map(|(value, words, chosen)| Choice::new(value, words, chosen));
    [
        Field::area("text", "What happened?", 3, ""),
        Field::radios("kind", "Kind of entry", kinds.into()),
        Field::text("occurred", "When it happened", "")
            .hint(format!("Empty means now. {}.", zone.name())),
    ]
}

fn days(entries: &Entries, zone: &Zone) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for record in &entries.records {
        let (date, entry) = (zone.date(record.recorded_at), worded(record, entries, zone));
        match days.last_mut() {
            Some(day) if day.date == date => day.entries.push(entry),
            _ => {
                let id = format!("day-{}", days.len() + 1);
                days.push(Day { id, date, entries: vec![entry] });
            }
        }
    }
    days
}

/// The frame of a page about a timeline.
pub(super) fn framed(page: Page, about: &About, tab: IncidentTab, title: &str) -> Page {
    of_incident::framed(page, &about.incident, tab, title)
}

/// The head of a page about a timeline.
pub(super) fn situation(about: &About, zone: &Zone, heading: &str) -> Situation {
    of_incident::situation(&about.incident, &about.level, zone, heading)
}

/// Whether the record is whole, as it was found just now.
pub(super) fn stands(about: &About, time: &str) -> Stands {
    match &about.standing {
        Standing::Whole(whole) => {
            let seq = whole.head.seq;
            let entries = if seq == 1 { "1 entry".to_owned() } else { format!("{seq} entries") };
            let erased = match whole.erased {
                0 => String::new(),
                erased => format!(", {erased} without their body"),
            };
            Stands::good(format!("Whole: {entries}{erased}, verified {time}"))
        }
        Standing::Broken(broken) => Stands::bad(format!("Broken: {broken}")),
        Standing::Corrupt(what) => Stands::bad(format!("Broken: {what}")),
        Standing::Gone => Stands::bad("Broken: the whole timeline is missing"),
    }
}

/// An entry in words, the same for page and stream.
pub(super) fn worded(record: &Record, entries: &Entries, zone: &Zone) -> Entry {
    let body = record.content.as_ref().map(|content| Body::from_json(&content.text));
    let body = match body {
        Some(Ok(body)) => body,
        Some(Err(_)) => Body::words("(These words can’t be read; see the record.)"),
        None => Body::words("(Erased by rule.)"),
    };
    let weight = match (&body.public, record.kind.as_str()) {
        (Some(readers), _) => Weight::Public(format!("Public: {readers}")),
        _ if entries.corrected.contains(&record.seq) => Weight::Corrected,
        (None, "decision" | "declared") => Weight::Decision,
        _ => Weight::Note,
    };
    let (seq, time) = (record.seq, zone.bare_clock(record.occurred_at));
    let mut by = format!("{}, {}", who(&record.actor, entries), record.kind.replace('-', " "));
    if let Some(corrects) = body.corrects {
        by.push_str(&format!(" of {corrects}"));
    }
    if (record.recorded_at - record.occurred_at).whole_minutes() != 0 {
        by.push_str(&format!("; recorded {}", zone.bare_clock(record.recorded_at)));
    }
    let by = Words::from(format!("{by} · ")).link(format!("#entry-{seq}"), seq.to_string());
    Entry { seq, iso: instant(record.occurred_at), time, by, body: body.text, weight }
}

/// Number of the entry that this one corrects.
pub(super) fn corrects(record: &Record) -> Option<i64> {
    Body::from_json(&record.content.as_ref()?.text).ok()?.corrects
}

fn who(actor: &str, entries: &Entries) -> String {
    let name = |person| entries.names.get(&person).cloned().unwrap_or_else(|| "Somebody".into());
    match actor.parse() {
        Ok(Actor::Person(person)) => name(person),
        Ok(Actor::Link { person, .. }) => format!("{} by link", name(person)),
        Ok(Actor::Agent(site)) => format!("Agent {site}"),
        Ok(Actor::System) => "Muster".to_owned(),
        Ok(Actor::Public) | Err(_) => "Somebody outside".to_owned(),
    }
}

/// An instant for machines.
pub(super) fn instant(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}
