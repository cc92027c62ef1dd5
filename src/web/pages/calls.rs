//! `/incidents/{id}/calls`: whom to call by telephone, in order.

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{Html, Redirect};
use serde::Deserialize;

use crate::actions::calls::{self, Outcome};
use crate::actions::{ActionError, ActionResult};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::rights::Right;
use crate::store::responders::Responder;
use crate::web::error::PageError;
use crate::web::frame::{Frame, Who};
use crate::web::links;
use crate::web::pages::answering::roles;
use crate::web::pages::incident::{Scene, Visible};
use crate::web::pages::now::stands;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::person::Person;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::Icon;
use crate::web::state::AppState;

/// What came of a call to whom.
#[derive(Deserialize)]
pub(in crate::web) struct Typed {
    #[serde(default)]
    person: String,
    #[serde(default)]
    outcome: String,
}

#[derive(Template)]
#[template(path = "incidents/calls.html")]
struct CallsPage {
    page: Page,
    situation: Situation,
    hotline: String,
    action: String,
    may_call: bool,
    rows: Vec<Row>,
}

struct Row {
    id: PersonId,
    name: String,
    person: Person,
    phones: Vec<String>,
}

/// `GET /incidents/{id}/calls`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let scene = Scene::read(&db, id, frame).await?;
    let rows: Vec<_> = unreached(&scene).into_iter().map(|one| row(&scene, one)).collect();
    let heading = match rows.len() {
        0 => "Nobody is left to call".to_owned(),
        1 => "1 person to call".to_owned(),
        count => format!("{count} people to call"),
    };
    let html = CallsPage {
        may_call: scene.may(Right::Respond) && scene.seen.incident.is_open(),
        page: scene.page(IncidentTab::CallList, "Call list", "/calls"),
        situation: scene.situation(&heading),
        hotline: scene.seen.plan.document.hotline.clone(),
        action: links::calls(id),
        rows,
    };
    Ok(Html(html.render()?))
}

/// Who is still to be heard of: whom nothing reached, then who asked to be called, then in the order
/// of the plan's roles; last whose number was wrong.
fn unreached(scene: &Scene) -> Vec<&Responder> {
    let waits = |one: &&Responder| one.paged_at <= scene.now() && scene.seen.awaits(one);
    let place = |one: &Responder| {
        let roles = scene.seen.plan.role.iter();
        roles.map(|role| &role.key).position(|key| one.roles.contains(key)).unwrap_or(usize::MAX)
    };
    let mut all: Vec<_> = scene.seen.responders.iter().filter(waits).collect();
    all.sort_by_key(|one| {
        let wrong = one.call_outcome.as_deref() == Some(Outcome::WrongNumber.name());
        let unsent = scene.seen.unreached.contains(&one.person);
        (wrong, !unsent, one.answer.is_none(), place(one))
    });
    all
}

fn row(scene: &Scene, one: &Responder) -> Row {
    let name = scene.seen.name(one.person).to_owned();
    let phones = scene.seen.methods.iter();
    let phones = phones.filter(|method| method.person == one.person && method.channel == "phone");
    Row {
        id: one.person,
        person: Person::new(name.clone(), roles(scene, &one.roles)).state(stands(scene, one).state),
        phones: phones.map(|method| method.address.clone()).collect(),
        name,
    }
}

/// `POST /incidents/{id}/calls`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Visible(id): Visible,
    Who(who): Who,
    Form(typed): Form<Typed>,
) -> Result<Redirect, PageError> {
    record(&state, id, who.person, &typed).await?;
    Ok(Redirect::to(&links::calls(id)))
}

async fn record(state: &AppState, id: IncidentId, by: PersonId, typed: &Typed) -> ActionResult<()> {
    let person = typed.person.parse().map_err(|_| ActionError::NotFound("paged person"))?;
    let unknown = || ActionError::wrong("outcome", "say what came of the call");
    let outcome = Outcome::named(&typed.outcome).ok_or_else(unknown)?;
    calls::record(&state.db, id, person, outcome, by, state.clock.now()).await
}
