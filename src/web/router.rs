//! All routes in one table, and the layers around them.

use std::net::SocketAddr;

use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn_with_state;

use crate::config::Server;
use crate::domain::rights::Right;
use crate::web::guard::{CsrfKey, Guard};
use crate::web::pages::{
    answer, calls, declare, front, health, incidents, invitation, live, messages, now, people,
    plan, record, revision, revisions, runbook, set_up, settings, sign_in, status, style, things,
    timeline,
};
use crate::web::routes::{Needs, Routes};
use crate::web::state::AppState;
use crate::web::{assets, error, links};

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const VIEW: Needs = Needs::Right(Right::View);
const RESPOND: Needs = Needs::Right(Right::Respond);
const COMMAND: Needs = Needs::Right(Right::Command);
const OWN: Needs = Needs::Right(Right::Own);

/// The whole table.
#[must_use]
pub fn routes(state: &AppState) -> Routes {
    [outside, doors, incident_pages, incident_deeds, plan_and_people, owners]
        .into_iter()
        .fold(Routes::new(state.clone()), |routes, add| add(routes))
}

/// For everybody, whether or not Muster is set up.
fn outside(routes: Routes) -> Routes {
    routes
        .add(GET, "/healthz", Needs::Nothing, health::alive)
        .add(GET, "/readyz", Needs::Nothing, health::ready)
        .add(GET, "/status", Needs::Nothing, status::page)
        .add(GET, "/status.json", Needs::Nothing, status::json)
        .add(GET, "/status/app.css", Needs::Nothing, status::stylesheet)
        .add(GET, "/status/icon.svg", Needs::Nothing, status::icon)
        .add(GET, "/static/{name}", Needs::Nothing, assets::asset_file)
}

/// Ways in, for those who have a link or a password.
fn doors(routes: Routes) -> Routes {
    routes
        .add(GET, "/set-up/{token}", Needs::Link, set_up::show)
        .add(POST, "/set-up/{token}", Needs::Link, set_up::create)
        .add(GET, "/invitation/{token}", Needs::Link, invitation::show)
        .add(POST, "/invitation/{token}", Needs::Link, invitation::create)
        .add(GET, "/answer/{token}", Needs::Link, answer::show)
        .add(POST, "/answer/{token}", Needs::Link, answer::create)
        .add(GET, links::SIGN_IN, Needs::SetUp, sign_in::show)
        .add(POST, links::SESSION, Needs::SetUp, sign_in::create)
        .add(POST, links::SESSION_END, VIEW, sign_in::end)
}

fn incident_pages(routes: Routes) -> Routes {
    routes
        .add(GET, links::FRONT, VIEW, front::show)
        .add(GET, links::DECLARE, RESPOND, declare::show)
        .add(GET, links::INCIDENTS, VIEW, incidents::index)
        .add(GET, "/incidents/{id}", VIEW, now::show)
        .add(GET, "/incidents/{id}/timeline", VIEW, timeline::show)
        .add(GET, "/incidents/{id}/live", VIEW, live::stream)
        .add(GET, "/incidents/{id}/record", VIEW, record::show)
        .add(GET, "/incidents/{id}/record.jsonl", VIEW, record::export)
        .add(GET, "/incidents/{id}/calls", VIEW, calls::show)
        .add(GET, "/incidents/{id}/messages", VIEW, messages::show)
}

fn incident_deeds(routes: Routes) -> Routes {
    routes
        .add(POST, links::INCIDENTS, RESPOND, incidents::create)
        .add(POST, "/incidents/{id}/undo", RESPOND, incidents::undo)
        .add(POST, "/incidents/{id}/level", COMMAND, incidents::level)
        .add(POST, "/incidents/{id}/command", RESPOND, incidents::command)
        .add(POST, "/incidents/{id}/phase", COMMAND, incidents::phase)
        .add(POST, "/incidents/{id}/entries", RESPOND, now::write)
        .add(POST, "/incidents/{id}/affected", RESPOND, incidents::affected)
        .add(POST, "/incidents/{id}/restorations", RESPOND, incidents::restored)
        .add(POST, "/incidents/{id}/tellings", RESPOND, incidents::told)
        .add(POST, "/incidents/{id}/calls", RESPOND, calls::create)
}

fn plan_and_people(routes: Routes) -> Routes {
    routes
        .add(GET, links::PLAN, VIEW, plan::show)
        .add(GET, links::PLAN_EXPORT, VIEW, plan::export)
        .add(GET, "/plan/runbooks/{key}", VIEW, runbook::show)
        .add(GET, links::PLAN_REVISIONS, VIEW, revision::index)
        .add(GET, "/plan/revisions/{number}", VIEW, revision::show)
        .add(GET, "/plan/revisions/{number}/export", VIEW, revision::export)
        .add(GET, "/plan/revisions/{number}/runbooks/{key}", VIEW, runbook::show_earlier)
        .add(GET, links::PEOPLE, VIEW, people::index)
        .add(GET, "/people/{id}", VIEW, people::show)
        .add(GET, "/style", VIEW, style::show)
}

fn owners(routes: Routes) -> Routes {
    routes
        .add(GET, links::PLAN_NEW, OWN, revisions::new)
        .add(POST, links::PLAN_NEW, OWN, revisions::look)
        .add(POST, links::PLAN_REVISIONS, OWN, revisions::create)
        .add(GET, "/plan/things/{*path}", OWN, things::show)
        .add(POST, "/plan/things/{*path}", OWN, things::look)
        .add(GET, "/plan/additions/{*path}", OWN, things::show_addition)
        .add(POST, "/plan/additions/{*path}", OWN, things::look_at_addition)
        .add(GET, "/plan/removals/{*path}", OWN, things::show_removal)
        .add(POST, "/plan/changes/{*path}", OWN, things::make)
        .add(POST, "/people/{id}/link", OWN, people::link)
        .add(POST, "/people/{id}/rights", OWN, people::set_rights)
        .add(GET, links::SETTINGS, OWN, settings::show)
        .add(POST, "/settings/mail", OWN, settings::set_mail)
        .add(POST, "/settings/mail/remove", OWN, settings::remove_mail)
        .add(POST, "/settings/mail/test", OWN, settings::test_mail)
}

/// The application as it is served at `bound`.
pub fn app(state: AppState, server: &Server, bound: SocketAddr) -> Router {
    let key = state.ring.mac(crate::secrets::Label::Links, &[b"csrf v1"]);
    let clock = state.clock.clone();
    let router = routes(&state)
        .into_router()
        .fallback(async || error::PageError::NotFound)
        .layer(from_fn_with_state(state.clone(), error::draw))
        .with_state(state);
    Guard::new(server, bound, CsrfKey::new(&key))
        .open(is_open)
        .page(move |refusal| error::refusal(refusal, &clock))
        .around(router)
}

/// Pages that somebody opens from a mail or a terminal, without the session's cookie.
fn is_open(path: &str) -> bool {
    path.starts_with("/set-up/")
        || path.starts_with("/invitation/")
        || path.starts_with("/answer/")
        || path == links::SIGN_IN
        || path == links::SESSION
}
