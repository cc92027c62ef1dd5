//! The public status page: no account, no database, no lock held.

use askama::Template;
use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, Method, Request, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};

use crate::clock::Clock;
use crate::publish::{File, HOME, ICON, INCIDENTS, Published, STYLESHEET};
use crate::web::headers;
use crate::web::parts::act::Act;
use crate::web::parts::bare::Bare;
use crate::web::parts::error::ErrorPage;
use crate::web::server::App;

/// A browser asks each time and is mostly told that it has the page already; caches in between take
/// most of a rush, and go on with what they have while Muster is away, which then tells its age.
const WORDS: &str = "public, max-age=0, s-maxage=10, stale-if-error=86400";
/// Changes with a release alone.
const LOOKS: &str = "public, max-age=300, stale-if-error=86400";

/// `GET` of the page and of what belongs to it, by its name in the folder of files; `/status` is another of the page.
pub async fn file(State(published): State<Published>, uri: Uri, asked: HeaderMap) -> Response {
    found(&published, uri.path(), &asked).unwrap_or_else(nothing)
}

/// `GET /status/incidents/{name}`: one incident with all that was said of it.
pub async fn incident(
    State(published): State<Published>,
    Path(name): Path<String>,
    asked: HeaderMap,
) -> Response {
    found(&published, &format!("/{INCIDENTS}/{name}"), &asked).unwrap_or_else(nothing)
}

/// A router with the page before it: on the day on which all ask for it, that is most of what is asked. It is there for
/// everybody by whatever name they came, since names fail, too.
pub fn before(router: Router, published: Published) -> App {
    App::from(router).asking_first(move |request| at_once(&published, request))
}

/// What is asked for of it.
fn at_once<B>(published: &Published, asked: &Request<B>) -> Option<Response> {
    if !matches!(*asked.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let mut answer = found(published, asked.uri().path(), asked.headers())?;
    headers::set(answer.headers_mut());
    Some(if asked.method() == Method::HEAD { without_body(answer) } else { answer })
}

fn without_body(mut answer: Response) -> Response {
    let length = answer.body().size_hint().exact().filter(|_| answer.status() == StatusCode::OK);
    answer.headers_mut().extend(length.map(|length| (CONTENT_LENGTH, length.into())));
    answer.map(|_| Body::empty())
}

/// The file at an address, where there is one.
fn found(published: &Published, address: &str, asked: &HeaderMap) -> Option<Response> {
    let path = address.strip_prefix('/')?;
    let path = if path == "status" { HOME } else { path };
    published.site().file(path).map(|file| answer(file, path, asked))
}

fn answer(File { kind, bytes, packed, etag }: &File, path: &str, asked: &HeaderMap) -> Response {
    let keep = if path == STYLESHEET || path == ICON { LOOKS } else { WORDS };
    let own = [(CACHE_CONTROL, keep), (VARY, "accept-encoding"), (ETAG, etag.as_str())];
    if says(asked, &IF_NONE_MATCH, |tag| tag == etag || tag == "*") {
        return (StatusCode::NOT_MODIFIED, own).into_response();
    }
    let typed = [(CONTENT_TYPE, *kind)];
    if says(asked, &ACCEPT_ENCODING, accepts_gzip) {
        return (own, typed, [(CONTENT_ENCODING, "gzip")], packed.clone()).into_response();
    }
    (own, typed, bytes.clone()).into_response()
}

/// A public address where nothing is, or is no more.
fn nothing() -> Response {
    let page = Bare::new("There is nothing here", Clock::of_host().now()).without_brand();
    let words = "The incident may be too long ago to be shown.";
    let page = ErrorPage::new(page, words, StatusCode::NOT_FOUND.as_u16(), "")
        .act(Act::go("How all stands now", "/status"));
    let html = page.render().unwrap_or_else(|_| words.to_owned());
    (StatusCode::NOT_FOUND, Html(html)).into_response()
}

fn accepts_gzip(coding: &str) -> bool {
    let mut parts = coding.split(';').map(str::trim);
    let refused = |part: &str| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
    parts.next() == Some("gzip") && !parts.any(refused)
}

/// Whether one of a header's values, parted by commas, fits.
fn says(asked: &HeaderMap, name: &HeaderName, fits: impl Fn(&str) -> bool) -> bool {
    let values = asked.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|value| fits(value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(header: HeaderName, value: &str) -> Response {
        let folder = tempfile::tempdir().unwrap();
        let published =
            Published::open(folder.path().into(), time::OffsetDateTime::UNIX_EPOCH).unwrap();
        let value = value.replace("ETAG", &published.site().file(HOME).unwrap().etag);
        let asked = HeaderMap::from_iter([(header, value.parse().unwrap())]);
        file(State(published), Uri::from_static("/status"), asked).await
    }

    #[tokio::test]
    async fn what_is_plainly_asked_for_is_answered_at_once_as_it_would_be_later() {
        let folder = tempfile::tempdir().unwrap();
        let published =
            Published::open(folder.path().into(), time::OffsetDateTime::UNIX_EPOCH).unwrap();
        let asked = |method: &str, path: &str| {
            Request::builder().method(method).uri(path).body(()).unwrap()
        };
        for path in ["/status", "/status?x=1", "/status.html", "/status.json", "/status/app.css"] {
            let answer = at_once(&published, &asked("GET", path)).expect(path);
            assert_eq!(answer.status(), 200, "{path}");
            assert!(answer.headers().contains_key("content-security-policy"), "{path}");
        }
        let soon = at_once(&published, &asked("GET", "/status")).unwrap();
        let uri = Uri::from_static("/status");
        let later = file(State(published.clone()), uri, HeaderMap::new()).await;
        assert_eq!(soon.headers()[ETAG], later.headers()[ETAG]);
        let head = at_once(&published, &asked("HEAD", "/status")).unwrap();
        let length = published.site().file(HOME).unwrap().bytes.len();
        assert_eq!(head.headers()[CONTENT_LENGTH], length.to_string());
        assert_eq!(head.body().size_hint().exact(), Some(0));
        for (method, path) in [
            ("POST", "/status"),
            ("GET", "/"),
            ("GET", "/status/"),
            ("GET", "/status/incidents/9.html"),
            ("GET", "//status"),
        ] {
            assert!(at_once(&published, &asked(method, path)).is_none(), "{method} {path}");
        }
    }

    #[tokio::test]
    async fn who_has_the_page_already_is_told_so_without_it() {
        for (tag, status) in [("ETAG", 304), ("W/\"old\", ETAG", 304), ("W/\"old\"", 200)] {
            let answer = get(IF_NONE_MATCH, tag).await;
            assert_eq!(answer.status(), status, "{tag}");
            assert_eq!(answer.headers()[CACHE_CONTROL], WORDS);
            assert_eq!(answer.headers()[VARY], "accept-encoding");
        }
    }

    #[tokio::test]
    async fn it_is_packed_for_those_who_accept_that() {
        for (accepted, packed) in
            [("gzip, br", true), ("br, gzip;q=0.5", true), ("gzip;q=0", false), ("br", false)]
        {
            let answer = get(ACCEPT_ENCODING, accepted).await;
            assert_eq!(answer.headers().contains_key(CONTENT_ENCODING), packed, "{accepted}");
        }
    }
}
