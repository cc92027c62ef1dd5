//! What the public sees. These types have no place for a private title or note.

use time::OffsetDateTime;

use crate::domain::civil::Zone;

/// All that the public sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The organisation, as the public knows it.
    pub organisation: String,
    /// Number that is answered day and night; empty: none.
    pub hotline: String,
    /// Zone of the times on the page.
    pub zone: Zone,
    /// Its parts.
    pub components: Vec<Component>,
    /// What goes on, newest first.
    pub open: Vec<Open>,
    /// What is over, newest first.
    pub before: Vec<Ended>,
}

/// A part, and how it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// How it does.
    pub state: State,
}

/// How a part does, better before worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As it should.
    Working,
    /// Slower than it should.
    Slow,
    /// Not at all.
    Down,
}

/// An incident that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Its public title.
    pub title: String,
    /// Since when.
    pub since: OffsetDateTime,
    /// When the next word is due.
    pub next_by: Option<OffsetDateTime>,
    /// What was said, newest first.
    pub posts: Vec<Post>,
}

/// Words that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The words.
    pub words: String,
    /// When.
    pub at: OffsetDateTime,
}

/// An incident that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its public title.
    pub title: String,
    /// Since when.
    pub since: OffsetDateTime,
    /// Until when.
    pub ended_at: OffsetDateTime,
}

impl View {
    /// The view of an installation without a plan.
    #[must_use]
    pub fn empty() -> View {
        View {
            organisation: "Service".to_owned(),
            hotline: String::new(),
            zone: Zone::utc(),
            components: Vec::new(),
            open: Vec::new(),
            before: Vec::new(),
        }
    }

    /// The worst state of all parts; an open incident without any is at least amber.
    pub(super) fn worst(&self) -> State {
        let parts = self.components.iter().map(|component| component.state).max();
        let floor = if self.open.is_empty() { State::Working } else { State::Slow };
        parts.unwrap_or(State::Working).max(floor)
    }
}

impl State {
    /// Its name, for people and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            State::Working => "working",
            State::Slow => "slow",
            State::Down => "down",
        }
    }

    /// The state of that name; what is not known to be less is down.
    #[must_use]
    pub fn named(name: &str) -> State {
        if name == "slow" { State::Slow } else { State::Down }
    }

    pub(super) fn tone(self) -> &'static str {
        match self {
            State::Working => "good",
            State::Slow => "warn",
            State::Down => "bad",
        }
    }

    pub(super) fn icon(self) -> &'static str {
        self.tone()
    }
}
