//! `GET /`: how ready we are, and what to mend first.

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use crate::actions;
use crate::db::Db;
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    page: Page,
    heading: String,
    empty: Option<Empty>,
}

/// `GET /`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let plan = actions::installation::plan_in_force(&db).await?;
    let heading = match &plan {
        Some(title) => format!("No incident. {title} is in force"),
        None => "No incident, and no plan yet".to_owned(),
    };
    let words = if frame.who.rights.allow(Right::Own) {
        "Muster acts by your written plan. On the server: muster plan import FILE; \
         plans/labitory.toml is a whole one to look at."
    } else {
        "Muster acts by a written plan, and an owner has still to bring one in."
    };
    let empty = plan.is_none().then(|| Empty::new("no-plan", "No plan is in force", words));
    let title = if plan.is_some() { "Readiness" } else { "Readiness: no plan" };
    let page = frame.page.titled(title).at(Tab::Readiness);
    Ok(Html(FrontPage { page, heading, empty }.render()?))
}
