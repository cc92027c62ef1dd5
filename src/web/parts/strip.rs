//! Lines above a page: an open incident elsewhere, a banner about the page or the installation.

use askama::Template;
use askama::filters::HtmlSafe;

use super::level::Level;
use super::state::{Icon, Tone};
use super::words::Words;

/// An open incident, on every page that isn't its own.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_strip.html")]
pub struct Strip {
    /// Its level.
    pub level: Level,
    /// Its title; a drill's begins with DRILL.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Since when, for how long: `since 02:58 CET, 28 min ago`.
    pub since: Words,
    /// Whether it is an exercise.
    pub drill: bool,
}

impl HtmlSafe for Strip {}

impl Strip {
    fn words(&self) -> String {
        if self.drill && !self.title.starts_with("DRILL") {
            format!("DRILL: {}", self.title)
        } else {
            self.title.clone()
        }
    }
}

/// Something about the page or the whole installation.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_banner.html")]
pub struct Banner {
    tone: Tone,
    words: Words,
}

impl HtmlSafe for Banner {}

impl Banner {
    /// Says `words` in `tone`.
    #[must_use]
    pub fn new(tone: Tone, words: impl Into<Words>) -> Banner {
        Banner { tone, words: words.into() }
    }

    /// The connection is not encrypted.
    #[must_use]
    pub fn plain_http() -> Banner {
        Banner::new(Tone::Warn, "Plain http: names and passwords can be read on the way.")
    }

    /// The database is an old copy.
    #[must_use]
    pub fn quarantine(since: &str) -> Banner {
        let words = Words::new()
            .bold("Nothing leaves: ")
            .plain(format!("since {since} this is an old copy of the database. "))
            .link("/jobs", "Look at what waits");
        Banner::new(Tone::Bad, words)
    }

    fn icon(&self) -> Icon {
        self.tone.icon()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drills_strip_says_drill_once_and_first() {
        let words = |title: &str| {
            let (level, href) = (Level::new(2, "Major"), "/incidents/1".to_owned());
            Strip { level, title: title.to_owned(), href, since: "now".into(), drill: true }.words()
        };

        assert_eq!(words("Web server crash"), "DRILL: Web server crash");
        assert_eq!(words("DRILL: Web server crash"), "DRILL: Web server crash");
    }
}
