//! What would be here, and the button that brings it.

use askama::Template;
use askama::filters::HtmlSafe;

use super::act::Act;

/// Stands where a list would be that has nothing in it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_empty.html")]
pub struct Empty {
    id: String,
    heading: String,
    words: String,
    act: Option<Act>,
}

impl HtmlSafe for Empty {}

impl Empty {
    /// Says what is not here; `id` names it on the page.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        heading: impl Into<String>,
        words: impl Into<String>,
    ) -> Empty {
        Empty { id: id.into(), heading: heading.into(), words: words.into(), act: None }
    }

    /// The button that brings it.
    #[must_use]
    pub fn act(mut self, act: Act) -> Empty {
        self.act = Some(act);
        self
    }
}
