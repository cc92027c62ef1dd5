//! The public status page: no account, no database, no lock held.

use axum::extract::State;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::publish::{ICON, Published, STYLESHEET};

/// Short, so that a fresh word is seen soon; caches in between still take most of a rush.
const KEEP: &str = "public, max-age=10";

/// `GET /status`
pub async fn page(State(published): State<Published>, asked: HeaderMap) -> Response {
    let pages = published.pages();
    answer(&asked, "text/html; charset=utf-8", &pages.etag, (&pages.html, &pages.html_gz))
}

/// `GET /status.json`
pub async fn json(State(published): State<Published>, asked: HeaderMap) -> Response {
    let pages = published.pages();
    answer(&asked, "application/json", &pages.etag, (&pages.json, &pages.json_gz))
}

/// `GET /status/app.css`: at the address that it has in the folder of files too.
pub async fn stylesheet() -> Response {
    let headers =
        [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=300")];
    (headers, Bytes::from_static(STYLESHEET)).into_response()
}

/// `GET /status/icon.svg`
pub async fn icon() -> Response {
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=300")];
    (headers, Bytes::from_static(ICON)).into_response()
}

fn answer(
    asked: &HeaderMap,
    kind: &'static str,
    etag: &str,
    (plain, packed): (&Bytes, &Bytes),
) -> Response {
    let own = [(CACHE_CONTROL, KEEP), (VARY, "accept-encoding"), (ETAG, etag)];
    if says(asked, &IF_NONE_MATCH, |tag| tag == etag || tag == "*") {
        return (StatusCode::NOT_MODIFIED, own).into_response();
    }
    let typed = [(CONTENT_TYPE, kind)];
    if says(asked, &ACCEPT_ENCODING, accepts_gzip) {
        return (own, typed, [(CONTENT_ENCODING, "gzip")], packed.clone()).into_response();
    }
    (own, typed, plain.clone()).into_response()
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
        let value = value.replace("ETAG", &published.pages().etag);
        page(State(published), HeaderMap::from_iter([(header, value.parse().unwrap())])).await
    }

    #[tokio::test]
    async fn who_has_the_page_already_is_told_so_without_it() {
        for (tag, status) in [("ETAG", 304), ("W/\"old\", ETAG", 304), ("W/\"old\"", 200)] {
            assert_eq!(get(IF_NONE_MATCH, tag).await.status(), status, "{tag}");
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
