//! `/postmortems`: the reports after incidents, those that are late first in sight by their colour.

mod chapter;
mod item_form;
mod items;
mod report;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;
use time::OffsetDateTime;

use super::incident::title;
use crate::actions::post_mortems::{self as deeds, Listed};
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::post_mortem::{Report, State as Stage};
use crate::domain::typed;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::empty::Empty;
use crate::web::parts::field::{Choice, Field};
use crate::web::parts::level::Level;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Stand;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

pub(in crate::web) use chapter::{show as chapter, write};
pub(in crate::web) use items::{add as add_item, press as press_item, show as item};
pub(in crate::web) use report::{export, set_state, show};

#[derive(Template)]
#[template(path = "postmortems/index.html")]
struct ReportsPage {
    page: Page,
    filters: [Field; 2],
    empty: Option<Empty>,
    table: Table,
}

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Looked {
    q: String,
    state: String,
}

/// `GET /postmortems`
pub(in crate::web) async fn index(
    State(db): State<Db>,
    Query(looked): Query<Looked>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let (text, state) = (typed::line(&looked.q), looked.state.parse().ok());
    let listed = deeds::list(&db, &text, state).await?;
    let table = Table::new("reports").column("Post-mortem").column("Stands");
    let table = table.column("Level").number("Open items");
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan);
    let row = |one: &Listed| {
        let level = plan.and_then(|plan| plan.level(one.incident.level));
        let name = level.map(|level| level.name.clone()).unwrap_or_default();
        [
            Words::new().link(links::post_mortem(one.incident.id), title(&one.incident)),
            Words::from(stands(&one.report, &frame.zone, frame.now)),
            Words::from(Level::new(one.incident.level, name)),
            Words::from(one.open.to_string()),
        ]
    };
    let table = listed.iter().map(row).fold(table, Table::row);
    let empty = listed.is_empty().then(|| nothing(text.is_empty() && state.is_none()));
    let filters = filters(&looked);
    let page = frame.page.titled("Post-mortems").at(Tab::Incidents);
    Ok(Html(ReportsPage { page, filters, empty, table }.render()?))
}

fn filters(looked: &Looked) -> [Field; 2] {
    let any = Choice::new("", "Any", looked.state.is_empty());
    let stage =
        |stage: Stage| Choice::new(stage.name(), stage.name(), looked.state == stage.name());
    let stages = std::iter::once(any).chain(Stage::ALL.map(stage)).collect();
    [Field::text("q", "Title holds", &looked.q), Field::select("state", "Stands", stages)]
}

fn nothing(any: bool) -> Empty {
    match any {
        true => {
            let words =
                "One is made when an incident or drill is closed, along the plan’s outline.";
            Empty::new("none", "No post-mortem yet", words)
        }
        false => Empty::new("none", "No such post-mortem", "Look for less, or for something else.")
            .act(Act::go("Show all", links::POST_MORTEMS)),
    }
}

/// `draft, due 16 Nov, 04:10 CET`, `published`.
pub(super) fn stands(report: &Report, zone: &Zone, now: OffsetDateTime) -> Stand {
    let due = zone.when(report.due_at, now);
    match report.state {
        Stage::Published => Stand::good("published"),
        state if report.due_at <= now => Stand::bad(format!("{state}, was due {due}")),
        state => Stand::waiting(format!("{state}, due {due}")),
    }
}
