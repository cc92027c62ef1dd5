//! `/incidents/{id}/roles/{key}`: a role that nobody has, and naming somebody for it.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::entries::status;
use super::incident::{Scene, Visible, back};
use super::note_box::somebody;
use crate::actions::roles::{Naming, fill};
use crate::actions::{ActionError, ActionResult, Wrong};
use crate::db::Db;
use crate::domain::id::{EntryId, IncidentId};
use crate::domain::plan::document::Role;
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::field::Field;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::state::AppState;

/// Who is named.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Named {
    id: String,
    person: String,
}

#[derive(Template)]
#[template(path = "incidents/role.html")]
struct RolePage {
    page: Page,
    base: String,
    situation: Situation,
    heading: String,
    duties: Vec<String>,
    form: Option<(String, EntryId, Field)>,
}

/// `GET /incidents/{id}/roles/{key}`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    Path((_, key)): Path<(String, String)>,
    frame: Frame,
) -> Result<Response, PageError> {
    draw(&db, id, &key, frame, "", &[]).await
}

/// `POST /incidents/{id}/roles/{key}`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Visible(id): Visible,
    Path((_, key)): Path<(String, String)>,
    frame: Frame,
    Form(typed): Form<Named>,
) -> Result<Response, PageError> {
    match name(&state.db, id, &key, &frame, &typed).await {
        Ok(()) => Ok(back(id)),
        Err(ActionError::Invalid(wrong)) => {
            draw(&state.db, id, &key, frame, &typed.person, &wrong).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn name(
    db: &Db,
    id: IncidentId,
    key: &str,
    frame: &Frame,
    typed: &Named,
) -> ActionResult<()> {
    let wrong = |words: &str| ActionError::wrong("person", words);
    let press = typed.id.parse().map_err(|_| wrong("the form was damaged; send it again"))?;
    let person = typed.person.parse().map_err(|_| wrong("choose somebody"))?;
    let naming = Naming { id: press, role: key.to_owned(), person };
    fill(db, id, &naming, frame.who.person, frame.now).await
}

async fn draw(
    db: &Db,
    id: IncidentId,
    key: &str,
    frame: Frame,
    chosen: &str,
    wrong: &[Wrong],
) -> Result<Response, PageError> {
    let scene = Scene::read(db, id, frame).await?;
    let role = scene.seen.plan.role(key).ok_or(PageError::NotFound)?;
    let page = scene.page(IncidentTab::Now, &role.name, &format!("/roles/{key}"));
    let may = scene.seen.incident.is_open() && scene.may(Right::Respond);
    let html = RolePage {
        page: if wrong.is_empty() { page } else { page.refused() },
        base: scene.base.clone(),
        situation: scene.situation(&role.name),
        heading: heading(&scene, role),
        duties: role.duties.clone(),
        form: may.then(|| {
            let action = links::role(id, key);
            let error = wrong.first().map(|wrong| wrong.words.clone());
            let field =
                Field::select("person", "Who takes it", somebody(&scene, chosen)).required();
            (action, EntryId::new(scene.now()), field.error(error))
        }),
    };
    Ok((status(wrong), Html(html.render()?)).into_response())
}

/// Who has it, or who was asked.
fn heading(scene: &Scene, role: &Role) -> String {
    let seen = &scene.seen;
    if let Some(duty) = seen.duties.iter().find(|duty| duty.role_key == role.key) {
        return format!("{} has it since {}", seen.name(duty.person), scene.when(duty.since));
    }
    let asked = seen.responders.iter().filter(|r| r.roles.contains(&role.key));
    let asked: Vec<_> = asked.map(|responder| seen.name(responder.person)).collect();
    match asked.is_empty() {
        true => "Nobody holds this role".to_owned(),
        false => format!("Nobody has it yet; asked: {}", asked.join(", ")),
    }
}
