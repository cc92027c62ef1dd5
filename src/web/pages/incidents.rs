//! `/incidents`: the list, declaring, and the buttons of one incident.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::actions::incidents::{self as deeds, Declaration, DeclaredOutcome, Step};
use crate::actions::{ActionError, overview};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Incident, Kind};
use crate::web::error::PageError;
use crate::web::frame::{Frame, Who};
use crate::web::links;
use crate::web::parts::empty::Empty;
use crate::web::parts::level::Level;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "incidents/index.html")]
struct IncidentsPage {
    page: Page,
    empty: Option<Empty>,
    table: Table,
}

/// What the form of `/declare` sends.
#[derive(Deserialize)]
pub(in crate::web) struct Declared {
    id: String,
    kind: String,
    level: u8,
}

/// A new level, and why.
#[derive(Deserialize)]
pub(in crate::web) struct Leveled {
    way: String,
    level: u8,
    #[serde(default)]
    reason: String,
}

/// Who is to command.
#[derive(Deserialize)]
pub(in crate::web) struct Commander {
    person: PersonId,
}

/// Where it goes next.
#[derive(Deserialize)]
pub(in crate::web) struct Phased {
    step: String,
}

/// A function, component or the incident itself.
#[derive(Deserialize)]
pub(in crate::web) struct Keyed {
    key: String,
}

/// `GET /incidents`
pub(in crate::web) async fn index(
    State(db): State<Db>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let all = overview::incidents(&db).await?;
    let mut table = Table::new("incidents")
        .column("Incident")
        .column("Stands")
        .column("Level")
        .column("Declared");
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan);
    for incident in &all {
        let level = plan.and_then(|plan| plan.level(incident.level));
        let name = level.map(|level| level.name.clone()).unwrap_or_default();
        let day = frame.zone.short_date(incident.declared_at);
        table = table.row([
            Words::new().link(links::incident(incident.id), title(incident)),
            Words::from(incident.phase.to_string()),
            Words::from(Level::new(incident.level, name)),
            Words::from(format!("{day}, {}", frame.zone.clock(incident.declared_at))),
        ]);
    }
    let words = "Nothing was ever declared here, not even as a drill.";
    let empty = all.is_empty().then(|| Empty::new("none", "No incidents", words));
    let page = frame.page.titled("Incidents").at(Tab::Incidents);
    Ok(Html(IncidentsPage { page, empty, table }.render()?))
}

/// What pages call it; a drill's begins with DRILL.
pub(super) fn title(incident: &Incident) -> String {
    let drill = if incident.is_drill() { "DRILL: " } else { "" };
    format!("{drill}{}", incident.title)
}

/// `POST /incidents`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Who(who): Who,
    Form(typed): Form<Declared>,
) -> Result<Response, PageError> {
    let id = read(&typed.id)?;
    let kind: Kind = typed.kind.parse().map_err(ActionError::refused)?;
    let declaration = Declaration { id, kind, level: typed.level, by: who.person };
    let incident = match deeds::declare(&state.db, declaration, state.clock.now()).await? {
        DeclaredOutcome::New(incident) | DeclaredOutcome::Already(incident) => incident,
    };
    Ok(back(incident.id))
}

/// `POST /incidents/{id}/undo`
pub(in crate::web) async fn undo(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Who(who): Who,
) -> Result<Response, PageError> {
    let id = read(&id)?;
    deeds::undo(&state.db, id, who.person, state.clock.now()).await?;
    Ok(back(id))
}

/// `POST /incidents/{id}/level`
pub(in crate::web) async fn level(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Who(who): Who,
    Form(typed): Form<Leveled>,
) -> Result<Response, PageError> {
    let (id, now) = (read(&id)?, state.clock.now());
    match typed.way.as_str() {
        "raise" => deeds::raise(&state.db, id, typed.level, who.person, now).await?,
        "lower" => deeds::lower(&state.db, id, typed.level, &typed.reason, who.person, now).await?,
        _ => return Err(PageError::NotFound),
    };
    Ok(back(id))
}

/// `POST /incidents/{id}/command`
pub(in crate::web) async fn command(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Who(who): Who,
    Form(typed): Form<Commander>,
) -> Result<Response, PageError> {
    let id = read(&id)?;
    deeds::command(&state.db, id, typed.person, who.person, state.clock.now()).await?;
    Ok(back(id))
}

/// `POST /incidents/{id}/phase`
pub(in crate::web) async fn phase(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Who(who): Who,
    Form(typed): Form<Phased>,
) -> Result<Response, PageError> {
    let id = read(&id)?;
    let step = match typed.step.as_str() {
        "recovering" => Step::Recovering,
        "stable" => Step::Stable,
        "close" => Step::Close,
        "reopen" => Step::Reopen,
        "false-alarm" => Step::FalseAlarm,
        _ => return Err(PageError::NotFound),
    };
    deeds::step(&state.db, id, step, who.person, state.clock.now()).await?;
    Ok(back(id))
}

/// `POST /incidents/{id}/affected`
pub(in crate::web) async fn affected(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Who(who): Who,
    Form(typed): Form<Keyed>,
) -> Result<Response, PageError> {
    let (id, now) = (read(&id)?, state.clock.now());
    let since = overview::incident(&state.db, id).await?.incident.impact_start;
    deeds::declare_down(&state.db, id, &typed.key, since, who.person, now).await?;
    Ok(back(id))
}

/// `POST /incidents/{id}/restorations`
pub(in crate::web) async fn restored(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Who(who): Who,
    Form(typed): Form<Keyed>,
) -> Result<Response, PageError> {
    let id = read(&id)?;
    deeds::restore(&state.db, id, &typed.key, who.person, state.clock.now()).await?;
    Ok(back(id))
}

/// An incident's identity in a path or form.
pub(super) fn read(id: &str) -> Result<IncidentId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}

/// Back to the incident's page.
pub(super) fn back(id: IncidentId) -> Response {
    Redirect::to(&links::incident(id)).into_response()
}
