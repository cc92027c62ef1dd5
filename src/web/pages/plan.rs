//! `/plan`: the plan in force, to read and to take away as text.

mod aftermath;
mod aims;
mod control;
pub(super) mod difference;
mod escalation;
mod levels;
mod outside;
mod people;
pub(super) mod reading;
pub(super) mod sections;
mod told;
mod work;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse};
use serde::Deserialize;

use crate::actions::{self, ActionResult};
use crate::db::Db;
use crate::domain::rights::Right;
use crate::store::plans::Revision;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

use reading::Reading;
use sections::{Piece, Section};

const HOW_TO_CHANGE: &str = "Press a name to change what it stands for. You see the difference \
                             before anything is changed, and a revision is made of it.";

/// Whether an owner wants to change something.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    change: Option<String>,
}

#[derive(Template)]
#[template(path = "plan/show.html")]
pub(super) struct PlanPage {
    pub(super) page: Page,
    pub(super) title: String,
    pub(super) stands: Words,
    pub(super) acts: Vec<Act>,
    pub(super) sections: Vec<Section>,
    pub(super) empty: Option<Empty>,
}

/// `GET /plan`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let owner = frame.who.rights.allow(Right::Own);
    let Some(revision) = &frame.around.revision else {
        return Ok(Html(no_plan(frame.page, owner).render()?));
    };
    let changing = owner && asked.change.is_some();
    let reading = Reading::of(&state, revision, &frame).await?;
    let reading = if changing { reading.changing() } else { reading };
    let title = format!("Plan, revision {}", revision.number);
    let plan = PlanPage {
        page: frame.page.titled(title).at(Tab::Plan),
        title: revision.plan.document.title.clone(),
        stands: stands(revision, &reading),
        acts: acts(owner, changing),
        sections: sections::of(&reading),
        empty: None,
    };
    Ok(Html(plan.render()?))
}

/// `GET /plan/export`
pub(in crate::web) async fn export(State(db): State<Db>) -> Result<impl IntoResponse, PageError> {
    let text: ActionResult<String> =
        db.transaction(actions::DEADLINE, async |conn| actions::plans::export(conn).await).await;
    Ok(as_file("plan.toml", text?))
}

/// A text to keep.
pub(super) fn as_file(name: &str, text: String) -> impl IntoResponse + use<> {
    let kept = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, kept)], text)
}

fn stands(revision: &Revision, reading: &Reading<'_>) -> Words {
    let since = reading.moment(revision.in_force_from);
    let words = Words::from(format!("Revision {}, in force since {since}. ", revision.number));
    let words = match control::overdue(&revision.plan.document, reading.now) {
        Some(overdue) => words.state(overdue),
        None => words,
    };
    if reading.is_changing() { words.line().plain(HOW_TO_CHANGE) } else { words }
}

fn acts(owner: bool, changing: bool) -> Vec<Act> {
    let mut acts = vec![
        Act::go("Export as text", links::PLAN_EXPORT),
        Act::go("Revisions", links::PLAN_REVISIONS),
    ];
    if owner {
        acts.push(Act::go("Upload a revision", links::PLAN_NEW));
    }
    match (owner, changing) {
        (true, true) => acts.push(Act::go("Done changing", links::PLAN).look(Look::Primary)),
        (true, false) => acts.push(Act::go("Change something", links::PLAN_CHANGE)),
        (false, _) => {}
    }
    acts
}

fn no_plan(page: Page, owner: bool) -> PlanPage {
    let page = page.titled("Plan: none yet").at(Tab::Plan);
    let (title, stands) = ("No plan yet".to_owned(), Words::new());
    let empty = Some(bring_in(owner));
    PlanPage { page, title, stands, acts: Vec::new(), sections: Vec::new(), empty }
}

/// Stands wherever a plan is missed: who may, brings one in.
pub(super) fn bring_in(owner: bool) -> Empty {
    let (id, heading) = ("no-plan", "No plan is in force");
    if owner {
        let words = "Muster acts by your written plan; plans/labitory.toml is a whole one to \
                     start from.";
        let act = Act::go("Bring in a plan", links::PLAN_NEW).look(Look::Primary);
        return Empty::new(id, heading, words).act(act);
    }
    Empty::new(id, heading, "Muster acts by a written plan. Ask an owner to bring one in.")
}
