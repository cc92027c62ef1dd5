//! The password asked again, as a layer: what a route is declared to need fresh is done only when
//! its password was typed lately. Else one page asks for it, carries the form along, and sends it
//! to the same address; the handler sees the form as its own page sent it, and no password.

use askama::Template;
use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use http_body_util::BodyExt as _;

use crate::actions::sessions::SignedIn;
use crate::actions::{ActionError, people, sessions};
use crate::secrets::Hidden;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::guard::{Aside, BACK, PASSWORD, own_path};
use crate::web::links;
use crate::web::parts::field::Field;
use crate::web::parts::nav::Nav;
use crate::web::parts::page::Page;
use crate::web::state::{AppParts, AppState};

const FORMS: [&str; 2] = ["application/x-www-form-urlencoded", "multipart/form-data"];

#[derive(Template)]
#[template(path = "account/fresh.html")]
struct FreshPage {
    page: Page,
    action: String,
    in_parts: bool,
    deed: &'static str,
    whom: Option<String>,
    fields: Vec<(String, String)>,
    back: String,
    password: Field,
}

/// Lets a signed-in person's form through, or answers with the page that asks for the password.
/// `deed` says on its button what will be done.
pub(super) async fn require(
    state: &AppState,
    deed: &'static str,
    request: Request,
) -> Result<Request, Response> {
    let (mut parts, body) = request.into_parts();
    if !is_form(&parts) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
    }
    let body = body.collect().await.map_err(|_| StatusCode::BAD_REQUEST.into_response())?;
    let aside = Aside::take(&parts.headers, &body.to_bytes());
    match step_up(state, &parts, aside.password.as_ref()).await {
        Ok(Some(who)) => {
            parts.extensions.insert(who);
            parts.headers.remove(header::CONTENT_LENGTH);
            Ok(Request::from_parts(parts, Body::from(aside.own)))
        }
        Ok(None) => Err(ask(state, parts, deed, &aside, None).await),
        Err(ActionError::Invalid(wrong)) => {
            let words = wrong.into_iter().next().map(|wrong| wrong.words);
            Err(ask(state, parts, deed, &aside, words).await)
        }
        Err(error) => Err(PageError::from(error).into_response()),
    }
}

fn is_form(parts: &Parts) -> bool {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    FORMS.iter().any(|form| kind.starts_with(form))
}

/// Who presses, with a fresh password; none where it has still to be asked for.
async fn step_up(
    state: &AppState,
    parts: &Parts,
    password: Option<&Hidden<String>>,
) -> Result<Option<SignedIn>, ActionError> {
    let AppParts { db, ring, passwords, clock, .. } = &**state;
    let (Some(who), now) = (parts.extensions.get::<SignedIn>(), clock.now()) else {
        return Ok(None);
    };
    match password {
        _ if who.is_fresh(now) => Ok(Some(who.clone())),
        Some(typed) => {
            sessions::step_up(db, ring, passwords, who, typed.expose(), now).await.map(Some)
        }
        None => Ok(None),
    }
}

async fn ask(
    state: &AppState,
    mut parts: Parts,
    deed: &'static str,
    aside: &Aside,
    wrong: Option<String>,
) -> Response {
    let Some(fields) = aside.fields() else {
        return PageError::from(ActionError::NotFresh).into_response();
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let back = match &aside.back {
        Some(back) => own_path(back).unwrap_or(links::FRONT).to_owned(),
        None => came_from(&parts),
    };
    let (action, in_parts) = (parts.uri.path().to_owned(), aside.is_in_parts());
    let whom = whom(state, &mut parts).await;
    let frame = match Frame::from_request_parts(&mut parts, state).await {
        Ok(frame) => frame,
        Err(error) => return error.into_response(),
    };
    let (title, words) = ("Type your password again", "Go back, change nothing".to_owned());
    let page = frame.page.titled(title).nav(Nav::Back { href: back.clone(), words });
    let page = if wrong.is_some() { page.refused() } else { page };
    let password = Field::password(PASSWORD, "Your password")
        .required()
        .autocomplete("current-password")
        .error(wrong);
    let html = FreshPage { page, action, in_parts, deed, whom, fields, back, password }.render();
    html.map_or_else(
        |e| PageError::from(e).into_response(),
        |html| (status, Html(html)).into_response(),
    )
}

/// The page of ours that the form stands on.
fn came_from(parts: &Parts) -> String {
    let referer = parts.headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let uri = referer.and_then(|referer| referer.parse::<axum::http::Uri>().ok());
    let path = uri.as_ref().and_then(|uri| uri.path_and_query()).map(|path| path.as_str());
    let page = path.and_then(own_path).filter(|path| *path != parts.uri.path());
    page.unwrap_or(links::FRONT).to_owned() // a form that came back stands where only forms go
}

/// The name of the person whom the form is about, where its path names one.
async fn whom(state: &AppState, parts: &mut Parts) -> Option<String> {
    let params = RawPathParams::from_request_parts(parts, state).await.ok()?;
    let route = parts.extensions.get::<MatchedPath>()?;
    let (_, id) = params.iter().find(|(name, _)| *name == "id")?;
    let id = id.parse().ok().filter(|_| route.as_str().starts_with(links::PEOPLE))?;
    people::name(&state.db, id).await.ok()
}
