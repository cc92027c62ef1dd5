//! A level: its number in its colour, then the plan's name for it.

use askama::Template;
use askama::filters::HtmlSafe;

/// A level as pages show it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_level.html")]
pub struct Level {
    /// 1 to 4.
    pub number: u8,
    /// The plan's name for it.
    pub name: String,
}

impl HtmlSafe for Level {}

impl Level {
    /// Level `number`, as the plan names it.
    #[must_use]
    pub fn new(number: u8, name: impl Into<String>) -> Level {
        Level { number, name: name.into() }
    }
}
