//! What the browser is told before the page: title, stylesheet, scripts, the server's time.

use askama::Template;
use askama::filters::HtmlSafe;
use time::OffsetDateTime;

use crate::web::assets::{APP_CSS, Asset, ICON_SVG, IDIOMORPH_JS};

/// The content of `<head>`, and the classes of `<body>`.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_head.html")]
pub struct Head {
    /// What differs from other pages; the product's name is added.
    pub title: String,
    /// The level the page stands under.
    pub level: Option<u8>,
    /// Whether all on it is an exercise.
    pub drill: bool,
    /// A form came back: the title says so first.
    pub refused: bool,
    /// The server's time, which running clocks go by.
    pub now: OffsetDateTime,
    /// The scripts it wants, in order.
    pub scripts: Vec<&'static Asset>,
    /// Whether the live stream swaps parts of it.
    pub live: bool,
}

impl HtmlSafe for Head {}

impl Head {
    /// A page drawn at `now`.
    #[must_use]
    pub fn new(
        title: impl Into<String>,
        now: OffsetDateTime,
        scripts: Vec<&'static Asset>,
    ) -> Head {
        let title = title.into();
        Head { title, level: None, drill: false, refused: false, now, scripts, live: false }
    }

    /// The classes of `<body>`.
    #[must_use]
    pub fn body_class(&self) -> String {
        let drill = self.drill.then(|| "drill".to_owned());
        let level = self.level.map(|level| format!("level-{level}"));
        drill.into_iter().chain(level).collect::<Vec<_>>().join(" ")
    }

    fn full_title(&self) -> String {
        let drill = if self.drill && !self.title.starts_with("DRILL") { "DRILL, " } else { "" };
        let error = if self.refused { "Error: " } else { "" };
        format!("{error}{drill}{} – Muster", self.title)
    }

    fn server_time(&self) -> i128 {
        self.now.unix_timestamp_nanos() / 1_000_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(title: &str) -> Head {
        Head::new(title, OffsetDateTime::UNIX_EPOCH, Vec::new())
    }

    #[test]
    fn a_title_begins_with_what_differs() {
        assert_eq!(head("People").full_title(), "People – Muster");
        assert_eq!(
            Head { refused: true, ..head("Sign in") }.full_title(),
            "Error: Sign in – Muster"
        );
    }

    #[test]
    fn a_drills_title_says_drill_once() {
        let title = |words| Head { drill: true, ..head(words) }.full_title();

        assert_eq!(title("Timeline"), "DRILL, Timeline – Muster");
        assert_eq!(title("DRILL, level 2: Crash"), "DRILL, level 2: Crash – Muster");
    }

    #[test]
    fn the_body_wears_drill_and_level() {
        let head = Head { drill: true, level: Some(2), ..head("x") };

        assert_eq!(head.body_class(), "drill level-2");
    }
}
