//! Things in order, with the current one marked.

use askama::Template;
use askama::filters::HtmlSafe;

use super::act::Act;
use super::words::Words;

/// A numbered list: what is to be done, how it stands or the button that does it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_steps.html")]
pub struct Steps(pub Vec<Step>);

impl HtmlSafe for Steps {}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    what: Words,
    stands: Words,
    act: Option<Act>,
    current: bool,
}

impl Step {
    /// Something to be done.
    #[must_use]
    pub fn new(what: impl Into<Words>) -> Step {
        Step { what: what.into(), stands: Words::new(), act: None, current: false }
    }

    /// How it stands, at the end of its line.
    #[must_use]
    pub fn stands(mut self, how: impl Into<Words>) -> Step {
        self.stands = how.into();
        self
    }

    /// The button that does it, instead of how it stands.
    #[must_use]
    pub fn act(mut self, act: Act) -> Step {
        self.act = Some(act);
        self
    }

    /// It is the one that is being done.
    #[must_use]
    pub fn current(mut self) -> Step {
        self.current = true;
        self
    }
}
