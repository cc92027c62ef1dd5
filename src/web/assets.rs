//! Stylesheet, scripts and icon, built into the binary.
//!
//! An asset's address holds a digest of its content, so a browser may keep it for ever and a new
//! release is seen at once.

use std::fmt;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// One file of `static/`; it displays as its address.
#[derive(Debug, PartialEq, Eq)]
pub struct Asset {
    stem: &'static str,
    kind: Kind,
    body: &'static [u8],
    digest: u64,
}

impl askama::filters::HtmlSafe for Asset {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Css,
    Js,
    Svg,
}

/// The one stylesheet.
pub const APP_CSS: &Asset = &asset("app", Kind::Css, include_bytes!("../../static/app.css"));
/// Runs the clocks.
pub const CLOCKS_JS: &Asset = &asset("clocks", Kind::Js, include_bytes!("../../static/clocks.js"));
/// Copies what a button names.
pub const COPY_JS: &Asset = &asset("copy", Kind::Js, include_bytes!("../../static/copy.js"));
/// Declares by keyboard.
pub const DECLARE_KEYS_JS: &Asset =
    &asset("declare-keys", Kind::Js, include_bytes!("../../static/declare-keys.js"));
/// The mark in the browser's tab.
pub const ICON_SVG: &Asset = &asset("icon", Kind::Svg, include_bytes!("../../static/icon.svg"));
/// Swaps regions without losing focus; not ours, its licence lies beside it.
pub const IDIOMORPH_JS: &Asset =
    &asset("idiomorph", Kind::Js, include_bytes!("../../static/vendor/idiomorph.min.js"));
/// Keeps a page of an incident fresh.
pub const LIVE_JS: &Asset = &asset("live", Kind::Js, include_bytes!("../../static/live.js"));
/// Draws the regions of a live page anew.
pub const REFRESH_JS: &Asset =
    &asset("refresh", Kind::Js, include_bytes!("../../static/refresh.js"));
/// Keeps the page one is on in sight in the navigation.
pub const NAV_JS: &Asset = &asset("nav", Kind::Js, include_bytes!("../../static/nav.js"));
/// Swallows a double press.
pub const ONCE_JS: &Asset = &asset("once", Kind::Js, include_bytes!("../../static/once.js"));

const ALL: [&Asset; 10] = [
    APP_CSS,
    CLOCKS_JS,
    COPY_JS,
    DECLARE_KEYS_JS,
    ICON_SVG,
    IDIOMORPH_JS,
    LIVE_JS,
    NAV_JS,
    ONCE_JS,
    REFRESH_JS,
];

/// `GET /static/{name}`
pub async fn asset_file(Path(name): Path<String>) -> Response {
    let Some(asset) = ALL.into_iter().find(|asset| asset.name() == name) else {
        return (StatusCode::NOT_FOUND, "no such file").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.kind.content_type()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, asset.body).into_response()
}

impl Asset {
    /// Its content, for pages that carry it within.
    #[must_use]
    pub fn body(&self) -> &'static [u8] {
        self.body
    }

    fn name(&self) -> String {
        format!("{}.{:016x}.{}", self.stem, self.digest, self.kind.extension())
    }
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/static/{}", self.name())
    }
}

impl Kind {
    fn extension(self) -> &'static str {
        match self {
            Kind::Css => "css",
            Kind::Js => "js",
            Kind::Svg => "svg",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Kind::Css => "text/css; charset=utf-8",
            Kind::Js => "text/javascript; charset=utf-8",
            Kind::Svg => "image/svg+xml",
        }
    }
}

const fn asset(stem: &'static str, kind: Kind, body: &'static [u8]) -> Asset {
    Asset { stem, kind, body, digest: fnv1a(body) }
}

/// FNV-1a: tells one release's file from another's; it guards nothing.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut digest = 0xcbf2_9ce4_8422_2325;
    let mut place = 0;
    while place < bytes.len() {
        digest = (digest ^ bytes[place] as u64).wrapping_mul(0x0100_0000_01b3);
        place += 1;
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(name: &str) -> Response {
        asset_file(Path(name.to_owned())).await
    }

    #[test]
    fn another_content_has_another_address() {
        let mut addresses: Vec<String> = ALL.iter().map(|asset| asset.to_string()).collect();
        addresses.sort();
        addresses.dedup();

        assert_eq!(addresses.len(), ALL.len());
        assert_ne!(fnv1a(b"a"), fnv1a(b"b"));
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c); // from the algorithm's published vectors
    }

    #[tokio::test]
    async fn an_asset_is_served_for_ever_and_with_its_type() {
        let address = APP_CSS.to_string();
        let answer = get(address.trim_start_matches("/static/")).await;

        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/css; charset=utf-8");
        assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
    }

    #[tokio::test]
    async fn what_is_not_in_the_table_is_not_found() {
        for name in ["app.css", "app.0000000000000000.css", "../Cargo.toml", ""] {
            assert_eq!(get(name).await.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }
}
