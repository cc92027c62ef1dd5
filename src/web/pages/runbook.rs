//! `/plan/runbooks/{key}`: what to do, step by step, with commands to copy.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Html;

use crate::actions::plans;
use crate::db::Db;
use crate::domain::plan::document::Runbook;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Mark;

#[derive(Template)]
#[template(path = "plan/runbook.html")]
struct RunbookPage {
    page: Page,
    runbook: Runbook,
}

/// `GET /plan/runbooks/{key}`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Path(key): Path<String>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let revision = plans::in_force(&db).await?.ok_or(PageError::NotFound)?;
    let mut runbooks = revision.plan.runbook.into_iter();
    let runbook = runbooks.find(|one| one.key == key).ok_or(PageError::NotFound)?;
    let page = frame.page.titled(runbook.name.clone()).at(Tab::Plan);
    Ok(Html(RunbookPage { page, runbook }.render()?))
}
