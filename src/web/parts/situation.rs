//! Head of each page of an incident: level, title, up to three clocks; and its links for phones.

use askama::Template;
use askama::filters::HtmlSafe;

use super::clock::Clock;
use super::level::Level;
use super::words::Words;

/// Level and title left, clocks right; the live stream swaps it by its id.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_situation.html")]
pub struct Situation {
    /// The level as it is now.
    pub level: Level,
    /// Beside it: `Recovering since 03:16 CET`.
    pub phase: Words,
    /// The page's one `h1`; a drill's begins with DRILL.
    pub heading: String,
    /// Up to three.
    pub clocks: Vec<Clock>,
    /// Across the whole page, where that has columns of another kind.
    pub wide: bool,
}

impl Situation {
    /// The kinds of entries after which it reads another way; its clocks may at any.
    fn changed_by(&self) -> &'static str {
        if self.clocks.is_empty() { "level phase edited undone" } else { "" }
    }
}

impl HtmlSafe for Situation {}

/// Four links, always in reach of a thumb; phones only, below an incident.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_acts.html")]
pub struct Acts {
    /// Address and words of each.
    pub links: Vec<(String, String)>,
}

impl HtmlSafe for Acts {}
