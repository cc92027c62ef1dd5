//! The top line of a page: brand, navigation, who reads, how fresh it is, Declare.

use askama::Template;
use askama::filters::HtmlSafe;

use super::nav::Nav;
use super::page::Page;
use super::state::Icon;

/// The top line of one page.
#[derive(Template)]
#[template(path = "parts/_top.html")]
pub struct Top<'a> {
    pub(super) page: &'a Page,
}

impl HtmlSafe for Top<'_> {}

/// A page that a stream keeps fresh; draws how fresh it is.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_fresh.html")]
pub struct Live {
    /// The stream's address.
    pub href: String,
    /// The page's own address, to draw its regions anew.
    pub page: String,
    /// In how many milliseconds it reads another way, though nothing has happened.
    pub changes_in: Option<i128>,
    /// The newest entry the page shows.
    pub since: i64,
    /// When it was drawn, for machines.
    pub iso: String,
    /// When it was drawn, for people: `03:26:07 CET`.
    pub time: String,
}

impl HtmlSafe for Live {}

/// The banner that comes out when the stream has been silent too long.
#[derive(Template)]
#[template(path = "parts/_stale.html")]
pub struct Stale<'a> {
    live: &'a Live,
}

impl HtmlSafe for Stale<'_> {}

impl Live {
    /// Its banner, hidden until a script shows it.
    #[must_use]
    pub fn stale(&self) -> Stale<'_> {
        Stale { live: self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_calls_itself_live_only_when_a_script_says_so() {
        let (href, iso) = ("/live".to_owned(), "2026-11-14T02:26:07Z".to_owned());
        let live = Live {
            href,
            page: "/now".to_owned(),
            changes_in: None,
            since: 48,
            iso,
            time: "03:26:07 CET".to_owned(),
        };
        let html = live.to_string();

        assert!(html.contains("data-mark=\"live\" hidden"), "{html}");
        assert!(html.contains("data-mark=\"stale\" hidden"), "{html}");
        assert!(html.contains("data-mark=\"drawn\">"), "{html}");
        assert!(live.stale().to_string().contains("hidden"));
    }
}
