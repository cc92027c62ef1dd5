//! `/postmortems/{id}`: one report: its chapters, what is to be done, how far it is.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::item_form::Typed;
use super::items::{ItemForm, Row, exported, form, rows};
use super::stands;
use crate::actions::Wrong;
use crate::actions::post_mortems::{self as deeds, Whole};
use crate::db::Db;
use crate::domain::post_mortem::{Exported, State as Stage, markdown};
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::{Frame, Who};
use crate::web::links;
use crate::web::pages::entries::status;
use crate::web::pages::entry_view::worded;
use crate::web::pages::incident::{Visible, followed, level, title};
use crate::web::parts::act::{Act, Look};
use crate::web::parts::clock::Clock;
use crate::web::parts::entry::Entry;
use crate::web::parts::markdown::Markdown;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::{State as Mark, Tone};
use crate::web::parts::words::Words;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "postmortems/show.html")]
struct ReportPage {
    page: Page,
    situation: Situation,
    chapters: Vec<Chapter>,
    stands: Mark,
    by: String,
    acts: Vec<Act>,
    export: String,
    items_heading: String,
    rows: Vec<Row>,
    form: Option<ItemForm>,
    starred: Vec<Entry>,
    timeline: String,
}

/// A chapter as it is read.
struct Chapter {
    id: String,
    heading: String,
    words: Option<Markdown>,
    asks: Vec<String>,
    write: Option<Act>,
}

/// How far it is to be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Staged {
    state: String,
}

/// `GET /postmortems/{id}`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Response, PageError> {
    let whole = deeds::read(&db, id).await?;
    draw(&whole, frame, &Typed::default(), &[])
}

/// `POST /postmortems/{id}/state`
pub(in crate::web) async fn set_state(
    State(state): State<AppState>,
    Visible(id): Visible,
    Who(who): Who,
    Form(staged): Form<Staged>,
) -> Result<Response, PageError> {
    let stage: Stage = staged.state.parse().map_err(|_| PageError::NotFound)?;
    deeds::set_state(&state.db, id, stage, who.person, state.clock.now()).await?;
    Ok(Redirect::to(&links::post_mortem(id)).into_response())
}

/// `GET /postmortems/{id}/export`
pub(in crate::web) async fn export(
    State(db): State<Db>,
    Visible(id): Visible,
) -> Result<impl IntoResponse, PageError> {
    let whole = deeds::read(&db, id).await?;
    let text = markdown(&Exported {
        title: &title(&whole.incident),
        state: whole.report.state,
        sections: &whole.sections,
        items: &exported(&whole),
    });
    let day = whole.incident.impact_start.date();
    let name = format!("attachment; filename=\"post-mortem-{day}.md\"");
    let head =
        [(CONTENT_TYPE, "text/markdown; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((head, text))
}

/// The page, with what was typed into the form of a new item and what of it is wrong.
pub(super) fn draw(
    whole: &Whole,
    frame: Frame,
    typed: &Typed,
    wrong: &[Wrong],
) -> Result<Response, PageError> {
    let (zone, now, report) = (&frame.zone, frame.now, &whole.report);
    let open = report.state != Stage::Published;
    let word = |record| worded(record, &whole.starred, zone, now, false);
    let may = |right| frame.who.rights.allow(right);
    let since = zone.when(report.state_since, now);
    let href = links::post_mortem(whole.incident.id);
    let live = followed(&whole.incident, zone, href, whole.newest, now);
    let html = ReportPage {
        situation: situation(whole, &frame, heading(whole)),
        chapters: chapters(whole, open && may(Right::Respond)),
        stands: stands(report, zone, now),
        by: report
            .state_by
            .map_or(String::new(), |by| format!("{} by {}, {since}", report.state, whole.name(by))),
        acts: acts(whole, &frame),
        export: format!("{}/export", links::post_mortem(whole.incident.id)),
        items_heading: items_heading(whole),
        rows: rows(whole, &frame),
        form: (open && may(Right::Respond)).then(|| form(whole, &frame, typed, wrong)),
        starred: whole.starred.records.iter().map(word).collect(),
        timeline: format!("{}/timeline", links::incident(whole.incident.id)),
        page: page(whole, frame.page, &heading(whole), wrong).live(live),
    };
    Ok((status(wrong), Html(html.render()?)).into_response())
}

/// Dresses a page of a report.
pub(super) fn page(whole: &Whole, page: Page, title: &str, wrong: &[Wrong]) -> Page {
    let page = page.titled(title).at(Tab::Incidents);
    let page = page.under(whole.incident.level, whole.incident.is_drill());
    if wrong.is_empty() { page } else { page.refused() }
}

/// Level and incident, the heading, and when it is due.
pub(super) fn situation(whole: &Whole, frame: &Frame, heading: String) -> Situation {
    let (incident, report) = (&whole.incident, &whole.report);
    let ended = incident.ended_at.unwrap_or(incident.phase_since);
    let phase = Words::from(format!("{} {} · ", incident.phase, frame.zone.day(ended)));
    let due = Clock::until("Due", report.due_at, frame.now);
    let due = due.detail(frame.zone.moment(report.due_at));
    let late = report.due_at <= frame.now;
    let due = if late { due.tone(Tone::Bad) } else { due };
    Situation {
        level: level(incident, &whole.plan),
        phase: phase.link(links::incident(incident.id), "The incident"),
        heading,
        clocks: (report.state != Stage::Published).then_some(due).into_iter().collect(),
        wide: true,
    }
}

fn heading(whole: &Whole) -> String {
    match whole.incident.is_drill() {
        true => format!("DRILL: post-mortem of {}", whole.incident.title),
        false => format!("Post-mortem: {}", whole.incident.title),
    }
}

fn items_heading(whole: &Whole) -> String {
    let open = whole.items.iter().filter(|item| item.done.is_none()).count();
    match (whole.items.len(), open) {
        (0, _) => "No action item yet".to_owned(),
        (all, 0) => format!("Action items: all {all} done"),
        (all, open) => format!("Action items: {open} of {all} open"),
    }
}

fn chapters(whole: &Whole, may: bool) -> Vec<Chapter> {
    let chapter = |section: &crate::domain::post_mortem::Section| {
        let href = links::chapter(whole.incident.id, section.place);
        let written = !section.words.is_empty();
        let act = Act::go(if written { "Change" } else { "Write it" }, href);
        Chapter {
            id: format!("chapter-{}", section.place),
            heading: section.heading.clone(),
            words: written.then(|| Markdown(section.words.clone())),
            asks: section.asks.clone(),
            write: may.then_some(act),
        }
    };
    whole.sections.iter().map(chapter).collect()
}

/// The next step first, then the way back.
fn acts(whole: &Whole, frame: &Frame) -> Vec<Act> {
    let action = format!("{}/state", links::post_mortem(whole.incident.id));
    let to = |stage: Stage, words: &str| {
        let form = format!("to-{stage}");
        let act = Act::post(form, words, &action, &frame.page.csrf).with("state", stage.name());
        match frame.who.rights.allow(Right::Command) {
            true => act,
            false => act.disabled("needs the right “command”"),
        }
    };
    let back = || to(Stage::Draft, "Back to draft");
    match whole.report.state {
        Stage::Draft => vec![to(Stage::Reviewed, "Reviewed").look(Look::Primary)],
        Stage::Reviewed => vec![to(Stage::Published, "Publish it").look(Look::Primary), back()],
        Stage::Published => vec![back()],
    }
}
