//! `/incidents/{id}`: all of one incident on one screen, and its note box.

mod acts;
mod due;
mod people;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;
use uuid::Uuid;

use crate::actions::entries::Written;
use crate::actions::overview::{self, Overview};
use crate::actions::{ActionError, entries, messages, tasks};
use crate::domain::id::{EntryId, IncidentId};
use crate::domain::incident::{Rto, RtoState, worst};
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::{entry_view, incidents};
use crate::web::parts::act::Act;
use crate::web::parts::clock::Clock;
use crate::web::parts::due::Due;
use crate::web::parts::entry::Entry;
use crate::web::parts::field::Field;
use crate::web::parts::functions::Functions;
use crate::web::parts::level::Level;
use crate::web::parts::nav::{IncidentNav, IncidentTab, Nav};
use crate::web::parts::page::Page;
use crate::web::parts::person::Person;
use crate::web::parts::reach::Reach;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::Tone;
use crate::web::parts::unsent::Unsent;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// How much of what could not be sent the page shows; the rest stands on Messages.
const UNSENT: usize = 2;
/// Minutes that a task from the note box runs.
const TASK_MINUTES: u32 = 30;

#[derive(Template)]
#[template(path = "incidents/now.html")]
struct NowPage {
    page: Page,
    base: String,
    situation: Situation,
    due: Option<Due>,
    unsent: Unsent,
    reach: Reach,
    people: Vec<Person>,
    count: i64,
    note: Option<NoteBox>,
    entries: Vec<Entry>,
    functions_heading: String,
    functions: Functions,
    add: Option<Field>,
    acts: Vec<Act>,
    hand_over: Option<Field>,
    lower: Option<(u8, Field)>,
}

/// The note box, empty or as it was refused.
struct NoteBox {
    id: Uuid,
    kind: String,
    text: String,
    error: Option<String>,
}

/// What the note box sends.
#[derive(Deserialize)]
pub(in crate::web) struct Typed {
    id: Uuid,
    kind: String,
    text: String,
}

impl NoteBox {
    fn kinds(&self) -> &'static [(&'static str, &'static str)] {
        &[("note", "Note"), ("decision", "Decision"), ("task", "Task for me, 30 min")]
    }
}

/// What the parts of the page are drawn from.
pub(super) struct Scene<'a> {
    pub(super) seen: &'a Overview,
    pub(super) frame: &'a Frame,
    pub(super) base: String,
}

/// `GET /incidents/{id}`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    let id = incidents::read(&id)?;
    let fresh = EntryId::new(frame.now).0;
    let note = NoteBox { id: fresh, kind: "note".to_owned(), text: String::new(), error: None };
    draw(&state, id, frame, note).await
}

/// `POST /incidents/{id}/entries`
pub(in crate::web) async fn write(
    State(state): State<AppState>,
    Path(id): Path<String>,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let id = incidents::read(&id)?;
    let (db, by, now) = (&state.db, frame.who.person, frame.now);
    let written = Written { id: EntryId(typed.id), text: typed.text.clone(), occurred_at: None };
    let done = match typed.kind.as_str() {
        "decision" => entries::decision(db, id, written, by, now).await,
        "task" => tasks::give(db, id, written, (by, TASK_MINUTES), by, now).await,
        _ => entries::note(db, id, written, by, now).await,
    };
    match done {
        Ok(_) => Ok(incidents::back(id)),
        Err(ActionError::Invalid(wrong)) => {
            let Typed { id: entry, kind, text } = typed;
            let error = wrong.into_iter().next().map(|wrong| wrong.words);
            draw(&state, id, frame, NoteBox { id: entry, kind, text, error }).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn draw(
    state: &AppState,
    id: IncidentId,
    frame: Frame,
    note: NoteBox,
) -> Result<Response, PageError> {
    let seen = overview::incident(&state.db, id).await?;
    let refused = note.error.is_some();
    let scene = Scene { seen: &seen, frame: &frame, base: links::incident(id) };
    let names = seen.names();
    let may = frame.page.may_respond();
    let (people, reach) = people::of(&scene);
    let (functions_heading, functions) = acts::functions(&scene);
    let page = page(&scene);
    let now = NowPage {
        page: if refused { page.refused() } else { page },
        base: scene.base.clone(),
        situation: situation(&scene),
        due: due::of(&scene),
        unsent: Unsent::new(id, &messages::unsent(&state.db, id).await?, UNSENT),
        reach,
        people,
        count: seen.entries.first().map_or(0, |entry| entry.seq),
        note: may.then_some(note),
        entries: seen.entries.iter().map(|e| entry_view::entry(e, &names, &frame.zone)).collect(),
        functions_heading,
        functions,
        add: acts::add(&scene),
        acts: acts::of(&scene),
        hand_over: acts::hand_over(&scene),
        lower: acts::lower(&scene),
    };
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Html(now.render()?)).into_response())
}

fn page(scene: &Scene<'_>) -> Page {
    let incident = &scene.seen.incident;
    let nav = IncidentNav {
        base: scene.base.clone(),
        current: Some(IncidentTab::Now),
        revision: i64::from(incident.revision),
        plan_href: links::plan_revision(incident.revision),
    };
    let title = format!("Level {}: {}", incident.level, incident.title);
    let page = scene.frame.page.clone().titled(title).nav(Nav::Incident(nav));
    page.under(incident.level, incident.is_drill())
}

fn situation(scene: &Scene<'_>) -> Situation {
    let Scene { seen, frame, .. } = scene;
    let incident = &seen.incident;
    let level = seen.revision.plan.level(incident.level);
    let mut said = frame.zone.clock(incident.impact_start);
    if !incident.impact_confirmed {
        said += ", unconfirmed";
    }
    let impact = Clock::since("Since impact", incident.impact_start, frame.now).detail(said);
    let rto = worst(&seen.revision.plan, incident, &seen.affected, frame.now);
    Situation {
        level: Level::new(incident.level, level.map_or("", |level| &level.name)),
        phase: Words::from(format!(
            "{} since {}",
            incident.phase,
            frame.zone.clock(incident.phase_since)
        )),
        heading: incidents::title(incident),
        clocks: std::iter::once(impact).chain(rto.map(|rto| rto_clock(&rto, frame))).collect(),
        wide: false,
    }
}

fn rto_clock(rto: &Rto, frame: &Frame) -> Clock {
    let assumed = if rto.assumed { " (assumed)" } else { "" };
    let label = format!("RTO: {}{assumed}", rto.name);
    let zone = &frame.zone;
    match rto.state {
        RtoState::ToTarget => Clock::until(label, rto.target, frame.now)
            .tone(Tone::Good)
            .detail(format!("until {}", zone.clock(rto.target))),
        RtoState::ToMaximum => Clock::until(label, rto.maximum, frame.now)
            .tone(Tone::Warn)
            .detail(format!("target missed; at most until {}", zone.clock(rto.maximum))),
        RtoState::Missed => Clock::until(label, rto.maximum, frame.now)
            .tone(Tone::Bad)
            .detail(format!("missed at {}", zone.clock(rto.maximum))),
        RtoState::Recovered(at) => Clock::fixed(label, "restored")
            .tone(Tone::Good)
            .detail(format!("at {}", zone.clock(at))),
        RtoState::Invalid => Clock::unknown(label, "its times contradict each other"),
    }
}
