//! `/incidents`: the list, declaring and its undo.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{Html, Response};
use serde::Deserialize;

use super::incident::{Visible, back, pressed, title};
use crate::actions::ActionError;
use crate::actions::incidents::{self as deeds, Declaration, DeclaredOutcome};
use crate::actions::overview::{self, Search, Stands};
use crate::db::Db;
use crate::domain::incident::Kind;
use crate::domain::plan::document::Plan;
use crate::domain::typed;
use crate::web::error::PageError;
use crate::web::frame::{Frame, Who};
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::empty::Empty;
use crate::web::parts::field::{Choice, Field};
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
    filters: [Field; 4],
    empty: Option<Empty>,
    table: Table,
}

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Looked {
    q: String,
    level: String,
    kind: String,
    stands: String,
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
    Query(looked): Query<Looked>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let which = looked.which();
    let all = overview::incidents(&db, &which).await?;
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
    let empty = all.is_empty().then(|| nothing(which == Search::default()));
    let filters = looked.fields(plan);
    let page = frame.page.titled("Incidents").at(Tab::Incidents);
    Ok(Html(IncidentsPage { page, filters, empty, table }.render()?))
}

fn nothing(any: bool) -> Empty {
    match any {
        true => {
            let words = "Nothing was ever declared here, not even as a drill.";
            Empty::new("none", "No incidents", words)
        }
        false => Empty::new("none", "No such incident", "Look for less, or for something else.")
            .act(Act::go("Show all", links::INCIDENTS)),
    }
}

impl Looked {
    fn which(&self) -> Search {
        Search {
            text: typed::line(&self.q),
            level: self.level.parse().ok(),
            kind: self.kind.parse().ok(),
            stands: match self.stands.as_str() {
                "open" => Some(Stands::Open),
                "over" => Some(Stands::Over),
                "merged" => Some(Stands::Merged),
                _ => None,
            },
        }
    }

    fn fields(&self, plan: Option<&Plan>) -> [Field; 4] {
        let level = |number: u8| {
            let name = plan.and_then(|plan| plan.level(number)).map_or("", |level| &level.name);
            let value = number.to_string();
            let words = format!("{number} {name}");
            let chosen = self.level == value;
            Choice::new(value, words.trim(), chosen)
        };
        let choice =
            |value: &'static str, words, typed: &str| Choice::new(value, words, value == typed);
        let any = |typed: &str| Choice::new("", "Any", typed.is_empty());
        [
            Field::text("q", "Title holds", &self.q),
            Field::select(
                "level",
                "Level",
                std::iter::once(any(&self.level)).chain((1..=4).map(level)).collect(),
            ),
            Field::select(
                "kind",
                "Kind",
                vec![
                    any(&self.kind),
                    choice("real", "Real", &self.kind),
                    choice("drill", "Drill", &self.kind),
                ],
            ),
            Field::select(
                "stands",
                "Stands",
                vec![
                    any(&self.stands),
                    choice("open", "Going on", &self.stands),
                    choice("over", "Over", &self.stands),
                    choice("merged", "Merged into another", &self.stands),
                ],
            ),
        ]
    }
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
