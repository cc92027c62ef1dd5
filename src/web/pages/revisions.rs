//! `/plan/revisions/new`: a plan's text comes in, is looked at next to what stands, and is
//! confirmed.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::plan::difference;
use super::revision::read;
use crate::actions::ActionError;
use crate::actions::plans::{self, Preview};
use crate::domain::counted::counted;
use crate::domain::plan::LONGEST;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::field::Field;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::table::Table;
use crate::web::state::AppState;
use crate::web::upload::{Part, Upload};

pub(super) const UNSEEN: &str = "look at the difference first; then confirm it";
const WRONG: &str = "The text has errors; each is listed with its place. Nothing was changed.";

/// The revision whose text is to come back.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    from: Option<String>,
}

/// What the page says of a text.
#[derive(Default)]
struct Said {
    text: String,
    preview: Option<Preview>,
    refused: Option<String>,
    wrong_file: Option<String>,
}

#[derive(Template)]
#[template(path = "plan/new.html")]
struct NewRevisionPage {
    page: Page,
    text: String,
    file: Field,
    field: Field,
    findings: Option<Table>,
    stands: Option<String>,
    changes: Option<Table>,
    number: i32,
}

/// `GET /plan/revisions/new`: with `from` an earlier revision's text, to bring it back.
pub(in crate::web) async fn new(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Response, PageError> {
    let Some(from) = asked.from else { return draw(frame, Said::default()) };
    let text = plans::export_revision(&state.db, read(&from)?).await?;
    let preview = Some(plans::preview(&state.db, &text).await?);
    draw(frame, Said { text, preview, ..Said::default() })
}

/// `POST /plan/revisions/new`: says what the text would change; changes nothing.
pub(in crate::web) async fn look(
    State(state): State<AppState>,
    frame: Frame,
    sent: Upload,
) -> Result<Response, PageError> {
    let text = match sent.file("file") {
        Some(file) => match text_of(file) {
            Ok(text) => text,
            Err(words) => {
                let (text, wrong_file) = (sent.text("plan"), Some(words));
                return draw(frame, Said { text, wrong_file, ..Said::default() });
            }
        },
        None => sent.text("plan"),
    };
    if text.trim().is_empty() {
        let wrong_file = Some("Choose a file, or paste its text below.".to_owned());
        return draw(frame, Said { wrong_file, ..Said::default() });
    }
    let preview = Some(plans::preview(&state.db, &text).await?);
    draw(frame, Said { text, preview, ..Said::default() })
}

/// `POST /plan/revisions`: brings in what was looked at.
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    frame: Frame,
    sent: Upload,
) -> Result<Response, PageError> {
    let (text, by) = (sent.text("plan"), Some(&frame.who));
    let done = match sent.text("expected_number").parse() {
        Ok(number) => plans::import(&state.db, &text, by, Some(number), frame.now).await.map(drop),
        Err(_) => Err(ActionError::refused(UNSEEN)),
    };
    match done {
        Ok(()) => Ok(Redirect::to(links::PLAN).into_response()),
        Err(ActionError::Refused(words)) => {
            let (preview, refused) = (Some(plans::preview(&state.db, &text).await?), Some(words));
            draw(frame, Said { text, preview, refused, wrong_file: None })
        }
        Err(error) => Err(error.into()),
    }
}

/// The text in a file, or what is wrong with the file and what to do.
fn text_of(file: &Part) -> Result<String, String> {
    let size = file.bytes.len();
    if size > LONGEST {
        let (has, most) = (size / 1024, LONGEST / 1024);
        return Err(format!("This file has {has} kB. A plan has {most} kB at most."));
    }
    let text = std::str::from_utf8(&file.bytes).map_err(|error| {
        let (sound, rest) = file.bytes.split_at(error.valid_up_to());
        let line = sound.iter().filter(|byte| **byte == b'\n').count() + 1;
        let byte = rest.first().copied().unwrap_or_default();
        format!("This file is no text in UTF-8: line {line} holds the byte {byte:02X}. Save it as UTF-8.")
    })?;
    if text.trim().is_empty() {
        return Err("This file is empty.".to_owned());
    }
    Ok(text.trim_start_matches('\u{feff}').replace("\r\n", "\n"))
}

fn draw(frame: Frame, said: Said) -> Result<Response, PageError> {
    let preview = said.preview.as_ref();
    let wrong = preview.is_some_and(Preview::is_refused);
    let status = match (&said.refused, wrong || said.wrong_file.is_some()) {
        (_, true) => StatusCode::UNPROCESSABLE_ENTITY,
        (Some(_), false) => StatusCode::CONFLICT,
        (None, false) => StatusCode::OK,
    };
    let page = frame.page.titled("A new plan revision").at(Tab::Plan);
    let page = if status == StatusCode::OK { page } else { page.refused() };
    let error = if wrong { Some(WRONG.to_owned()) } else { said.refused };
    let sound = preview.filter(|preview| !preview.is_refused());
    let html = NewRevisionPage {
        page,
        file: Field::file("file", "A file")
            .hint(format!("Such as plan.toml, {} kB at most.", LONGEST / 1024))
            .error(said.wrong_file),
        field: Field::code("plan", "Or its text", 24, said.text.clone())
            .hint("A file that is chosen takes its place.")
            .error(error),
        findings: preview.and_then(|preview| difference::findings(&preview.findings)),
        stands: sound.map(stands),
        changes: sound
            .filter(|one| !one.unchanged)
            .map(|one| difference::changes(&one.changes, "Stands", "Would be")),
        number: sound.map_or(0, |preview| preview.number),
        text: said.text,
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}

fn stands(preview: &Preview) -> String {
    match (preview.unchanged, preview.changes.len()) {
        (true, _) => "This is the plan in force; nothing would change.".to_owned(),
        (false, count) => {
            format!("Revision {} would change {}.", preview.number, counted(count, "thing"))
        }
    }
}
