//! `/incidents/{id}/tellings`: who is to be told, who was, and telling one audience by hand.

mod audience;

pub(in crate::web) use audience::show;

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::actions::tellings::{self, ByPage, Row, Tellings};
use crate::domain::civil;
use crate::domain::civil::Zone;
use crate::domain::plan::document::Every;
use crate::web::error::PageError;
use crate::web::frame::{Frame, Who};
use crate::web::links;
use crate::web::pages::incident::{self, Visible};
use crate::web::parts::act::{Act, Look};
use crate::web::parts::clock::Tick;
use crate::web::parts::due::Due;
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::State as Standing;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "incidents/tellings.html")]
struct TellingsPage {
    page: Page,
    situation: Situation,
    due: Option<Due>,
    heading: String,
    empty: Option<Empty>,
    table: Table,
    others: Words,
}

/// Who was told.
#[derive(Deserialize)]
pub(in crate::web) struct Told {
    id: Uuid,
    audience: String,
}

/// `GET /incidents/{id}/tellings`
pub(in crate::web) async fn index(
    State(state): State<AppState>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let seen = tellings::read(&state.db, id).await?;
    let (zone, now) = (frame.zone.clone(), frame.now);
    let nobody = seen.rows.is_empty() && seen.by_page.is_none();
    let empty = nobody.then(|| {
        let words = "The plan’s matrix names no audience for this level.";
        Empty::new("nobody", "Nobody else is to be told", words)
    });
    let html = TellingsPage {
        page: framed(frame.page, &seen, "Tellings"),
        situation: situation(&seen, &zone, now, "Tellings"),
        due: due(&seen, now),
        heading: heading(&seen, now),
        empty,
        table: table(&seen, &zone, now),
        others: others(&seen),
    };
    Ok(Html(html.render()?))
}

/// `POST /incidents/{id}/tellings`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Visible(id): Visible,
    Who(who): Who,
    Form(typed): Form<Told>,
) -> Result<Response, PageError> {
    let now = state.clock.now();
    tellings::told(&state.db, id, typed.id, &typed.audience, who.person, now).await?;
    Ok(Redirect::to(&links::tellings(id)).into_response())
}

fn framed(page: Page, seen: &Tellings, title: &str) -> Page {
    incident::framed(page, &seen.incident, &seen.plan, IncidentTab::Tellings, title)
}

fn situation(seen: &Tellings, zone: &Zone, now: OffsetDateTime, heading: &str) -> Situation {
    incident::headed(&seen.incident, &seen.plan, (zone, now), heading)
}

/// The audience that is due first, and its button.
fn due(seen: &Tellings, now: OffsetDateTime) -> Option<Due> {
    let id = seen.incident.id;
    let by_hand = seen.rows.iter().filter_map(|row| {
        let (name, href) = (row.audience.name.clone(), links::telling(id, &row.audience.key));
        Some((row.due_at?, name, href))
    });
    let by_page = seen
        .by_page
        .iter()
        .filter_map(|page| Some((page.due_at?, public(page), links::update(id))));
    let (at, name, href) = by_page.chain(by_hand).min_by_key(|(at, ..)| *at)?;
    let tick = Tick::until(at, now);
    let due = match at <= now {
        true => Due::overdue(Words::new().plain(format!("Overdue: tell {name} ")).bold_tick(tick)),
        false => Due::next(Words::new().plain(format!("Next: tell {name} in ")).bold_tick(tick)),
    };
    Some(due.act(Act::go(format!("Tell {name}"), href).look(Look::PrimaryLarge)))
}

/// Those who read the status page, in words.
fn public(page: &ByPage) -> String {
    match page.readers.as_slice() {
        [] => "the public".to_owned(),
        readers => readers.join(" and "),
    }
}

fn heading(seen: &Tellings, now: OffsetDateTime) -> String {
    let by_hand = seen.rows.iter().filter_map(|row| row.due_at);
    let dues = by_hand.chain(seen.by_page.iter().filter_map(|page| page.due_at));
    match dues.filter(|at| *at <= now).count() {
        _ if !seen.incident.is_open() => "It is over: who was told of it".to_owned(),
        0 => "Nobody is overdue".to_owned(),
        1 => "1 audience is overdue".to_owned(),
        many => format!("{many} audiences are overdue"),
    }
}

fn table(seen: &Tellings, zone: &Zone, now: OffsetDateTime) -> Table {
    let table = Table::new("audiences")
        .column("Audience")
        .column("Stands")
        .column("The plan wants")
        .column("Told");
    let pages = seen.by_page.iter().map(|page| (page.due_at, public_row(seen, page, zone, now)));
    let rows = seen.rows.iter().map(|row| (row.due_at, by_hand_row(seen, row, zone, now)));
    let mut all: Vec<_> = pages.chain(rows).collect();
    all.sort_by_key(|(due_at, _)| (due_at.is_none(), *due_at));
    all.into_iter().fold(table, |table, (_, row)| table.row(row))
}

fn by_hand_row(seen: &Tellings, row: &Row, zone: &Zone, now: OffsetDateTime) -> [Words; 4] {
    let href = links::telling(seen.incident.id, &row.audience.key);
    let wants = row.wanted.as_ref().map(|wanted| {
        let first = match wanted.first_within.as_seconds() {
            0 => "at once".to_owned(),
            _ => format!("within {}", wanted.first_within),
        };
        match wanted.every {
            Every::Span(span) => format!("{first}, then each {span}"),
            Every::OnChange => format!("{first}, then when something changes"),
            Every::None => format!("once, {first}"),
        }
    });
    let told = match row.told.as_slice() {
        [] => Words::from("not yet"),
        [(at, by), rest @ ..] => Words::from(format!("{}, {by}", zone.when(*at, now)))
            .line()
            .small(times(rest.len() + 1)),
    };
    [
        Words::new().link(href, row.audience.name.clone()),
        stands(seen, row.due_at, row.told.first().map(|(at, _)| *at), now).into(),
        wants.unwrap_or_else(|| "nothing at this level".to_owned()).into(),
        told,
    ]
}

fn public_row(seen: &Tellings, page: &ByPage, zone: &Zone, now: OffsetDateTime) -> [Words; 4] {
    let name = match page.readers.as_slice() {
        [] => "The public".to_owned(),
        readers => readers.join(", "),
    };
    let told = match page.said.as_slice() {
        [] => Words::from("not yet"),
        [at, rest @ ..] => Words::from(zone.when(*at, now)).line().small(times(rest.len() + 1)),
    };
    [
        Words::new().link(links::update(seen.incident.id), name),
        stands(seen, page.due_at, page.said.first().copied(), now).into(),
        "words on the status page".into(),
        told,
    ]
}

fn times(count: usize) -> String {
    if count == 1 { "once so far".to_owned() } else { format!("{count} times so far") }
}

/// How one of them stands.
pub(super) fn stands(
    seen: &Tellings,
    due_at: Option<OffsetDateTime>,
    told: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> Standing {
    match (due_at, told, seen.incident.ended_at) {
        (Some(at), ..) if at <= now => {
            Standing::bad(format!("overdue by {}", civil::span(now - at)))
        }
        (Some(at), ..) => Standing::waiting(format!("due in {}", civil::span(at - now))),
        (None, Some(told), Some(ended)) if told < ended => {
            Standing::warn("not told that it is over")
        }
        (None, Some(_), _) => Standing::good("told"),
        (None, None, _) => Standing::waiting("nothing is due"),
    }
}

/// Audiences of the plan that nothing is due to.
fn others(seen: &Tellings) -> Words {
    let listed = |key: &str| seen.rows.iter().any(|row| row.audience.key == key);
    let others = seen.plan.audience.iter().filter(|audience| !listed(&audience.key));
    let named = |name: &String| seen.by_page.iter().any(|page| page.readers.contains(name));
    let others: Vec<_> = others.filter(|audience| !named(&audience.name)).collect();
    if others.is_empty() || !seen.incident.is_open() {
        return Words::new();
    }
    let first = Words::from("Nothing is due to others of the plan: ");
    let link =
        |words: Words, (place, audience): (usize, &&crate::domain::plan::document::Audience)| {
            let words = if place == 0 { words } else { words.plain(", ") };
            words.link(links::telling(seen.incident.id, &audience.key), audience.name.clone())
        };
    others.iter().enumerate().fold(first, link).plain(".")
}
