//! `GET /`: how ready we are, and what to mend first.

use askama::Template;
use axum::response::Html;

use super::plan::bring_in;
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    page: Page,
    heading: String,
    declare: Option<Act>,
    empty: Option<Empty>,
}

/// `GET /`
pub(in crate::web) async fn show(frame: Frame) -> Result<Html<String>, PageError> {
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan.document.title);
    let heading = match (frame.around.open.len(), &plan) {
        (1, _) => "1 incident is open".to_owned(),
        (2.., _) => format!("{} incidents are open", frame.around.open.len()),
        (0, Some(title)) => format!("No incident. {title} is in force"),
        (0, None) => "No incident, and no plan yet".to_owned(),
    };
    let act = Act::go("Declare an incident", links::DECLARE).look(Look::Declare);
    let declare = frame.page.may_respond().then_some(act);
    let empty = plan.is_none().then(|| bring_in(frame.who.rights.allow(Right::Own)));
    let title = if plan.is_some() { "Readiness" } else { "Readiness: no plan" };
    let page = frame.page.titled(title).at(Tab::Readiness);
    Ok(Html(FrontPage { page, heading, declare, empty }.render()?))
}
