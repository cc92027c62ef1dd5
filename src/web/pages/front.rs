//! `GET /`: how ready we are, and what to mend first.

mod finding;
mod side;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use time::OffsetDateTime;

use super::databases::words::table as standing;
use super::plan::bring_in;
use crate::actions::databases;
use crate::actions::post_mortems;
use crate::actions::readiness::{self, Seen};
use crate::domain::civil;
use crate::domain::readiness::{Finding, Readiness};
use crate::domain::rights::Right;
use crate::store::plans::Revision;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::person::Person;
use crate::web::parts::steps::Steps;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// Findings that stand open; the others unfold.
const FIRST: usize = 5;

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    page: Page,
    heading: String,
    about: Words,
    declare: Option<Act>,
    empty: Option<Empty>,
    findings: &'static str,
    databases: Option<Table>,
    first: Steps,
    others: Steps,
    on_call: Vec<Person>,
    drill: Option<Words>,
    to_write: Vec<Words>,
}

/// `GET /`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let act = Act::go("Declare an incident", links::DECLARE).look(Look::Declare);
    let declare = frame.page.may_respond().then_some(act);
    let page = match frame.around.revision.clone() {
        None => without_plan(frame, declare),
        Some(revision) => with_plan(&state, frame, &revision, declare).await?,
    };
    Ok(Html(page.render()?))
}

fn without_plan(frame: Frame, declare: Option<Act>) -> FrontPage {
    let heading = opened(&frame).unwrap_or_else(|| "No incident, and no plan yet".to_owned());
    FrontPage {
        heading,
        about: Words::new(),
        declare,
        empty: Some(bring_in(frame.who.rights.allow(Right::Own))),
        findings: "",
        databases: None,
        first: Steps(Vec::new()),
        others: Steps(Vec::new()),
        on_call: Vec::new(),
        drill: None,
        to_write: Vec::new(),
        page: frame.page.titled("Readiness: no plan").at(Tab::Readiness),
    }
}

async fn with_plan(
    state: &AppState,
    frame: Frame,
    revision: &Revision,
    declare: Option<Act>,
) -> Result<FrontPage, PageError> {
    let (plan, now) = (&revision.plan, frame.now);
    let here = state.links.stay_here();
    let seen = readiness::read(&state.db, &state.mail, &state.warned, here, plan, now).await?;
    let owner = frame.who.rights.allow(Right::Own);
    let databases = databases::list(&state.db, Some(plan), now).await?;
    let to_write = post_mortems::to_write(&state.db).await?;
    let steps = seen.readiness.findings.iter();
    let mut first: Vec<_> = steps.map(|found| finding::step(found, revision, owner)).collect();
    let others = first.split_off(first.len().min(FIRST));
    Ok(FrontPage {
        heading: opened(&frame).unwrap_or_else(|| heading(&seen.readiness)),
        about: about(&seen, &frame),
        declare,
        empty: None,
        findings: findings(&seen.readiness),
        databases: (!databases.is_empty()).then(|| standing(&databases, "exposure", &frame)),
        first: Steps(first),
        others: Steps(others),
        on_call: side::on_call(plan, &seen, owner),
        drill: side::drill(plan, &seen, &frame.zone, now),
        to_write: to_write.iter().map(|one| side::report(one, &frame.zone, now)).collect(),
        page: frame.page.titled(title(&seen.readiness)).at(Tab::Readiness),
    })
}

fn title(readiness: &Readiness) -> String {
    match readiness.findings.len() {
        0 => "Readiness: all checks pass".to_owned(),
        1 => "Readiness: 1 thing to mend".to_owned(),
        many => format!("Readiness: {many} things to mend"),
    }
}

fn findings(readiness: &Readiness) -> &'static str {
    match readiness.findings.first().map(Finding::is_grave) {
        Some(true) => "Mend first",
        Some(false) => "To look at",
        None => "Nothing is to be mended",
    }
}

fn heading(readiness: &Readiness) -> String {
    let grave = readiness.findings.iter().filter(|finding| finding.is_grave()).count();
    match (grave, readiness.findings.len()) {
        _ if readiness.findings.contains(&Finding::NoMail) => {
            "No incident. Not ready: nobody can be paged".to_owned()
        }
        _ if readiness.findings.contains(&Finding::LinksStayHere) => {
            "No incident. Not ready: links in mails lead nowhere".to_owned()
        }
        (0, 0) => "No incident. Ready".to_owned(),
        (0, 1) => "No incident. Ready, with 1 thing to look at".to_owned(),
        (0, many) => format!("No incident. Ready, with {many} things to look at"),
        (1, _) => "No incident. Ready, with 1 thing to mend first".to_owned(),
        (many, _) => format!("No incident. Ready, with {many} things to mend first"),
    }
}

/// What is open; a drill is none.
fn opened(frame: &Frame) -> Option<String> {
    match frame.around.open.iter().filter(|incident| !incident.is_drill()).count() {
        0 => None,
        1 => Some("1 incident is open".to_owned()),
        open => Some(format!("{open} incidents are open")),
    }
}

/// How many checks pass, and when the last incident was.
fn about(seen: &Seen, frame: &Frame) -> Words {
    let Readiness { findings, checks } = &seen.readiness;
    let minor = findings.iter().filter(|finding| !finding.is_grave()).count();
    let passed = checks - findings.len();
    let mut words = match minor {
        0 => format!("{passed} of {checks} checks pass. "),
        minor => format!("{passed} of {checks} checks pass, {minor} of the others are minor. "),
    };
    let Some(last) = &seen.last_incident else {
        words.push_str("No incident was closed yet.");
        return Words::new().small(words);
    };
    let ended = last.ended_at.unwrap_or(last.phase_since);
    let when = format!("closed {}, {}", frame.zone.day(ended), ago(ended, frame.now));
    Words::new()
        .small(words)
        .link(links::incident(last.id), "Last incident")
        .small(format!(" {when}."))
}

/// `35 days ago`, from two days on; before that to the minute.
fn ago(at: OffsetDateTime, now: OffsetDateTime) -> String {
    match (now - at).whole_days() {
        days @ 2.. => format!("{days} days ago"),
        _ => civil::ago(at, now),
    }
}
