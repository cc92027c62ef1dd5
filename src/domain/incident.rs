//! An incident and its life: declared, recovering, stable, closed; or a false alarm.

use std::fmt;
use std::str::FromStr;

use time::OffsetDateTime;

use super::id::{IncidentId, PersonId, StreamId};

mod affected;
mod life;
mod merge;
mod prepared;
mod proposal;
mod rto;
mod telling;
mod tick;

pub use affected::{Affected, Outage, WHOLE, restored_at};
pub use life::{ACTING, HOLD, Refusal, Undone, WATCH, held_until, open_items};
pub use merge::Stand;
pub use prepared::{Next, Notice, Prepared};
pub use proposal::{Proposal, proposal};
pub use rto::{Rto, RtoState, of_function, worst};
pub use telling::{Change, audiences, due, readers, word_every};
pub use tick::{Place, Progress, Tick, before_closing, left_to_check};

/// Whether it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It happens.
    Real,
    /// An exercise: says DRILL first in all that leaves, and publishes nothing.
    Drill,
}

/// Where it stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Declared; people are being called.
    Declared,
    /// Somebody is at work on it.
    Recovering,
    /// All is restored; it is being watched.
    Stable,
    /// Over.
    Closed,
    /// There was nothing.
    FalseAlarm,
    /// It is the same as another incident, which goes on for both.
    Merged,
}

/// One incident, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Its identity, and its stream's.
    pub id: IncidentId,
    /// Whether it is meant.
    pub kind: Kind,
    /// 1 to 4.
    pub level: u8,
    /// Where it stands.
    pub phase: Phase,
    /// The revision of the plan that was in force when it was declared.
    pub revision: i32,
    /// What responders call it.
    pub title: String,
    /// What the public calls it; empty: the level's words alone.
    pub public_title: String,
    /// When it began to hurt.
    pub impact_start: OffsetDateTime,
    /// Whether somebody has said so, or it was only assumed.
    pub impact_confirmed: bool,
    /// When it was noticed.
    pub detected_at: Option<OffsetDateTime>,
    /// When it was declared.
    pub declared_at: OffsetDateTime,
    /// By whom: the acting commander until somebody takes command.
    pub declared_by: PersonId,
    /// When the first paged person answered.
    pub answered_at: Option<OffsetDateTime>,
    /// When the last function was restored.
    pub recovered_at: Option<OffsetDateTime>,
    /// Since when the phase holds.
    pub phase_since: OffsetDateTime,
    /// When it was closed, or called a false alarm.
    pub ended_at: Option<OffsetDateTime>,
    /// When it was opened again.
    pub reopened_at: Option<OffsetDateTime>,
    /// Who pressed "I take command".
    pub commander: Option<PersonId>,
    /// Since when.
    pub commander_since: Option<OffsetDateTime>,
    /// Until then nothing is sent, and the last press can be undone.
    pub held_until: Option<OffsetDateTime>,
    /// The level that an Undo returns to, after a raise.
    pub raised_from: Option<u8>,
    /// The incident that goes on for this one.
    pub merged_into: Option<IncidentId>,
    /// Counts changes, so that a second writer sees the first.
    pub version: i32,
}

/// What a declaration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its identity, made by the form.
    pub id: IncidentId,
    /// Whether it is meant.
    pub kind: Kind,
    /// 1 to 4.
    pub level: u8,
    /// The revision in force.
    pub revision: i32,
    /// What responders call it at first.
    pub title: String,
    /// Who declares.
    pub by: PersonId,
}

impl Incident {
    /// A new incident: impact from now on, not confirmed; grave ones are held.
    #[must_use]
    pub fn declared(draft: Draft, now: OffsetDateTime) -> Incident {
        Incident {
            id: draft.id,
            kind: draft.kind,
            level: draft.level,
            phase: Phase::Declared,
            revision: draft.revision,
            title: draft.title,
            public_title: String::new(),
            impact_start: now,
            impact_confirmed: false,
            detected_at: None,
            declared_at: now,
            declared_by: draft.by,
            answered_at: None,
            recovered_at: None,
            phase_since: now,
            ended_at: None,
            reopened_at: None,
            commander: None,
            commander_since: None,
            held_until: held_until(draft.level, now),
            raised_from: None,
            merged_into: None,
            version: 1,
        }
    }

    /// The stream of its timeline.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        StreamId(self.id.0)
    }

    /// Whether it is an exercise.
    #[must_use]
    pub fn is_drill(&self) -> bool {
        self.kind == Kind::Drill
    }

    /// Whether it goes on.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Whether the last press can still be undone.
    #[must_use]
    pub fn is_held(&self, now: OffsetDateTime) -> bool {
        self.is_open() && self.held_until.is_some_and(|until| now < until)
    }
}

impl Kind {
    /// Its name in the database and in forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Real => "real",
            Kind::Drill => "drill",
        }
    }
}

impl Phase {
    /// Its name in the database, where a merged one is closed, and says into which.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Phase::Declared => "declared",
            Phase::Recovering => "recovering",
            Phase::Stable => "stable",
            Phase::Closed | Phase::Merged => "closed",
            Phase::FalseAlarm => "false-alarm",
        }
    }
}

/// A name that no release writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no kind, phase or outage of an incident")]
pub struct Unknown(pub String);

impl FromStr for Kind {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Kind, Unknown> {
        [Kind::Real, Kind::Drill]
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| Unknown(name.to_owned()))
    }
}

impl FromStr for Phase {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Phase, Unknown> {
        [Phase::Declared, Phase::Recovering, Phase::Stable, Phase::Closed, Phase::FalseAlarm]
            .into_iter()
            .find(|phase| phase.name() == name)
            .ok_or_else(|| Unknown(name.to_owned()))
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::Declared => "Declared",
            Phase::Recovering => "Recovering",
            Phase::Stable => "Stable",
            Phase::Closed => "Closed",
            Phase::FalseAlarm => "False alarm",
            Phase::Merged => "Merged",
        })
    }
}
