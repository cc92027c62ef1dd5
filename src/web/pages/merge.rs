//! `/incidents/{id}/merge`: one outage was declared twice; what moves is seen before it is pressed.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::entries::status;
use super::incident::{Visible, back, framed, headed, pressed, title};
use crate::actions::incidents::{self as deeds, Look as Looked, Merging, Others};
use crate::actions::{ActionError, Wrong};
use crate::db::Db;
use crate::domain::id::{EntryId, IncidentId};
use crate::domain::incident::Incident;
use crate::web::error::PageError;
use crate::web::frame::{Frame, Who};
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::empty::Empty;
use crate::web::parts::facts::Facts;
use crate::web::parts::field::{Choice, Field};
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::words::{Words, sentence};
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "incidents/merge.html")]
struct MergePage {
    page: Page,
    action: String,
    situation: Situation,
    empty: Option<Empty>,
    into: Field,
    look: Option<Preview>,
    error: Option<String>,
}

/// What moves, and the button; or why there is none.
struct Preview {
    heading: String,
    facts: Facts,
    public: String,
    publishes: bool,
    refused: Option<String>,
    id: EntryId,
    into: IncidentId,
    seen: (i32, i32),
    button: String,
    swap: Act,
}

/// The incident that is chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Chosen {
    into: String,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Typed {
    id: String,
    into: String,
    seen: i32,
    seen_into: i32,
}

/// Which merge is undone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Undone {
    merge: String,
}

/// `GET /incidents/{id}/merge`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    Query(chosen): Query<Chosen>,
    frame: Frame,
) -> Result<Response, PageError> {
    draw(&db, id, frame, &chosen.into, &[]).await
}

/// `POST /incidents/{id}/merge`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Visible(id): Visible,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let (db, by, now) = (&state.db, frame.who.person, frame.now);
    let ids = (typed.id.parse(), typed.into.parse());
    let (Ok(press), Ok(into)) = ids else { return Err(PageError::NotFound) };
    let merging = Merging { id: press, into, seen: (typed.seen, typed.seen_into) };
    match deeds::merge(db, id, &merging, by, now).await {
        Ok(()) => Ok(back(into)),
        Err(ActionError::Invalid(wrong)) => draw(db, id, frame, &typed.into, &wrong).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /incidents/{id}/merge/undo`
pub(in crate::web) async fn undo(
    State(state): State<AppState>,
    Visible(id): Visible,
    Who(who): Who,
    Form(typed): Form<Undone>,
) -> Result<Response, PageError> {
    let merge = typed.merge.parse().map_err(|_| PageError::NotFound)?;
    pressed(id, deeds::unmerge(&state.db, id, merge, who.person, state.clock.now())).await
}

async fn draw(
    db: &Db,
    id: IncidentId,
    frame: Frame,
    into: &str,
    wrong: &[Wrong],
) -> Result<Response, PageError> {
    let chosen = into.parse().ok();
    let others = deeds::look(db, id, chosen, frame.now).await?;
    let (incident, plan) = (&others.from.incident, &others.from.plan);
    let heading = "Merge into another incident";
    let page = framed(frame.page.clone(), incident, plan, IncidentTab::Command, heading);
    let html = MergePage {
        page: if wrong.is_empty() { page } else { page.refused() },
        action: links::merge(id),
        situation: headed(incident, plan, (&frame.zone, frame.now), heading),
        empty: others.open.is_empty().then(|| nothing(incident)),
        into: Field::select("into", "It is the same as", choices(&others, into, &frame)).required(),
        look: others.look.as_ref().map(|look| preview(incident, look, &frame)),
        error: Wrong::beside("seen", wrong).map(|words| sentence(&words)),
    };
    Ok((status(wrong), Html(html.render()?)).into_response())
}

fn nothing(incident: &Incident) -> Empty {
    let kind = if incident.is_drill() { "drill" } else { "real incident" };
    let words = format!("It can be merged into a {kind} that goes on; there is no other.");
    Empty::new("none", "No other incident is open", words)
        .act(Act::go("Back to the incident", links::incident(incident.id)))
}

fn choices(others: &Others, chosen: &str, frame: &Frame) -> Vec<Choice> {
    let first = Choice::new("", "Choose an incident", chosen.is_empty());
    let choice = |other: &Incident| {
        let since = frame.zone.when(other.declared_at, frame.now);
        let words = format!("Level {}: {}, declared {since}", other.level, other.title);
        let id = other.id.to_string();
        let is_chosen = id == chosen;
        Choice::new(id, words, is_chosen)
    };
    std::iter::once(first).chain(others.open.iter().map(choice)).collect()
}

fn preview(from: &Incident, look: &Looked, frame: &Frame) -> Preview {
    let into = &look.into.incident;
    let facts = look
        .facts
        .iter()
        .fold(Facts::new(), |facts, (what, words)| facts.fact(*what, Words::from(words.as_str())));
    let swap = format!("{}?into={}", links::merge(into.id), from.id);
    Preview {
        heading: format!("What moves into “{}”", title(into)),
        facts: facts.fact("Its timeline", "stays where it is, and ends with this"),
        public: public(from, look),
        publishes: look.public.is_some(),
        refused: look.refused.as_ref().map(|refused| sentence(&refused.to_string())),
        id: EntryId::new(frame.now),
        into: into.id,
        seen: (from.version, into.version),
        button: format!("Merge into “{}”", into.title),
        swap: Act::go("The other way round", swap),
    }
}

/// What the public reads.
fn public(from: &Incident, look: &Looked) -> String {
    match &look.public {
        _ if from.is_drill() => "The public hears nothing: this is a drill.".to_owned(),
        None => "The public was not told of this one, and hears nothing of the merge.".to_owned(),
        Some((told, goes_on)) if told == goes_on => {
            format!("The status page ends one of the two that it calls “{told}”, and says so.")
        }
        Some((told, goes_on)) => {
            format!("The status page ends “{told}” with a word that it goes on as “{goes_on}”.")
        }
    }
}
