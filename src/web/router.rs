//! All routes in one table, and the layers around them.

use std::net::SocketAddr;

use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn_with_state;

use crate::config::Server;
use crate::domain::rights::Right;
use crate::web::guard::{CsrfKey, Guard};
use crate::web::pages::{
    answer, calls, declare, front, health, incidents, invitation, live, messages, now, people, plan, record, revisions, runbook, set_up, settings, sign_in, status, style, timeline,
};
use crate::web::routes::{Needs, Routes};
use crate::web::state::AppState;
use crate::web::{assets, error, links};

/// The whole table.
#[must_use]
pub fn routes(state: &AppState) -> Routes {
    let (get, post) = (Method::GET, Method::POST);
    Routes::new(state.clone())
        .add(get.clone(), "/healthz", Needs::Nothing, health::alive)
        .add(get.clone(), "/readyz", Needs::Nothing, health::ready)
        .add(get.clone(), "/status", Needs::Nothing, status::page)
        .add(get.clone(), "/status.json", Needs::Nothing, status::json)
        .add(get.clone(), "/status/app.css", Needs::Nothing, status::stylesheet)
        .add(get.clone(), "/status/icon.svg", Needs::Nothing, status::icon)
        .add(get.clone(), "/static/{name}", Needs::Nothing, assets::asset_file)
        .add(get.clone(), "/set-up/{token}", Needs::Link, set_up::show)
        .add(post.clone(), "/set-up/{token}", Needs::Link, set_up::create)
        .add(get.clone(), links::SIGN_IN, Needs::SetUp, sign_in::show)
        .add(post.clone(), links::SESSION, Needs::SetUp, sign_in::create)
        .add(get.clone(), "/invitation/{token}", Needs::Link, invitation::show)
        .add(post.clone(), "/invitation/{token}", Needs::Link, invitation::create)
        .add(get.clone(), "/answer/{token}", Needs::Link, answer::show)
        .add(post.clone(), "/answer/{token}", Needs::Link, answer::create)
        .add(get.clone(), "/incidents/{id}/calls", Needs::Right(Right::View), calls::show)
        .add(post.clone(), "/incidents/{id}/calls", Needs::Right(Right::Respond), calls::create)
        .add(get.clone(), "/incidents/{id}/messages", Needs::Right(Right::View), messages::show)
        .add(get.clone(), links::PEOPLE, Needs::Right(Right::View), people::index)
        .add(get.clone(), "/people/{id}", Needs::Right(Right::View), people::show)
        .add(post.clone(), "/people/{id}/link", Needs::Right(Right::Own), people::link)
        .add(post.clone(), "/people/{id}/rights", Needs::Right(Right::Own), people::set_rights)
        .add(post.clone(), links::SESSION_END, Needs::Right(Right::View), sign_in::end)
        .add(get.clone(), links::DECLARE, Needs::Right(Right::Respond), declare::show)
        .add(get.clone(), links::INCIDENTS, Needs::Right(Right::View), incidents::index)
        .add(post.clone(), links::INCIDENTS, Needs::Right(Right::Respond), incidents::create)
        .add(get.clone(), "/incidents/{id}", Needs::Right(Right::View), now::show)
        .add(post.clone(), "/incidents/{id}/undo", Needs::Right(Right::Respond), incidents::undo)
        .add(post.clone(), "/incidents/{id}/level", Needs::Right(Right::Command), incidents::level)
        .add(
            post.clone(),
            "/incidents/{id}/command",
            Needs::Right(Right::Respond),
            incidents::command,
        )
        .add(post.clone(), "/incidents/{id}/phase", Needs::Right(Right::Command), incidents::phase)
        .add(post.clone(), "/incidents/{id}/entries", Needs::Right(Right::Respond), now::write)
        .add(
            post.clone(),
            "/incidents/{id}/affected",
            Needs::Right(Right::Respond),
            incidents::affected,
        )
        .add(
            post.clone(),
            "/incidents/{id}/restorations",
            Needs::Right(Right::Respond),
            incidents::restored,
        )
        .add(
            post.clone(),
            "/incidents/{id}/tellings",
            Needs::Right(Right::Respond),
            incidents::told,
        )
        .add(post.clone(), links::SESSION_END, Needs::Right(Right::View), sign_in::end)
        .add(get.clone(), links::FRONT, Needs::Right(Right::View), front::show)
        .add(get.clone(), links::PLAN, Needs::Right(Right::View), plan::show)
        .add(get.clone(), links::PLAN_EXPORT, Needs::Right(Right::View), plan::export)
        .add(get.clone(), "/incidents/{id}/timeline", Needs::Right(Right::View), timeline::show)
        .add(get.clone(), "/incidents/{id}/live", Needs::Right(Right::View), live::stream)
        .add(get.clone(), "/incidents/{id}/record", Needs::Right(Right::View), record::show)
        .add(get.clone(), "/incidents/{id}/record.jsonl", Needs::Right(Right::View), record::export)
        .add(get.clone(), links::PLAN_NEW, Needs::Right(Right::Own), revisions::new)
        .add(post.clone(), links::PLAN_NEW, Needs::Right(Right::Own), revisions::look)
        .add(post.clone(), links::PLAN_REVISIONS, Needs::Right(Right::Own), revisions::create)
        .add(get.clone(), "/plan/runbooks/{key}", Needs::Right(Right::View), runbook::show)
        .add(get.clone(), "/style", Needs::Right(Right::View), style::show)
        .add(get.clone(), links::SETTINGS, Needs::Right(Right::Own), settings::show)
        .add(post.clone(), "/settings/mail", Needs::Right(Right::Own), settings::set_mail)
        .add(post.clone(), "/settings/mail/remove", Needs::Right(Right::Own), settings::remove_mail)
        .add(post, "/settings/mail/test", Needs::Right(Right::Own), settings::test_mail)
        .add(get, "/style", Needs::Right(Right::View), style::show)
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
