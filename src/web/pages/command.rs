//! `/incidents/{id}/command`: who commands, the level, the phase, and how it ends.

mod checks;
mod level;
mod phase;

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::answering;
use super::entries::status;
use super::incident::{Scene, Visible, back};
use super::note_box::somebody;
use super::ticking::Pressed;
use crate::actions::incidents as deeds;
use crate::actions::{ActionError, Wrong};
use crate::db::Db;
use crate::domain::id::IncidentId;
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::field::Field;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::steps::Steps;
use crate::web::parts::words::Words;
use crate::web::state::AppState;
use checks::Checks;
use level::{Higher, Lower, Stay};
use phase::{Ending, Twice};

pub(in crate::web) use checks::tick;
pub(in crate::web) use level::{set as set_level, stay};
pub(in crate::web) use phase::set as set_phase;

#[derive(Template)]
#[template(path = "incidents/command.html")]
struct CommandPage {
    page: Page,
    base: String,
    situation: Situation,
    commander: String,
    take: Option<Act>,
    hand_over: Option<Field>,
    level: Words,
    higher: Vec<Higher>,
    lower: Option<Lower>,
    stay: Option<Stay>,
    phase: String,
    steps: Steps,
    checks: Vec<Checks>,
    ending: Ending,
    twice: Option<Twice>,
    part: Option<(String, Vec<Act>)>,
}

/// Who is to command.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Commander {
    person: String,
}

/// What was typed into a form of the page, and what of it is wrong.
#[derive(Debug, Clone, Default)]
struct Refused {
    form: &'static str,
    level: u8,
    text: String,
    item: Option<(String, Pressed)>,
    wrong: Vec<Wrong>,
}

/// `GET /incidents/{id}/command`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Response, PageError> {
    draw(&db, id, frame, Refused::default()).await
}

/// `POST /incidents/{id}/command`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Visible(id): Visible,
    frame: Frame,
    Form(typed): Form<Commander>,
) -> Result<Response, PageError> {
    let (db, by, now) = (&state.db, frame.who.person, frame.now);
    let done = match typed.person.parse() {
        Ok(person) => deeds::command(db, id, person, by, now).await,
        Err(_) => Err(ActionError::wrong("person", "choose somebody")),
    };
    let refused = Refused { form: "hand-over", text: typed.person, ..Refused::default() };
    match done {
        Ok(()) if refused.text == by.to_string() => Ok(back(id)),
        Ok(()) => Ok(Redirect::to(&format!("{}/briefing", links::incident(id))).into_response()),
        Err(error) => again(db, id, frame, error, refused).await,
    }
}

async fn draw(
    db: &Db,
    id: IncidentId,
    frame: Frame,
    refused: Refused,
) -> Result<Response, PageError> {
    let scene = Scene::read(db, id, frame).await?;
    let page = scene.page(IncidentTab::Command, "Command", "/command");
    let open = scene.seen.incident.is_open();
    let html = CommandPage {
        page: if refused.wrong.is_empty() { page } else { page.refused() },
        base: scene.base.clone(),
        situation: scene.situation("Command"),
        commander: commander(&scene),
        take: take(&scene),
        hand_over: hand_over(&scene, &refused),
        level: level::stands(&scene),
        higher: level::higher(&scene),
        lower: level::lower(&scene, &refused),
        stay: level::stay_form(&scene, &refused),
        phase: scene.phase(),
        steps: phase::steps(&scene),
        checks: checks::of(&scene, &refused),
        ending: phase::ending(&scene),
        twice: phase::twice(&scene),
        part: (open && scene.may(Right::Respond)).then(|| answering::part(&scene)),
    };
    Ok((status(&refused.wrong), Html(html.render()?)).into_response())
}

/// A form that is refused with words beside its fields comes back with what was typed.
async fn again(
    db: &Db,
    id: IncidentId,
    frame: Frame,
    error: ActionError,
    typed: Refused,
) -> Result<Response, PageError> {
    match error {
        ActionError::Invalid(wrong) => draw(db, id, frame, Refused { wrong, ..typed }).await,
        error => Err(error.into()),
    }
}

fn commander(scene: &Scene) -> String {
    let incident = &scene.seen.incident;
    let declarer = scene.seen.name(incident.declared_by);
    match (incident.commander, incident.commander_since) {
        (Some(person), Some(since)) if person == scene.frame.who.person => {
            format!("You have commanded since {}", scene.when(since))
        }
        (Some(person), Some(since)) => {
            format!("{} has commanded since {}", scene.seen.name(person), scene.when(since))
        }
        _ if !incident.is_open() => "Nobody took command".to_owned(),
        _ => format!("Nobody took command; {declarer}, who declared it, acts"),
    }
}

fn take(scene: &Scene) -> Option<Act> {
    let (incident, me) = (&scene.seen.incident, scene.frame.who.person);
    if !incident.is_open() || incident.commander == Some(me) {
        return None;
    }
    let act = scene.post("take", "I take command", "command").with("person", me.to_string());
    Some(allowed(scene, act, Right::Respond))
}

/// Whom command may be handed to, for who has it.
fn hand_over(scene: &Scene, refused: &Refused) -> Option<Field> {
    let (incident, me) = (&scene.seen.incident, scene.frame.who.person);
    let commands = incident.commander.unwrap_or(incident.declared_by) == me;
    let mut choices = somebody(scene, &refused.text);
    choices.retain(|choice| !choice.is(&me.to_string()));
    let offered = incident.is_open() && commands;
    let error = Wrong::beside("person", &refused.wrong).filter(|_| refused.form == "hand-over");
    (offered && scene.may(Right::Respond))
        .then(|| Field::select("person", "Hand command to", choices).error(error).required())
}

/// Whoever lacks the right sees the button, and why it can't be pressed.
fn allowed(scene: &Scene, act: Act, right: Right) -> Act {
    match scene.may(right) {
        true => act,
        false => act.disabled(format!("needs the right “{}”", right.name())),
    }
}
