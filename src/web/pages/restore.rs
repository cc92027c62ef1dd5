//! `/incidents/{id}/restore`: the ways back of each database that the incident touches, with what each costs; what was
//! restored beside it, and what was found there.

mod attached;
mod copies;
mod found;
mod typed;
mod way;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use time::OffsetDateTime;

use self::copies::{Side, side};
use self::typed::Typed;
use self::way::Way;
use super::entries::status;
use super::incident::{Scene, Visible};
use super::now::clocks;
use crate::actions::databases::{Back, ways_back};
use crate::actions::orders::Wish;
use crate::actions::{ActionError, Wrong, restores};
use crate::db::Db;
use crate::domain::counted::counted;
use crate::domain::id::{IncidentId, OrderId};
use crate::domain::incident::{RtoState, worst};
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::steps::Steps;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// While something is done about copies, the page is drawn anew after so many milliseconds.
const WHILE_AT_IT: i128 = 2_000;
/// A copy's server may stop, or a look may show something new.
const ELSE: i128 = 10_000;

#[derive(Template)]
#[template(path = "incidents/restore.html")]
struct RestorePage {
    page: Page,
    situation: Situation,
    empty: Option<Empty>,
    databases: Vec<Database>,
}

/// One database with its ways back.
struct Database {
    /// The heading's id.
    id: String,
    heading: String,
    about: Words,
    measured: String,
    side: Side,
    /// What hangs on it.
    attached: Steps,
    fail_over: Option<String>,
    /// Whether the first of its ways is what is done next.
    next: bool,
    ways: Vec<Way>,
}

/// A form that was refused.
struct Refused {
    typed: Typed,
    wrong: Vec<Wrong>,
}

/// `GET /incidents/{id}/restore`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Response, PageError> {
    draw(&db, id, frame, None).await
}

/// `POST /incidents/{id}/restore`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Visible(id): Visible,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let task = match typed.task(&frame) {
        Err(ActionError::Invalid(wrong)) => {
            return draw(&state.db, id, frame, Some(Refused { typed, wrong })).await;
        }
        other => other?,
    };
    let wish = Wish { id: typed.id, task: task.into(), repository: typed.repository() };
    let of = (id, typed.site, typed.database.as_str());
    restores::ask(&state.db, &frame.who, of, wish, frame.now).await?;
    Ok(Redirect::to(&links::restore(id)).into_response())
}

/// `POST /incidents/{id}/restore/{order}/stop`
pub(in crate::web) async fn stop(
    State(state): State<AppState>,
    Visible(id): Visible,
    Path((_, order)): Path<(String, String)>,
    frame: Frame,
) -> Result<Response, PageError> {
    let order = order.parse().map_err(|_| PageError::NotFound)?;
    let own = OrderId::new(frame.now);
    restores::stop(&state.db, &frame.who, (id, order, own), frame.now).await?;
    Ok(Redirect::to(&links::restore(id)).into_response())
}

async fn draw(
    db: &Db,
    id: IncidentId,
    frame: Frame,
    refused: Option<Refused>,
) -> Result<Response, PageError> {
    let scene = Scene::read(db, id, frame).await?;
    let seen = &scene.seen;
    let of = (&seen.plan, seen.affected.as_slice());
    let all = ways_back(db, &seen.incident, of, scene.now()).await?;
    let refused = refused.as_ref();
    let databases: Vec<_> = all.iter().map(|one| database(one, &scene, refused)).collect();
    let every = if databases.iter().any(|it| it.side.is_busy()) { WHILE_AT_IT } else { ELSE };
    let page = scene.page(IncidentTab::Restore, "Restore", "/restore").redrawn_within(every);
    let html = RestorePage {
        page: if refused.is_some() { page.refused() } else { page },
        situation: Situation { clocks: clocks(&scene), ..scene.situation("Restore") },
        empty: databases.is_empty().then(|| empty(&scene)),
        databases,
    };
    let wrong = refused.map_or(&[][..], |it| &it.wrong);
    Ok((status(wrong), Html(html.render()?)).into_response())
}

fn empty(scene: &Scene) -> Empty {
    if !scene.seen.incident.is_open() {
        let words = "What could be restored is said while an incident goes on. Recovery shows the recovery points.";
        return Empty::new("none", "This incident is over", words);
    }
    let words = "Either what is down stands on none, or no agent protects any. Recovery shows which are protected.";
    Empty::new("none", "No database is touched that an agent protects", words)
}

fn database(one: &Back, scene: &Scene, refused: Option<&Refused>) -> Database {
    let standing = &one.standing;
    let name = &standing.seen.name;
    let measured = match one.lasted.len() as u64 {
        0 => "no measured run yet".to_owned(),
        many => {
            format!("times from {} of this database that were measured", counted(many, "restore"))
        }
    };
    let page = links::database(standing.site, name);
    let about = if one.touched {
        "Nothing here touches the database that lives: a copy is restored beside it, read-only, and stays \
         until somebody removes it. "
    } else {
        "This incident does not touch it any more. Copies stay until somebody removes them. "
    };
    let of_it = |it: &&Refused| it.typed.is_of(one);
    let ways = if one.touched { way::all(one, scene, refused.filter(of_it)) } else { Vec::new() };
    let side = side(one, scene);
    Database {
        id: format!("database-{}", tag(one)),
        heading: format!("{name} on {}", standing.site_name),
        about: Words::from(about).link(page, "Its recovery points"),
        measured,
        attached: attached::list(one),
        fail_over: attached::fail_over(one),
        next: !side.has_suspects(),
        side,
        ways,
    }
}

/// What tells the parts of one database from those of another in ids: they stay as they are while others come, go, or
/// turn graver, so that nothing is pressed for another one.
fn tag(one: &Back) -> String {
    let name = one.standing.seen.name.bytes().map(|byte| format!("{byte:02x}"));
    format!("{}-{}", one.standing.site, name.collect::<String>())
}

/// When the recovery time objective that counts is missed; none where none counts any more.
fn due(scene: &Scene) -> Option<OffsetDateTime> {
    let seen = &scene.seen;
    let rto = worst(&seen.plan, &seen.incident, &seen.affected, scene.now())?;
    match rto.state {
        RtoState::ToTarget => Some(rto.target),
        RtoState::ToMaximum | RtoState::Missed => Some(rto.maximum),
        RtoState::Recovered(_) | RtoState::Invalid => None,
    }
}

/// Whether the reader may ask an agent for something here.
fn may(scene: &Scene) -> bool {
    scene.may(Right::Command)
}
