//! `/plan/revisions`: a plan's text comes in, is looked at next to what stands, and is confirmed.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::actions::ActionError;
use crate::actions::plans::{self, Preview};
use crate::domain::plan::{Change, Finding};
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::field::Field;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

const UNSEEN: &str = "look at the difference first; then confirm it";
const WRONG: &str = "The text has errors; each is listed with its place. Nothing was changed.";

/// What is typed.
#[derive(Deserialize)]
pub(in crate::web) struct Typed {
    #[serde(default)]
    plan: String,
    #[serde(default)]
    expected_number: String,
}

#[derive(Template)]
#[template(path = "plan/new.html")]
struct NewRevisionPage {
    page: Page,
    text: String,
    field: Field,
    findings: Option<Table>,
    stands: Option<String>,
    changes: Option<Table>,
    number: i32,
}

impl Typed {
    /// The text with line ends as its writer made them: browsers send others.
    fn text(&self) -> String {
        self.plan.replace("\r\n", "\n")
    }
}

/// `GET /plan/revisions/new`
pub(in crate::web) async fn new(frame: Frame) -> Result<Response, PageError> {
    draw(frame, String::new(), None, None)
}

/// `POST /plan/revisions/new`: says what the text would change; changes nothing.
pub(in crate::web) async fn look(
    State(state): State<AppState>,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let text = typed.text();
    let preview = plans::preview(&state.db, &text).await?;
    draw(frame, text, Some(preview), None)
}

/// `POST /plan/revisions`: brings in what was looked at.
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let (text, by) = (typed.text(), Some(&frame.who));
    let done = match typed.expected_number.parse() {
        Ok(number) => plans::import(&state.db, &text, by, Some(number), frame.now).await.map(drop),
        Err(_) => Err(ActionError::refused(UNSEEN)),
    };
    match done {
        Ok(()) => Ok(Redirect::to(links::PLAN).into_response()),
        Err(ActionError::Refused(words)) => {
            let preview = plans::preview(&state.db, &text).await?;
            draw(frame, text, Some(preview), Some(words))
        }
        Err(error) => Err(error.into()),
    }
}

fn draw(
    frame: Frame,
    text: String,
    preview: Option<Preview>,
    refused: Option<String>,
) -> Result<Response, PageError> {
    let wrong = preview.as_ref().is_some_and(Preview::is_refused);
    let status = match (&refused, wrong) {
        (_, true) => StatusCode::UNPROCESSABLE_ENTITY,
        (Some(_), false) => StatusCode::CONFLICT,
        (None, false) => StatusCode::OK,
    };
    let error = if wrong { Some(WRONG.to_owned()) } else { refused };
    let sound = preview.as_ref().filter(|preview| !preview.is_refused());
    let html = NewRevisionPage {
        page: frame.page.titled("A new plan revision").at(Tab::Plan),
        field: Field::area("plan", "The plan’s text", 24, text.clone())
            .hint("Paste the whole file, such as plan.toml.")
            .required()
            .error(error),
        text,
        findings: preview.as_ref().and_then(|preview| findings(&preview.findings)),
        stands: sound.map(stands),
        changes: sound.filter(|one| !one.unchanged).map(|one| changes(&one.changes)),
        number: sound.map_or(0, |preview| preview.number),
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}

fn findings(findings: &[Finding]) -> Option<Table> {
    let table = Table::new("findings").number("Line").number("Column").column("What");
    let row = |table: Table, one: &Finding| {
        let about = if one.path.is_empty() { String::new() } else { format!("{}: ", one.path) };
        let what = Words::new().bold(one.severity.name()).plain(format!(" {about}{}", one.says));
        table.row([one.line.to_string().into(), one.column.to_string().into(), what])
    };
    (!findings.is_empty()).then(|| findings.iter().fold(table, row))
}

fn stands(preview: &Preview) -> String {
    match (preview.unchanged, preview.changes.len()) {
        (true, _) => "This is the plan in force; nothing would change.".to_owned(),
        (false, 1) => format!("Revision {} would change 1 thing.", preview.number),
        (false, count) => format!("Revision {} would change {count} things.", preview.number),
    }
}

fn changes(changes: &[Change]) -> Table {
    let table = Table::new("difference").column("Where").column("Stands").column("Would be");
    let said = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
    changes.iter().fold(table, |table, one| {
        let place = Words::new().mono(one.path.clone());
        table.row([place, said(&one.old).into(), said(&one.new).into()])
    })
}
