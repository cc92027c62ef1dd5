//! The one next thing that is due, and its button. Once a page.

use askama::Template;
use askama::filters::HtmlSafe;

use super::act::Act;
use super::state::Tone;
use super::words::Words;

/// What is due, until when, what comes then, and the button.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_due.html")]
pub struct Due {
    id: String,
    tone: Option<Tone>,
    heading: Words,
    then: Words,
    acts: Vec<Act>,
}

impl HtmlSafe for Due {}

impl Due {
    /// Due later.
    #[must_use]
    pub fn next(heading: impl Into<Words>) -> Due {
        Due {
            id: "due".to_owned(),
            tone: None,
            heading: heading.into(),
            then: Words::new(),
            acts: Vec::new(),
        }
    }

    /// Being held: it can still be undone.
    #[must_use]
    pub fn held(heading: impl Into<Words>) -> Due {
        Due { tone: Some(Tone::Warn), ..Due::next(heading) }
    }

    /// Past its time.
    #[must_use]
    pub fn overdue(heading: impl Into<Words>) -> Due {
        Due { tone: Some(Tone::Bad), ..Due::next(heading) }
    }

    /// Another id than `due`, where a page shows more than one.
    #[must_use]
    pub fn named(mut self, id: impl Into<String>) -> Due {
        self.id = id.into();
        self
    }

    /// The small line below: what comes after it.
    #[must_use]
    pub fn then(mut self, then: impl Into<Words>) -> Due {
        self.then = then.into();
        self
    }

    /// The button that does it; then those for the other answers.
    #[must_use]
    pub fn act(mut self, act: Act) -> Due {
        self.acts.push(act);
        self
    }
}
