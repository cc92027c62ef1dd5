//! What is said to who speaks plain HTTP where TLS is spoken: people type addresses without
//! "https", and browsers then try http first.

use axum::Router;
use axum::extract::Request;
use axum::http::header::{HOST, LOCATION};
use axum::http::{Method, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;

use crate::config::PublicUrl;
use crate::web::headers;

const WORDS: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
    <title>This address speaks https</title><main><h1>This address speaks https</h1>\
    <p>Nothing was changed. Open the same address with https:// before it, and send it again from there.</p>\
    <p>What you sent crossed the network without protection. If a password was in it, change that password.</p></main>";

pub(super) fn app() -> Router {
    let alive = get(|| async { "alive\n" }); // whoever watches the process has no use for TLS
    Router::new().route("/healthz", alive).fallback(async |request: Request| {
        let mut answer = answer(&request);
        headers::set(answer.headers_mut());
        answer
    })
}

/// Leads to the same page over TLS, for now: a browser that kept this in mind would be locked out
/// if TLS had to be given up. What was sent along is not asked for again behind anybody's back.
fn answer(request: &Request) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match over_tls(request).filter(|_| reads) {
        Some(place) => (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, place)]).into_response(),
        None => (StatusCode::BAD_REQUEST, Html(WORDS)).into_response(),
    }
}

fn over_tls(request: &Request) -> Option<String> {
    let host = request.headers().get(HOST)?.to_str().ok()?;
    let here: PublicUrl = format!("http://{host}").parse().ok().filter(|_| !host.contains('/'))?;
    Some(here.over_tls().link(request.uri().path_and_query()?.as_str()))
}
