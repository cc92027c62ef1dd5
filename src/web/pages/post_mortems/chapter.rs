//! `/postmortems/{id}/sections/{place}`: one chapter, written and looked at.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::report::{page, situation};
use crate::actions::post_mortems::{self as deeds, Draft, Whole, Wrote};
use crate::actions::{ActionError, Wrong};
use crate::db::Db;
use crate::domain::id::IncidentId;
use crate::domain::post_mortem::Section;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::entries::status;
use crate::web::pages::incident::{Visible, followed};
use crate::web::parts::field::Field;
use crate::web::parts::markdown::Markdown;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::state::AppState;

/// What the form sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Typed {
    press: String,
    version: i32,
    words: String,
}

#[derive(Template)]
#[template(path = "postmortems/chapter.html")]
struct ChapterPage {
    page: Page,
    situation: Situation,
    asks: Vec<String>,
    looked: Option<Markdown>,
    theirs: Option<Markdown>,
    action: String,
    version: i32,
    words: Field,
    back: String,
}

/// The version that the form of an open page was drawn from.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Seen {
    seen: Option<i32>,
}

/// What is drawn beside the form.
#[derive(Default)]
struct Beside {
    looked: bool,
    theirs: bool,
    wrong: Vec<Wrong>,
}

/// `GET /postmortems/{id}/sections/{place}`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    Path((_, place)): Path<(String, String)>,
    Query(Seen { seen }): Query<Seen>,
    frame: Frame,
) -> Result<Response, PageError> {
    let whole = deeds::read(&db, id).await?;
    let section = find(&whole, &place)?;
    let (version, words) = (seen.unwrap_or(section.version), section.words.clone());
    let beside = Beside { theirs: version != section.version, ..Beside::default() };
    draw(&whole, section, frame, &Typed { version, words, ..Typed::default() }, beside)
}

/// `POST /postmortems/{id}/sections/{place}`
pub(in crate::web) async fn write(
    State(state): State<AppState>,
    Visible(id): Visible,
    Path((_, place)): Path<(String, String)>,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    if typed.press == "look" {
        let beside = Beside { looked: true, ..Beside::default() };
        return again(&state.db, id, &place, frame, &typed, beside).await;
    }
    let number = place.parse().map_err(|_| PageError::NotFound)?;
    let (version, words) = (typed.version, typed.words.clone());
    let draft = Draft { place: number, version, words };
    match deeds::write(&state.db, id, draft, frame.who.person, frame.now).await {
        Ok(Wrote::Done) => {
            let href = format!("{}#chapter-{place}", links::post_mortem(id));
            Ok(Redirect::to(&href).into_response())
        }
        Ok(Wrote::Differs(section)) => {
            let words = "Somebody else changed this meanwhile; how it reads now stands above. Take \
                         over what you need, and save again to put yours in its place.";
            let wrong = vec![Wrong { field: "words", words: words.to_owned() }];
            let typed = Typed { version: section.version, ..typed };
            let beside = Beside { theirs: true, wrong, ..Beside::default() };
            again(&state.db, id, &place, frame, &typed, beside).await
        }
        Err(ActionError::Invalid(wrong)) => {
            let beside = Beside { wrong, ..Beside::default() };
            again(&state.db, id, &place, frame, &typed, beside).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn again(
    db: &Db,
    id: IncidentId,
    place: &str,
    frame: Frame,
    typed: &Typed,
    beside: Beside,
) -> Result<Response, PageError> {
    let whole = deeds::read(db, id).await?;
    draw(&whole, find(&whole, place)?, frame, typed, beside)
}

fn find<'a>(whole: &'a Whole, place: &str) -> Result<&'a Section, PageError> {
    let place: i16 = place.parse().map_err(|_| PageError::NotFound)?;
    whole.sections.iter().find(|section| section.place == place).ok_or(PageError::NotFound)
}

fn draw(
    whole: &Whole,
    section: &Section,
    frame: Frame,
    typed: &Typed,
    beside: Beside,
) -> Result<Response, PageError> {
    let id = whole.incident.id;
    let drill = if whole.incident.is_drill() { "DRILL: " } else { "" };
    let error = Wrong::beside("words", &beside.wrong);
    let href = format!("{}?seen={}", links::chapter(id, section.place), typed.version);
    let live = followed(&whole.incident, &frame.zone, href, whole.newest, frame.now);
    let html = ChapterPage {
        situation: situation(whole, &frame, format!("{drill}{}", section.heading)),
        asks: section.asks.clone(),
        looked: beside.looked.then(|| Markdown(typed.words.clone())),
        theirs: beside.theirs.then(|| Markdown(section.words.clone())),
        action: links::chapter(id, section.place),
        version: typed.version,
        words: Field::area("words", "Text", 18, &typed.words)
            .hint("Markdown: a blank line begins a paragraph, - a point, **bold**, [words](https://…).")
            .error(error),
        back: format!("{}#chapter-{}", links::post_mortem(id), section.place),
        page: page(whole, frame.page, &section.heading, &beside.wrong).live(live),
    };
    Ok((status(&beside.wrong), Html(html.render()?)).into_response())
}
