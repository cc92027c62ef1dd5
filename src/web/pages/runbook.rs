//! `/plan/runbooks/{key}`: what to do, step by step, with commands to copy.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Html;

use super::revision::read;
use crate::actions::plans;
use crate::db::Db;
use crate::domain::plan::document::Runbook;
use crate::domain::rights::Right;
use crate::store::plans::Revision;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Mark;

#[derive(Template)]
#[template(path = "plan/runbook.html")]
struct RunbookPage {
    page: Page,
    runbook: Runbook,
    components: String,
    change: Option<Act>,
    back: String,
}

/// `GET /plan/runbooks/{key}`: of the plan in force.
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Path(key): Path<String>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let revision = plans::in_force(&db).await?.ok_or(PageError::NotFound)?;
    let owner = frame.who.rights.allow(Right::Own);
    let form = links::plan_thing(&format!("runbook/{key}"));
    let change = owner.then(|| Act::go("Change it", form));
    draw(frame, revision, &key, change, links::PLAN.to_owned())
}

/// `GET /plan/revisions/{number}/runbooks/{key}`: of the plan as an incident has pinned it.
pub(in crate::web) async fn show_earlier(
    State(db): State<Db>,
    Path((number, key)): Path<(String, String)>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let number = read(&number)?;
    let revision = plans::revision(&db, number).await?;
    draw(frame, revision, &key, None, links::plan_revision(number))
}

fn draw(
    frame: Frame,
    revision: Revision,
    key: &str,
    change: Option<Act>,
    plan: String,
) -> Result<Html<String>, PageError> {
    let plan_of = &revision.plan;
    let runbook = plan_of.runbook(key).ok_or(PageError::NotFound)?;
    let name = |key: &String| plan_of.component(key).map_or(key.clone(), |it| it.name.clone());
    let page = RunbookPage {
        page: frame.page.titled(runbook.name.clone()).at(Tab::Plan),
        components: runbook.components.iter().map(name).collect::<Vec<_>>().join(", "),
        runbook: runbook.clone(),
        change,
        back: format!("{plan}#runbooks"),
    };
    Ok(Html(page.render()?))
}
