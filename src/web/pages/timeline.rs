//! `/incidents/{id}/timeline`: every entry, newest first, by day.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::entries::status;
use super::entry_view::worded;
use super::incident::{Scene, Visible, live};
use super::note_box::{NoteBox, On, Typed};
use crate::actions::Wrong;
use crate::actions::record::{self, About, Entries};
use crate::actions::verify::Standing;
use crate::db::Db;
use crate::domain::id::IncidentId;
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::entry::Entry;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::State as Stands;

/// Entries on one page.
const PAGE: i64 = 50;
/// The page that a form on the timeline comes back on.
pub(super) const NEWEST: (Option<i64>, i64) = (None, PAGE);
/// Entries on one page that is to be printed: more than an incident has.
const ALL: i64 = 10_000;

#[derive(Template)]
#[template(path = "incidents/timeline.html")]
struct TimelinePage {
    page: Page,
    base: String,
    situation: Situation,
    times: String,
    days: Vec<Day>,
    star: bool,
    before: Option<i64>,
    earlier: Option<(i64, i64)>,
    newest: bool,
    note: Option<NoteBox>,
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
    all: Option<String>,
}

/// `GET /incidents/{id}/timeline`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    Query(Before { before, all }): Query<Before>,
    frame: Frame,
) -> Result<Response, PageError> {
    let page = (before, if all.is_some() { ALL } else { PAGE });
    draw(&db, id, frame, page, &Typed::nothing(On::Timeline), &[]).await
}

/// The page, with what was typed into its note box and what of it is wrong.
pub(super) async fn draw(
    db: &Db,
    id: IncidentId,
    frame: Frame,
    (before, limit): (Option<i64>, i64),
    typed: &Typed,
    wrong: &[Wrong],
) -> Result<Response, PageError> {
    let (about, entries) = record::newest(db, id, before, limit).await?;
    let scene = Scene::read(db, id, frame).await?;
    let (zone, now) = (&scene.frame.zone, scene.now());
    let incident = &scene.seen.incident;
    let mut page = scene.framed(IncidentTab::Timeline, "Timeline");
    if before.is_none() && limit == PAGE {
        page = page.live(live(incident, zone, "/timeline", about.head.seq, now));
    }
    let lowest = entries.records.last().map(|record| record.seq);
    let timeline = TimelinePage {
        page: if wrong.is_empty() { page } else { page.refused() },
        base: links::incident(id),
        situation: scene.situation("Timeline"),
        times: zone.short_name(now),
        days: days(&entries, &scene),
        star: scene.may(Right::Respond),
        before,
        earlier: lowest.filter(|seq| *seq > 1).map(|seq| (seq, (seq - 1).min(PAGE))),
        newest: before.is_none(),
        note: NoteBox::new(&scene, On::Timeline, typed, wrong),
        stands: stands(&about, &zone.clock(now)),
        head: about.head.hash.to_string(),
    };
    Ok((status(wrong), Html(timeline.render()?)).into_response())
}

fn days(entries: &Entries, scene: &Scene) -> Vec<Day> {
    let (zone, now, may_star) = (&scene.frame.zone, scene.now(), scene.may(Right::Respond));
    let mut days: Vec<Day> = Vec::new();
    for record in &entries.records {
        let date = zone.date(record.recorded_at);
        let entry = worded(record, entries, zone, now, may_star);
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
