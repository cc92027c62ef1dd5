//! What the public sees. These types have no place for a private title or note.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::civil::Zone;

/// All that the public sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Names this installation's feed for ever.
    pub identity: Uuid,
    /// The organisation, as the public knows it.
    pub organisation: String,
    /// Number that is answered day and night; empty: none.
    pub hotline: String,
    /// Zone of the times on the page.
    pub zone: Zone,
    /// Its parts.
    pub components: Vec<Component>,
    /// What goes on, newest first.
    pub open: Vec<Incident>,
    /// What is over, newest first.
    pub before: Vec<Incident>,
}

/// A part, and how it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its key in the plan.
    pub key: String,
    /// Its name.
    pub name: String,
    /// How it does.
    pub state: State,
    /// Since when it is on the page; what was before is unknown.
    pub known_since: OffsetDateTime,
    /// When it did worse than it should.
    pub past: Vec<Disturbance>,
}

/// A stretch of time in which a part did not do as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disturbance {
    /// How it did.
    pub state: State,
    /// From when.
    pub from: OffsetDateTime,
    /// Until when; none: it goes on.
    pub until: Option<OffsetDateTime>,
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

/// An incident as the public knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// What the public counts it by.
    pub number: i64,
    /// Its public title.
    pub title: String,
    /// Since when.
    pub since: OffsetDateTime,
    /// Until when; none: it goes on.
    pub ended_at: Option<OffsetDateTime>,
    /// When the next word is due.
    pub next_by: Option<OffsetDateTime>,
    /// What was said, newest first.
    pub posts: Vec<Post>,
}

/// Words that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Its place among the posts of its incident, from 1.
    pub number: usize,
    /// The words.
    pub words: String,
    /// When.
    pub at: OffsetDateTime,
    /// The number of the earlier post that this one corrects.
    pub corrects: Option<usize>,
    /// When a later post corrected this one, whose words hold no more.
    pub corrected_at: Option<OffsetDateTime>,
}

impl View {
    /// The view of an installation without a plan.
    #[must_use]
    pub fn empty() -> View {
        View {
            identity: Uuid::nil(),
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

    /// All incidents, whether they go on or not.
    pub(super) fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.open.iter().chain(&self.before)
    }

    /// When time alone will make the page untrue: the next promise to be broken after `now`.
    pub(super) fn untrue_at(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.open.iter().filter_map(|incident| incident.next_by).filter(|at| *at > now).min()
    }
}

impl Post {
    /// Its words, by paragraph and line; blank lines part paragraphs.
    pub(super) fn paragraphs(&self) -> Vec<Vec<&str>> {
        let lines: Vec<&str> = self.words.lines().collect();
        let blank = |line: &&str| line.trim().is_empty();
        lines.split(blank).filter(|lines| !lines.is_empty()).map(<[&str]>::to_vec).collect()
    }
}

impl State {
    /// All states, better before worse.
    pub const ALL: [State; 3] = [State::Working, State::Slow, State::Down];

    /// Its name, for people, in forms and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            State::Working => "working",
            State::Slow => "slow",
            State::Down => "down",
        }
    }

    /// The state of that name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }

    pub(super) fn tone(self) -> &'static str {
        match self {
            State::Working => "good",
            State::Slow => "warn",
            State::Down => "bad",
        }
    }
}
