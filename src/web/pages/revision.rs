//! `/plan/revisions`: all that held before, each to be read whole and taken away.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse};
use time::OffsetDateTime;

use super::plan::reading::Reading;
use super::plan::sections::{self, Piece, Section};
use super::plan::{PlanPage, as_file, bring_in, difference};
use crate::actions::plans::{self, Past};
use crate::db::Db;
use crate::domain::counted::counted;
use crate::domain::rights::Right;
use crate::store::plans::Listed;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::state::{State as Standing, Tone};
use crate::web::parts::strip::Banner;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "plan/revisions.html")]
struct RevisionsPage {
    page: Page,
    acts: Vec<Act>,
    table: Table,
    empty: Option<Empty>,
}

/// `GET /plan/revisions`
pub(in crate::web) async fn index(
    State(state): State<AppState>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let owner = frame.who.rights.allow(Right::Own);
    let listed = plans::newest(&state.db).await?;
    let people = crate::actions::people::roster(&state.db).await?;
    let name = |key: &str| {
        let card = people.iter().find(|card| card.person.key == key);
        card.map_or_else(|| key.to_owned(), |card| card.person.name.clone())
    };
    let table = Table::new("revisions").column("Revision").column("In force since");
    let table = table.column("Brought in by").column("Approved by").number("Changes");
    let newest = listed.first().map(|one| one.number);
    let row = |table: Table, one: &Listed| {
        let link = Words::new().link(links::plan_revision(one.number), format!("{}", one.number));
        let approved = match one.approved_by.as_str() {
            "" => Standing::bad("nobody").into(),
            key => Words::from(name(key)),
        };
        table.row([
            if Some(one.number) == newest { link.small(" in force") } else { link },
            moment(&frame, one.in_force_from).into(),
            one.author.clone().unwrap_or_else(|| "the command line".to_owned()).into(),
            approved,
            one.changes.map_or_else(|| "unknown".to_owned(), |count| count.to_string()).into(),
        ])
    };
    let table = listed.iter().fold(table, row);
    let acts = owner.then(|| Act::go("Upload a revision", links::PLAN_NEW)).into_iter().collect();
    let empty = listed.is_empty().then(|| bring_in(owner));
    let page = frame.page.titled("Revisions of the plan").at(Tab::Plan);
    Ok(Html(RevisionsPage { page, acts, table, empty }.render()?))
}

/// `GET /plan/revisions/{number}`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Path(number): Path<String>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let past = plans::past(&state.db, read(&number)?).await?;
    let revision = &past.revision;
    let reading = Reading::of(&state, revision, &frame).await?;
    let stands = stands(&frame, &past);
    let acts = acts(&past, frame.who.rights.allow(Right::Own));
    let mut sections = sections::of(&reading);
    sections.push(changed(&past));
    let title = format!("Plan, revision {}", revision.number);
    let page = frame.page.titled(title).at(Tab::Plan);
    let page = match &frame.around.revision {
        Some(current) if current.number != revision.number => {
            page.banner(not_in_force(revision.number, current.number))
        }
        _ => page,
    };
    let title = revision.plan.document.title.clone();
    Ok(Html(PlanPage { page, title, stands, acts, sections, empty: None }.render()?))
}

/// `GET /plan/revisions/{number}/export`
pub(in crate::web) async fn export(
    State(db): State<Db>,
    Path(number): Path<String>,
) -> Result<impl IntoResponse, PageError> {
    let number = read(&number)?;
    let text = plans::export_revision(&db, number).await?;
    Ok(as_file(&format!("plan-revision-{number}.toml"), text))
}

/// A number in a path; anything else names no revision.
pub(super) fn read(number: &str) -> Result<i32, PageError> {
    number.parse().map_err(|_| PageError::NotFound)
}

fn moment(frame: &Frame, at: OffsetDateTime) -> String {
    format!("{}, {}", frame.zone.day(at), frame.zone.clock(at))
}

fn not_in_force(number: i32, current: i32) -> Banner {
    let words = Words::from(format!("This is revision {number}, which is not in force. "))
        .link(links::PLAN, format!("Read revision {current}, which is"));
    Banner::new(Tone::Warn, words)
}

fn stands(frame: &Frame, past: &Past) -> Words {
    let (number, from) = (past.revision.number, moment(frame, past.revision.in_force_from));
    Words::from(match past.until {
        None => format!("Revision {number}, in force since {from}."),
        Some(until) => {
            format!("Revision {number}, in force from {from} to {}.", moment(frame, until))
        }
    })
}

fn acts(past: &Past, owner: bool) -> Vec<Act> {
    let number = past.revision.number;
    let mut acts = vec![
        Act::go("Export as text", links::revision_export(number)),
        Act::go("All revisions", links::PLAN_REVISIONS),
    ];
    if owner && past.until.is_some() {
        acts.push(Act::go("Bring it back", links::plan_from(number)));
    }
    acts
}

/// What it changed against the one before.
fn changed(past: &Past) -> Section {
    let section = Section::new("changed", "What it changed");
    let words = |words: String| Piece::Words(words.into());
    let Some(changes) = &past.changes else {
        return section.piece(words("It is the first revision.".to_owned()));
    };
    let roster = past.counted.and_then(|all| usize::try_from(all).ok()?.checked_sub(changes.len()));
    let roster = roster.filter(|count| *count > 0).map(|count| {
        words(format!("{} of the roster, which no revision holds.", counted(count, "thing")))
    });
    let section = if changes.is_empty() {
        section.piece(words("Nothing of the document.".to_owned()))
    } else {
        section.piece(Piece::Table(difference::changes(changes, "Was", "Became")))
    };
    roster.into_iter().fold(section, Section::piece)
}
