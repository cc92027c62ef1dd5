//! `/incidents/{id}/runbooks/{key}`: a runbook that is followed, step by step, by several people.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::{mends, progress};
use crate::actions::{ActionError, ActionResult, ticks};
use crate::db::Db;
use crate::domain::id::IncidentId;
use crate::domain::incident::Place;
use crate::domain::plan::document::{Runbook, Step as Written};
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::entries::status;
use crate::web::pages::incident::{Scene, Visible};
use crate::web::pages::ticking::{Pressed, Refused, Ticking, far};
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::progress::Progress;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::State as Mark;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "incidents/runbook.html")]
struct FollowedPage {
    page: Page,
    situation: Situation,
    heading: String,
    progress: Progress,
    symptoms: String,
    mends: String,
    steps: Vec<Step>,
    all: String,
}

/// One step: what the plan says, and how it stands.
struct Step {
    number: usize,
    title: String,
    note: String,
    danger: String,
    commands: String,
    ticking: Ticking,
}

/// `GET /incidents/{id}/runbooks/{key}`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    Path((_, key)): Path<(String, String)>,
    frame: Frame,
) -> Result<Response, PageError> {
    let scene = Scene::read(&db, id, frame).await?;
    draw(&scene, &key, None)
}

/// `POST /incidents/{id}/runbooks/{key}`
pub(in crate::web) async fn press(
    State(state): State<AppState>,
    Visible(id): Visible,
    Path((_, key)): Path<(String, String)>,
    frame: Frame,
    Form(pressed): Form<Pressed>,
) -> Result<Response, PageError> {
    match change(&state.db, id, &key, &frame, &pressed).await {
        Ok(()) => {
            let step = format!("{}#step-{}", links::followed(id, &key), pressed.number());
            Ok(Redirect::to(&step).into_response())
        }
        Err(ActionError::Invalid(wrong)) => {
            let scene = Scene::read(&state.db, id, frame).await?;
            draw(&scene, &key, Some((&pressed, &wrong)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn change(
    db: &Db,
    id: IncidentId,
    runbook: &str,
    frame: &Frame,
    pressed: &Pressed,
) -> ActionResult<()> {
    let place = Place::Step { runbook: runbook.to_owned(), number: pressed.number() };
    ticks::press(db, id, &place, &pressed.read()?, frame.who.person, frame.now).await
}

fn draw(scene: &Scene, key: &str, refused: Refused<'_>) -> Result<Response, PageError> {
    let runbook = scene.seen.plan.runbook(key).ok_or(PageError::NotFound)?;
    let path = format!("/runbooks/{key}");
    let page = scene.page(IncidentTab::Runbooks, &runbook.name, &path);
    let far_it_is = progress(scene, runbook);
    let wrong = refused.map_or(&[][..], |(_, wrong)| wrong);
    let (settled, all) = (far_it_is.settled as u64, far_it_is.all as u64);
    let html = FollowedPage {
        page: if wrong.is_empty() { page } else { page.refused() },
        situation: scene.situation(&runbook.name),
        heading: far(far_it_is, "step", "skipped"),
        progress: Progress::new("far", settled, all, ""),
        symptoms: runbook.symptoms.join(", "),
        mends: mends(scene, runbook),
        steps: steps(scene, runbook, refused),
        all: links::runbooks(scene.seen.incident.id),
    };
    Ok((status(wrong), Html(html.render()?)).into_response())
}

/// All steps; the first open one is the next.
fn steps(scene: &Scene, runbook: &Runbook, refused: Refused<'_>) -> Vec<Step> {
    let action = links::followed(scene.seen.incident.id, &runbook.key);
    let open = |place: &Place| {
        let key = place.to_string();
        !scene.seen.ticks.iter().any(|tick| tick.key == key)
    };
    let next = Place::steps(runbook).find(open);
    let step = |(place, step): (Place, &Written)| {
        let number = place.number();
        let ticking = Ticking::new(scene, &place, format!("step-{number}"), &action, refused);
        Step {
            number,
            title: step.title.clone(),
            note: step.note.clone(),
            danger: step.danger.clone(),
            commands: step.commands.clone(),
            ticking: ticking.next(next.as_ref() == Some(&place)),
        }
    };
    Place::steps(runbook).zip(&runbook.step).map(step).collect()
}
