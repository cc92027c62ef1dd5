//! `/plan`: the plan in force, to read and to take away as text.

mod lists;
mod matrices;
mod sections;

use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse};

use crate::actions::{self, ActionResult};
use crate::db::Db;
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;

use matrices::Roster;
use sections::Section;

#[derive(Template)]
#[template(path = "plan/show.html")]
struct PlanPage {
    page: Page,
    title: String,
    stands: String,
    acts: Vec<Act>,
    sections: Vec<Section>,
    empty: Option<Empty>,
}

/// `GET /plan`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let page = frame.page.at(Tab::Plan);
    let owner = frame.who.rights.allow(Right::Own);
    let Some(revision) = actions::plans::in_force(&db).await? else {
        let empty = Some(no_plan(owner));
        let (page, title) = (page.titled("Plan: none yet"), "No plan yet".to_owned());
        let (stands, acts, sections) = (String::new(), Vec::new(), Vec::new());
        return Ok(Html(PlanPage { page, title, stands, acts, sections, empty }.render()?));
    };
    let roster = Roster::new(actions::people::roster(&db).await?);
    let plan = PlanPage {
        page: page.titled(format!("Plan, revision {}", revision.number)),
        title: revision.plan.document.title.clone(),
        stands: format!("Revision {}", revision.number),
        acts: acts(owner),
        sections: sections::of(&revision, &roster),
        empty: None,
    };
    Ok(Html(plan.render()?))
}

/// `GET /plan/export`
pub(in crate::web) async fn export(State(db): State<Db>) -> Result<impl IntoResponse, PageError> {
    let text: ActionResult<String> =
        db.transaction(actions::DEADLINE, async |conn| actions::plans::export(conn).await).await;
    let head = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"plan.toml\""),
    ];
    Ok((head, text?))
}

fn acts(owner: bool) -> Vec<Act> {
    let export = Act::go("Export as text", links::PLAN_EXPORT);
    let new = owner.then(|| Act::go("New revision", links::PLAN_NEW));
    std::iter::once(export).chain(new).collect()
}

fn no_plan(owner: bool) -> Empty {
    let (id, heading) = ("no-plan", "No plan is in force");
    if owner {
        let words = "Muster acts by your written plan; plans/labitory.toml is a whole one to \
                     start from.";
        return Empty::new(id, heading, words).act(Act::go("Bring in a plan", links::PLAN_NEW));
    }
    Empty::new(id, heading, "Muster acts by a written plan. Ask an owner to bring one in.")
}
