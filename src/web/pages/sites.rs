//! `/recovery`: hosts where agents work, whether each is heard, and what it found.

mod code;
mod site;
pub(super) mod words;

pub(in crate::web) use code::make_code;
pub(super) use site::draw_refused_kit as draw_site;
pub(in crate::web) use site::{look, remove, show};
pub(super) use words::bytes;

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use self::code::known_by;
use crate::actions::sites::own::{self, Stands};
use crate::actions::sites::{self, Seen};
use crate::actions::{ActionError, Wrong, databases, kits};
use crate::domain::id::SiteId;
use crate::domain::rights::Right;
use crate::tls::KnownBy;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::guard::Caller;
use crate::web::links;
use crate::web::pages::databases::words::table as standing;
use crate::web::pages::kits::{KitView, Refused, view};
use crate::web::parts::act::{Act, Look};
use crate::web::parts::empty::Empty;
use crate::web::parts::field::Field;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Stand;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// What is typed of a new site.
#[derive(Default, Deserialize)]
pub(in crate::web) struct Typed {
    id: Option<SiteId>,
    #[serde(default)]
    name: String,
}

#[derive(Template)]
#[template(path = "recovery/index.html")]
struct RecoveryPage {
    page: Page,
    heading: String,
    databases: Option<Table>,
    empty: Option<Empty>,
    unprotected: Option<Empty>,
    table: Table,
    own: Option<Own>,
    kit: KitView,
    id: SiteId,
    name: Option<Field>,
}

/// `GET /recovery`
pub(in crate::web) async fn index(
    State(state): State<AppState>,
    frame: Frame,
) -> Result<Response, PageError> {
    draw(&state, frame, Typed::default(), &[], &Refused::default()).await
}

/// `POST /recovery/sites`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let id = typed.id.unwrap_or_else(|| SiteId::new(frame.now));
    match sites::add(&state.db, &frame.who, (id, &typed.name), frame.now).await {
        Ok(()) => Ok(Redirect::to(&links::site(id)).into_response()),
        Err(ActionError::Invalid(wrong)) => {
            draw(&state, frame, typed, &wrong, &Refused::default()).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /recovery/own`
pub(in crate::web) async fn protect_own(
    State(state): State<AppState>,
    caller: Caller,
    frame: Frame,
) -> Result<Redirect, PageError> {
    let known = known_by(&state, &caller, state.links.base(), frame.now).await;
    let own = (state.own_agent.as_ref(), known.map(KnownBy::pin));
    own::protect_own(&state.db, &state.ring, &frame.who, own, frame.now).await?;
    Ok(Redirect::to(links::RECOVERY))
}

/// Muster's own database, where it is not protected.
struct Own {
    failed: Option<Stand>,
    act: Act,
}

fn own(state: &AppState, sites: &[Seen], frame: &Frame) -> Option<Own> {
    let has_site = sites.iter().any(|seen| seen.site.name == own::NAME);
    let failed = match state.own_agent.as_ref()?.stands() {
        Stands::AtWork if has_site => return None,
        Stands::AtWork | Stands::Wanting => None,
        Stands::Failed(why) => Some(Stand::bad(why)),
    };
    let words = "Protect Muster’s own database";
    let act = Act::post("protect-own", words, links::PROTECT_OWN, &frame.page.csrf);
    Some(Own { failed, act })
}

/// With a form about the server kit that was refused.
pub(super) async fn draw_refused_kit(
    state: &AppState,
    frame: Frame,
    refused: &Refused,
) -> Result<Response, PageError> {
    draw(state, frame, Typed::default(), &[], refused).await
}

async fn draw(
    state: &AppState,
    frame: Frame,
    typed: Typed,
    wrong: &[Wrong],
    refused: &Refused,
) -> Result<Response, PageError> {
    let sites = sites::list(&state.db, frame.now).await?;
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan);
    let databases = databases::list(&state.db, plan, frame.now).await?;
    let owns = frame.who.rights.allow(Right::Own);
    let page = frame.page.clone().titled("Recovery").at(Tab::Recovery).renewed(links::RECOVERY);
    let name = Field::text("name", "Name", typed.name)
        .hint("As you call the host: db1.")
        .required()
        .error(Wrong::beside("name", wrong));
    let good = wrong.is_empty() && refused.wrong.is_empty();
    let status = if good { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let kit = kits::read(&state.db, None, frame.now).await?;
    let html = RecoveryPage {
        heading: words::heading(&sites),
        databases: (!databases.is_empty()).then(|| standing(&databases, "databases-of", &frame)),
        empty: sites.is_empty().then(|| empty(owns)),
        unprotected: (!sites.is_empty() && databases.is_empty()).then(|| unprotected(&sites, owns)),
        table: table(&sites, &frame),
        own: if owns { own(state, &sites, &frame) } else { None },
        kit: view(&kit, None, refused, &frame),
        id: typed.id.unwrap_or_else(|| SiteId::new(frame.now)),
        name: owns.then_some(name),
        page: if good { page } else { page.refused() },
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}

fn empty(owns: bool) -> Empty {
    let words = "Muster sees databases through agents, one on each host. With none it knows of no \
                 backup, and can restore nothing.";
    let act = Act::go("Add the first site", "#new");
    let empty = Empty::new("none", "No site yet", words);
    if owns { empty.act(act) } else { empty }
}

/// Sites, and no database on them.
fn unprotected(sites: &[Seen], owns: bool) -> Empty {
    let words = "Agents protect nothing by themselves: choose a database of a host, and let its owner allow it there.";
    let empty = Empty::new("unprotected", "No database is protected yet", words);
    let joined = sites.iter().filter(|seen| seen.site.agent_key.is_some());
    let first = joined.map(|seen| &seen.site).next();
    match first.filter(|_| owns) {
        Some(site) => {
            let words = format!("Protect a database on {}", site.name);
            empty.act(Act::go(words, links::protect(site.id)).look(Look::Primary))
        }
        None => empty,
    }
}

fn table(sites: &[Seen], frame: &Frame) -> Table {
    let table = Table::new("sites-of")
        .column("Site")
        .column("Agent")
        .column("Host")
        .number("Clusters")
        .column("Clock");
    sites.iter().fold(table, |table, seen| {
        let site = &seen.site;
        let host = site.found.as_ref().map(|(facts, _)| facts.host.clone());
        let clusters = site.found.as_ref().map(|(facts, _)| facts.clusters.len().to_string());
        table.row([
            Words::new().link(links::site(site.id), &site.name),
            words::presence(seen, frame),
            Words::from(host.unwrap_or_default()),
            Words::from(clusters.unwrap_or_default()),
            words::clock(site),
        ])
    })
}
