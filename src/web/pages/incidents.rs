//! `/incidents`: the list, declaring and its undo.

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{Html, Response};
use serde::Deserialize;

use super::incident::{Visible, back, pressed, title};
use crate::actions::incidents::{self as deeds, Declaration, DeclaredOutcome};
use crate::actions::{ActionError, overview};
use crate::db::Db;
use crate::domain::incident::Kind;
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

/// `POST /incidents`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Who(who): Who,
    Form(typed): Form<Declared>,
) -> Result<Response, PageError> {
    let id = typed.id.parse().map_err(|_| PageError::NotFound)?;
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
    Visible(id): Visible,
    Who(who): Who,
) -> Result<Response, PageError> {
    pressed(id, deeds::undo(&state.db, id, who.person, state.clock.now())).await
}
