//! Signing in and out.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use time::Duration;

use crate::actions::sessions::{self, Visitor};
use crate::actions::{self, ActionError};
use crate::domain::civil::span;
use crate::secrets::{KeyRing, SecretsError, Token};
use crate::web::error::{CROWD, PageError, retry_after};
use crate::web::frame::Who;
use crate::web::guard::{Caller, Csrf, own_path, session_cookie};
use crate::web::links;
use crate::web::parts::bare::Bare;
use crate::web::parts::csrf;
use crate::web::parts::field::Field;
use crate::web::state::{AppParts, AppState};

/// As long as browsers keep anything, in seconds.
const KEPT: u32 = 34_560_000;

/// Where to go afterwards.
#[derive(Deserialize, Default)]
pub(in crate::web) struct Way {
    #[serde(default)]
    next: String,
}

/// What is typed.
#[derive(Deserialize)]
pub(in crate::web) struct Typed {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignInPage {
    page: Bare,
    next: String,
    email: Field,
    password: Field,
}

/// `GET /sign-in`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Query(way): Query<Way>,
    token: Csrf,
) -> Result<Response, PageError> {
    draw(&state, token, "", &way.next, None)
}

/// `POST /session`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    token: Csrf,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let AppParts { db, ring, passwords, clock, .. } = &*state;
    let mark = session_cookie::mark(&headers, caller.is_secure());
    let visitor = Visitor { address: caller.peer, mark };
    let written = (typed.email.trim(), typed.password.as_str());
    match sessions::start(db, ring, passwords, visitor, written, clock.now()).await {
        Ok(Some(session)) => {
            let next = own_path(&typed.next).unwrap_or(links::FRONT);
            let cookies = cookies(ring, &typed.email, &session, &caller)?;
            Ok((cookies, Redirect::to(next)).into_response())
        }
        Ok(None) => {
            let words = "That address and password don’t belong together. Try again, or ask an \
                         owner for a new password.";
            draw(&state, token, &typed.email, &typed.next, Some(words))
        }
        Err(ActionError::TooMany(wait)) => {
            let words = format!(
                "There were too many wrong passwords. Wait {}, then try again; a browser that has \
                 signed in here before waits for nobody else’s.",
                span(wait + Duration::SECOND),
            );
            later(&state, token, &typed, &words, (StatusCode::TOO_MANY_REQUESTS, wait))
        }
        Err(ActionError::Secrets(SecretsError::Crowded)) => {
            let words = "Many people sign in at this moment. Wait a few seconds, then try again.";
            later(&state, token, &typed, words, (StatusCode::SERVICE_UNAVAILABLE, CROWD))
        }
        Err(error) => Err(error.into()),
    }
}

/// The form again, to be sent later.
fn later(
    state: &AppState,
    token: Csrf,
    typed: &Typed,
    words: &str,
    (status, wait): (StatusCode, Duration),
) -> Result<Response, PageError> {
    let mut page = draw(state, token, &typed.email, &typed.next, Some(words))?;
    *page.status_mut() = status;
    page.headers_mut().insert(RETRY_AFTER, retry_after(wait));
    Ok(page)
}

/// `POST /session/end`
pub(in crate::web) async fn end(
    State(state): State<AppState>,
    caller: Caller,
    Who(who): Who,
) -> Result<Response, PageError> {
    actions::sessions::end(&state.db, &who, state.clock.now()).await?;
    let gone = format!("{}; Max-Age=0", line(&caller, ""));
    Ok((AppendHeaders([(SET_COOKIE, gone)]), Redirect::to(links::SIGN_IN)).into_response())
}

/// The headers that hand a session to the browser, and the mark that it has signed in.
pub(super) fn cookies(
    ring: &KeyRing,
    email: &str,
    session: &Token,
    caller: &Caller,
) -> Result<AppendHeaders<[(HeaderName, String); 2]>, PageError> {
    let mark = sessions::mark(ring, email).map_err(ActionError::from)?;
    let mark = named(session_cookie::mark_name(caller.is_secure()), caller, &mark);
    let session = line(caller, &session.expose());
    let kept = |line| (SET_COOKIE, format!("{line}; Max-Age={KEPT}"));
    Ok(AppendHeaders([kept(session), kept(mark)]))
}

/// The header that hands a session to the browser, for as long as browsers keep anything: how long
/// it is good the server says, and who has a duty is not to lose it meanwhile.
pub(super) fn cookie(session: &Token, caller: &Caller) -> AppendHeaders<[(HeaderName, String); 1]> {
    let line = line(caller, &session.expose());
    AppendHeaders([(SET_COOKIE, format!("{line}; Max-Age={KEPT}"))])
}

fn line(caller: &Caller, value: &str) -> String {
    named(session_cookie::name(caller.is_secure()), caller, value)
}

fn named(name: &str, caller: &Caller, value: &str) -> String {
    let secure = if caller.is_secure() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}")
}

fn draw(
    state: &AppState,
    Csrf(token): Csrf,
    email: &str,
    next: &str,
    wrong: Option<&str>,
) -> Result<Response, PageError> {
    let mut page = Bare::new("Sign in", state.clock.now()).csrf(csrf::Csrf::new(token));
    let mut status = StatusCode::OK;
    if wrong.is_some() {
        (page, status) = (page.refused(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let html = SignInPage {
        page,
        next: own_path(next).unwrap_or_default().to_owned(),
        email: Field::email("email", "Mail address", email).required().autocomplete("username"),
        password: Field::password("password", "Password")
            .required()
            .autocomplete("current-password")
            .error(wrong.map(str::to_owned)),
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(origin: &str) -> Caller {
        let origin = Some(origin.parse().unwrap());
        Caller { peer: [192, 0, 2, 9].into(), origin, here: None, shook_hands: false }
    }

    #[test]
    fn a_session_is_kept_where_no_script_no_other_site_and_no_neighbour_reaches_it() {
        for origin in ["https://muster.example.org", "http://localhost:8080", "http://127.0.0.1"] {
            let line = line(&caller(origin), "t0k");
            assert_eq!(
                line, "__Host-muster=t0k; Path=/; HttpOnly; SameSite=Strict; Secure",
                "{origin}"
            );
        }
        let line = line(&caller("http://192.168.0.5:8080"), "t0k");
        assert_eq!(line, "muster=t0k; Path=/; HttpOnly; SameSite=Strict");
    }
}
