//! Timers of an incident: rows that fire once, across servers and restarts.

use std::str::FromStr;

use time::OffsetDateTime;

use super::id::IncidentId;

/// What a clock is for; with its key and generation it names one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A paged role's next step; key: the role, generation: the step.
    Escalate,
    /// A person who has it has been silent; key: the person.
    Silent,
    /// The impact outlasts the level's usual downtime; key: the level.
    Outlast,
    /// An audience is due; key: the audience, generation: how often it was told.
    Tell,
    /// The hold is over and the first public words go out.
    Publish,
    /// A task should be done by now; key: the task.
    Task,
    /// The post-mortem should be published by now.
    Report,
}

/// One timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Whose.
    pub incident: IncidentId,
    /// What for.
    pub kind: Kind,
    /// Which one of its kind.
    pub key: String,
    /// Which turn of it.
    pub generation: i32,
    /// When it fires.
    pub due_at: OffsetDateTime,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 7] = [
        Kind::Escalate,
        Kind::Silent,
        Kind::Outlast,
        Kind::Tell,
        Kind::Publish,
        Kind::Task,
        Kind::Report,
    ];

    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Escalate => "escalate",
            Kind::Silent => "silent",
            Kind::Outlast => "outlast",
            Kind::Tell => "tell",
            Kind::Publish => "publish",
            Kind::Task => "task",
            Kind::Report => "report",
        }
    }
}

/// A name that is no kind of clock.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no kind of clock")]
pub struct UnknownKind(pub String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Kind, UnknownKind> {
        Kind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| UnknownKind(name.to_owned()))
    }
}
