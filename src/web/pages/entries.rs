//! Writing on the timeline, and one entry alone: where it is corrected.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use time::OffsetDateTime;

use super::incident::{Visible, framed, phase, situation};
use super::note_box::{On, Typed};
use super::{entry_view, now, tasks, timeline};
use crate::actions::entries::{self, Written};
use crate::actions::tasks::{Charge, give};
use crate::actions::{ActionError, ActionResult, Wrong, overview, record};
use crate::db::Db;
use crate::domain::id::{EntryId, IncidentId};
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::entry::Entry;
use crate::web::parts::field::Field;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::state::AppState;

/// What the form of a correction sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Correction {
    id: String,
    text: String,
    occurred: String,
}

#[derive(Template)]
#[template(path = "incidents/entry.html")]
struct EntryPage {
    page: Page,
    situation: Situation,
    base: String,
    entry: Entry,
    form: Option<CorrectionForm>,
}

struct CorrectionForm {
    action: String,
    id: EntryId,
    fields: [Field; 2],
}

/// `POST /incidents/{id}/entries`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Visible(id): Visible,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let on = On::named(&typed.on);
    match write(&state.db, id, &frame, &typed).await {
        Ok(_) => {
            let id = overview::goes_on_as(&state.db, id).await?;
            Ok(Redirect::to(&format!("{}{}", links::incident(id), on.path())).into_response())
        }
        Err(ActionError::Invalid(wrong)) => match on {
            On::Now => now::draw(&state.db, id, frame, &typed, &wrong).await,
            On::Timeline => {
                timeline::draw(&state.db, id, frame, timeline::NEWEST, &typed, &wrong).await
            }
            On::Tasks => tasks::draw(&state.db, id, frame, &typed, &wrong).await,
        },
        Err(error) => Err(error.into()),
    }
}

async fn write(db: &Db, id: IncidentId, frame: &Frame, typed: &Typed) -> ActionResult<i64> {
    let (by, now) = (frame.who.person, frame.now);
    let written = written(&typed.id, &typed.text, &typed.occurred, frame)?;
    match typed.kind.as_str() {
        "note" => entries::note(db, id, written, by, now).await,
        "decision" => entries::decision(db, id, written, by, now).await,
        "task" => give(db, id, written, charge(&typed.person, &typed.minutes)?, by, now).await,
        _ => Err(ActionError::wrong("kind", "choose note, decision or task")),
    }
}

/// What a form says of an entry.
fn written(id: &str, text: &str, occurred: &str, frame: &Frame) -> ActionResult<Written> {
    let id =
        id.parse().map_err(|_| ActionError::wrong("id", "the form was damaged; send it again"))?;
    Ok(Written { id, text: text.to_owned(), occurred_at: past("occurred", occurred, frame)? })
}

/// A typed time of what has happened; none where nothing is typed.
pub(super) fn past(
    field: &'static str,
    typed: &str,
    frame: &Frame,
) -> ActionResult<Option<OffsetDateTime>> {
    match typed.trim() {
        "" => Ok(None),
        typed => {
            let read = frame.zone.read_past(typed, frame.now);
            Ok(Some(read.map_err(|error| ActionError::wrong(field, error))?))
        }
    }
}

/// Who is to do a task, within how many minutes; none where nothing is typed.
pub(super) fn charge(person: &str, minutes: &str) -> ActionResult<Charge> {
    let person = person.parse().map_err(|_| ActionError::wrong("person", "choose who does it"))?;
    let minutes = match minutes.trim() {
        "" => None,
        typed => {
            let words = || format!("“{typed}” is no number of minutes; type from 1 to 10,080");
            Some(typed.parse().map_err(|_| ActionError::wrong("minutes", words()))?)
        }
    };
    Ok(Charge { person, minutes })
}

/// `GET /incidents/{id}/entries/{seq}`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    Path((_, seq)): Path<(String, String)>,
    frame: Frame,
) -> Result<Response, PageError> {
    draw(&db, id, number(&seq)?, frame, &Correction::default(), &[]).await
}

/// `POST /incidents/{id}/entries/{seq}/correction`
pub(in crate::web) async fn correct(
    State(state): State<AppState>,
    Visible(id): Visible,
    Path((_, seq)): Path<(String, String)>,
    frame: Frame,
    Form(typed): Form<Correction>,
) -> Result<Response, PageError> {
    let seq = number(&seq)?;
    let (db, by, now) = (&state.db, frame.who.person, frame.now);
    let done = match written(&typed.id, &typed.text, &typed.occurred, &frame) {
        Ok(written) => entries::correct(db, id, seq, written, by, now).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(Redirect::to(&format!("{}/timeline", links::incident(id))).into_response()),
        Err(ActionError::Invalid(wrong)) => draw(db, id, seq, frame, &typed, &wrong).await,
        Err(error) => Err(error.into()),
    }
}

async fn draw(
    db: &Db,
    id: IncidentId,
    seq: i64,
    frame: Frame,
    typed: &Correction,
    wrong: &[Wrong],
) -> Result<Response, PageError> {
    let (incident, plan, entries) = record::entry(db, id, seq).await?;
    let heading = format!("Entry {seq}");
    let (zone, now, base) = (&frame.zone, frame.now, links::incident(id));
    let phase = phase(&incident, &zone.when(incident.phase_since, now));
    let record = entries.records.first().ok_or(PageError::NotFound)?;
    let words = |field: &str| Wrong::beside(field, wrong);
    let may = frame.who.rights.allow(Right::Respond) && incident.merged_into.is_none();
    let form = (may || !wrong.is_empty()).then(|| CorrectionForm {
        action: format!("{}/correction", links::entry(id, seq)),
        id: EntryId::new(now),
        fields: [
            Field::area("text", "What is right?", 3, &typed.text)
                .hint("The old words stay, struck out, with a link to yours.")
                .error(words("text").or_else(|| words("id")))
                .required(),
            Field::text("occurred", "When it happened", &typed.occurred)
                .hint(format!("Empty means now. 03:12 or 2026-11-14 03:12, {}.", zone.name()))
                .error(words("occurred")),
        ],
    });
    let page = framed(frame.page.clone(), &incident, &plan, IncidentTab::Timeline, &heading);
    let html = EntryPage {
        page: if wrong.is_empty() { page } else { page.refused() },
        situation: situation(&incident, &plan, &phase, &heading),
        entry: entry_view::worded(record, &entries, zone, now, false),
        base,
        form,
    };
    Ok((status(wrong), Html(html.render()?)).into_response())
}

/// A page that a refused form comes back on says so.
pub(super) fn status(wrong: &[Wrong]) -> StatusCode {
    if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

fn number(seq: &str) -> Result<i64, PageError> {
    seq.parse().map_err(|_| PageError::NotFound)
}
