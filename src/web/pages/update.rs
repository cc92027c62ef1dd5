//! `/incidents/{id}/update`: writing for the public, looking at it, publishing it.

mod form;

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;
use uuid::Uuid;

use crate::actions::publishing::{self, Desk, Said, Start};
use crate::actions::{ActionError, Wrong};
use crate::domain::id::IncidentId;
use crate::domain::timeline::Kind;
use crate::publish::{Preview, State as Stands, View};
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::entry_view::instant;
use crate::web::pages::incident::{self, Visible};
use crate::web::parts::entry::{Entry, Weight};
use crate::web::parts::facts::Facts;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::{Icon, State as Standing};
use crate::web::parts::words::Words;
use crate::web::state::AppState;
use form::{Fields, Typed, readers};

/// How many of the posts are open to read; the others unfold.
const NEWEST: usize = 3;

#[derive(Template)]
#[template(path = "incidents/update.html")]
struct UpdatePage<'v> {
    page: Page,
    situation: Situation,
    action: String,
    drill: bool,
    cannot: Option<String>,
    fields: Option<Fields>,
    starts: Words,
    looked: Option<Looked<'v>>,
    facts: Facts,
    said: Vec<Entry>,
    earlier: Vec<Entry>,
}

/// What the public would read, and the form that publishes it.
struct Looked<'v> {
    readers: String,
    preview: Preview<'v>,
    carried: Vec<(String, String)>,
    press: &'static str,
}

/// What a new update begins with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Begin {
    start: String,
    corrects: Option<Uuid>,
}

/// What there is to draw besides the desk.
enum Shows {
    Form(Typed, Vec<Wrong>),
    Look(Typed, Box<View>),
}

/// `GET /incidents/{id}/update`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Visible(id): Visible,
    Query(begin): Query<Begin>,
    frame: Frame,
) -> Result<Response, PageError> {
    let desk = publishing::desk(&state.db, id, frame.who.person).await?;
    let start = match (begin.corrects, begin.start.as_str()) {
        (Some(post), _) => Start::Corrected(post),
        (None, "last") => Start::Last,
        (None, _) => Start::Prepared,
    };
    let typed = Typed::from(desk.begin(start, frame.now), &frame.zone, frame.now);
    draw(&desk, frame, Shows::Form(typed, Vec::new()))
}

/// `POST /incidents/{id}/update`: looks, changes again, or publishes.
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Visible(id): Visible,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    match press(&state, id, &frame, &typed).await {
        Ok(None) => Ok(incident::back(id)),
        Ok(Some(shows)) => {
            let desk = publishing::desk(&state.db, id, frame.who.person).await?;
            draw(&desk, frame, shows)
        }
        Err(ActionError::Invalid(wrong)) => {
            let desk = publishing::desk(&state.db, id, frame.who.person).await?;
            let mut typed = typed;
            if wrong.iter().any(|wrong| ["after", "seen"].contains(&wrong.field)) {
                typed.seen(&desk);
            }
            draw(&desk, frame, Shows::Form(typed, wrong))
        }
        Err(error) => Err(error.into()),
    }
}

/// What is to be drawn; nothing more once it is published.
async fn press(
    state: &AppState,
    id: IncidentId,
    frame: &Frame,
    typed: &Typed,
) -> Result<Option<Shows>, ActionError> {
    let (db, by, now) = (&state.db, frame.who.person, frame.now);
    if typed.press == "change" {
        return Ok(Some(Shows::Form(typed.clone(), Vec::new())));
    }
    let update = typed.read(&frame.zone, now)?;
    if typed.press == "publish" {
        publishing::update(db, id, update, by, now).await?;
        return Ok(None);
    }
    let view = publishing::look(db, id, update, by, now).await?;
    Ok(Some(Shows::Look(typed.clone(), Box::new(view))))
}

fn draw(desk: &Desk, frame: Frame, shows: Shows) -> Result<Response, PageError> {
    let refused = matches!(&shows, Shows::Form(_, wrong) if !wrong.is_empty());
    let cannot = cannot(desk);
    let (fields, looked) = match &shows {
        _ if cannot.is_some() => (None, None),
        Shows::Form(typed, wrong) => (Some(typed.fields(desk, &frame.zone, wrong)), None),
        Shows::Look(typed, view) => (None, Some(looked(desk, typed, view, &frame))),
    };
    let incident = &desk.incident;
    let heading = if desk.is_last() { "The last word" } else { "Update for the public" };
    let tab = IncidentTab::Update;
    let page = incident::framed(frame.page.clone(), incident, &desk.plan, tab, heading);
    let entry = |(n, said): (usize, &Said)| entry(desk, n, said, &frame);
    let mut said: Vec<Entry> = desk.said.iter().enumerate().map(entry).collect();
    let earlier = said.split_off(said.len().min(NEWEST));
    let html = UpdatePage {
        page: if refused { page.refused() } else { page },
        situation: incident::headed(incident, &desk.plan, (&frame.zone, frame.now), heading),
        action: links::update(incident.id),
        drill: incident.is_drill(),
        cannot,
        fields,
        starts: starts(desk),
        looked,
        facts: facts(desk, &frame),
        said,
        earlier,
    };
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Html(html.render()?)).into_response())
}

/// Why this person can't publish on this incident now.
fn cannot(desk: &Desk) -> Option<String> {
    if let Some(why) = &desk.denied {
        let mut chars = why.chars();
        let first = chars.next().map(|first| first.to_uppercase().to_string());
        return Some(format!("{}{}.", first.unwrap_or_default(), chars.as_str()));
    }
    let unknown = !desk.incident.is_open() && desk.shown.is_none() && !desk.incident.is_drill();
    unknown.then(|| "This incident is over, and the public never read of it.".to_owned())
}

fn looked<'v>(desk: &Desk, typed: &Typed, view: &'v View, frame: &Frame) -> Looked<'v> {
    Looked {
        readers: readers(desk),
        preview: Preview::of(view, frame.now),
        carried: typed.carried(),
        press: match desk.incident.is_drill() {
            true => "Write it down; nothing is published",
            false => "Publish to the status page",
        },
    }
}

/// Other words to begin with.
fn starts(desk: &Desk) -> Words {
    let here = links::update(desk.incident.id);
    if desk.said.is_empty() {
        return Words::new();
    }
    Words::from("Begin with ")
        .link(here.clone(), "the plan’s words")
        .plain(" or ")
        .link(format!("{here}?start=last"), "what was said last")
        .plain(".")
}

/// What the public knows now.
fn facts(desk: &Desk, frame: &Frame) -> Facts {
    let Some(shown) = &desk.shown else { return Facts::new() };
    let next = match shown.next_by {
        Some(at) if at <= frame.now => {
            Words::from(Standing::bad(format!("was due {}", frame.zone.when(at, frame.now))))
        }
        Some(at) => Words::from(frame.zone.when(at, frame.now)),
        None => Words::from("not promised"),
    };
    let facts = Facts::new().fact("Title", shown.title.as_str());
    let facts = if desk.incident.is_open() { facts.fact("Next word by", next) } else { facts };
    let disturbed = desk.plan.component.iter().filter_map(|component| {
        let state = *desk.states.get(&component.key)?;
        Some((component.name.as_str(), state)).filter(|(_, state)| *state != Stands::Working)
    });
    disturbed.fold(facts, |facts, (name, state)| facts.fact(name, tone(state)))
}

fn tone(state: Stands) -> Standing {
    match state {
        Stands::Working => Standing::good(state.name()),
        Stands::Slow => Standing::warn(state.name()),
        Stands::Down => Standing::bad(state.name()),
    }
}

fn entry(desk: &Desk, place: usize, said: &Said, frame: &Frame) -> Entry {
    let post = &said.post;
    let corrected = desk.said.iter().any(|later| later.post.corrects == Some(post.id));
    let here = format!("{}?corrects={}", links::update(desk.incident.id), post.id);
    let by = Words::from(format!("by {}", said.by));
    let can = !corrected && cannot(desk).is_none();
    Entry {
        seq: i64::try_from(desk.said.len() - place).unwrap_or(0),
        iso: instant(post.at),
        time: frame.zone.bare_clock(post.at),
        by: if can { by.plain(" · ").link(here, "Correct it") } else { by },
        body: post.words.clone(),
        kind: Kind::Public.name().to_owned(),
        weight: match corrected {
            true => Weight::Corrected,
            false => Weight::Public("Public: status page".to_owned()),
        },
        starred: false,
        may_star: false,
    }
}
