//! The report after an incident: written along the plan's outline, with what is to be done about it.

mod export;
mod outline;

use std::fmt;
use std::str::FromStr;

use time::{Duration, OffsetDateTime};

use super::civil::Day;
use super::id::{EntryId, IncidentId, PersonId};
use super::plan::document::{Plan, PostMortem};

pub use export::{Exported, markdown};
pub use outline::{Begun, Starred, Witnessed, begin};

/// When it is due after recovery, where the plan says nothing.
const USUAL: Duration = Duration::hours(48);

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is being written.
    Draft,
    /// Somebody else has read it.
    Reviewed,
    /// It is done, and no longer changed.
    Published,
}

/// The report of one incident, without its sections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Of which incident.
    pub incident: IncidentId,
    /// How far it is.
    pub state: State,
    /// Who said so.
    pub state_by: Option<PersonId>,
    /// Since when.
    pub state_since: OffsetDateTime,
    /// When it is to be published.
    pub due_at: OffsetDateTime,
}

/// One chapter of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its place, from 1.
    pub place: i16,
    /// Its heading.
    pub heading: String,
    /// What the plan asks in it.
    pub asks: Vec<String>,
    /// What is written, in Markdown.
    pub words: String,
    /// Counts changes, so that a second writer sees the first.
    pub version: i32,
    /// Who changed it last.
    pub edited_by: Option<PersonId>,
}

/// Something to be done so that it does not happen again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionItem {
    /// Identity, made by the form.
    pub id: EntryId,
    /// Of which report.
    pub incident: IncidentId,
    /// What is to be done.
    pub what: String,
    /// Who sees to it.
    pub owner: Option<PersonId>,
    /// By which day.
    pub due_on: Option<Day>,
    /// How much it matters.
    pub priority: Priority,
    /// The follow-up window that it belongs to; empty: none.
    pub window: String,
    /// When it was done, and who said so.
    pub done: Option<(OffsetDateTime, PersonId)>,
    /// Counts changes.
    pub version: i32,
}

/// How much an action item matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// First.
    High,
    /// Then.
    Medium,
    /// Last.
    Low,
}

/// A name that no release writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no state or priority of a post-mortem")]
pub struct Unknown(pub String);

impl State {
    /// All of them, in order.
    pub const ALL: [State; 3] = [State::Draft, State::Reviewed, State::Published];

    /// Its name in the database and in forms, and as people say it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Reviewed => "reviewed",
            State::Published => "published",
        }
    }
}

impl Priority {
    /// All of them, in order.
    pub const ALL: [Priority; 3] = [Priority::High, Priority::Medium, Priority::Low];

    /// Its name in the database and in forms, and as people say it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Priority::High => "high",
            Priority::Medium => "medium",
            Priority::Low => "low",
        }
    }
}

impl FromStr for State {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<State, Unknown> {
        let found = State::ALL.into_iter().find(|state| state.name() == name);
        found.ok_or_else(|| Unknown(name.to_owned()))
    }
}

impl FromStr for Priority {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Priority, Unknown> {
        let found = Priority::ALL.into_iter().find(|priority| priority.name() == name);
        found.ok_or_else(|| Unknown(name.to_owned()))
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Section {
    /// Whether the action items belong into it.
    #[must_use]
    pub fn holds_items(&self) -> bool {
        self.heading.to_lowercase().contains("action item")
    }
}

/// When the report is due for what recovered then.
#[must_use]
pub fn due(plan: &Plan, recovered: OffsetDateTime) -> OffsetDateTime {
    let PostMortem { within, .. } = &plan.post_mortem;
    let within = if within.as_seconds() == 0 { USUAL } else { within.duration() };
    recovered + within
}
