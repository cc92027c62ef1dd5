//! What a proof leaves behind: what was asked, what was reached, what was found, and how long it took.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::wal::Lsn;

/// Number of the document's form; it grows when what stands there changes its meaning.
pub const FORMAT: u32 = 1;

/// The evidence of one proof. It is not signed yet, and says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// [`FORMAT`] when it was written.
    pub format: u32,
    /// Its identity.
    pub id: Uuid,
    /// The incident for which it was made; none for a daily proof.
    pub incident: Option<Uuid>,
    /// Whether it was a drill.
    pub drill: bool,
    /// The site; none on a host that never joined one.
    pub site: Option<String>,
    /// The database's name in `agent.toml`.
    pub database: String,
    /// The cluster's own identifier.
    pub system_identifier: String,
    /// From which repository.
    pub repository: String,
    /// From which backup.
    pub label: String,
    /// What was asked.
    pub asked: Target,
    /// What was reached; none when it could not be opened.
    pub reached: Option<Target>,
    /// What did the work.
    pub engines: Engines,
    /// Who asked: a user of the host.
    pub requester: String,
    /// Who approved; a proof needs nobody.
    pub approvals: Vec<String>,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub began: OffsetDateTime,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// What was looked at, and what was found.
    pub checks: Vec<Check>,
    /// Bytes that were restored.
    pub bytes: u64,
    /// From the first step until the database answered.
    pub recovery_time_s: Option<f64>,
    /// What would have been lost by this restore: none when nothing, or when it is not known.
    pub data_loss: Option<DataLoss>,
    /// Whether it holds.
    pub holds: bool,
    /// The head of the timeline that this was noted in before; none without a server.
    pub previous_head: Option<String>,
    /// The signature; none yet.
    pub signature: Option<String>,
}

impl Evidence {
    /// What kept it from holding, in words.
    #[must_use]
    pub fn troubles(&self) -> Vec<String> {
        let steps = self.steps.iter().filter(|step| !step.done);
        let steps = steps.map(|step| format!("{}: {}", step.name, step.outcome));
        let checks = self.checks.iter().filter(|check| !check.good);
        let checks =
            checks.map(|it| format!("{}: {} instead of {}", it.name, it.found, it.expected));
        steps.chain(checks).collect()
    }

    /// How long the restore took until the database answered, in seconds.
    #[must_use]
    pub fn lasted(&self) -> Option<time::Duration> {
        self.recovery_time_s.map(time::Duration::seconds_f64)
    }
}

/// A place to recover to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The timeline; none while it is not known.
    pub timeline: Option<u32>,
    /// The position.
    pub lsn: Lsn,
    /// The last commit's time, where one was replayed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub time: Option<OffsetDateTime>,
}

/// The versions of what did the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engines {
    /// Muster's.
    pub muster: String,
    /// pgBackRest's.
    pub pgbackrest: String,
    /// The server's.
    pub postgres: String,
}

/// From when to when something would be lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataLoss {
    /// The oldest commit that would be lost.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// When that was said.
    #[serde(with = "time::serde::rfc3339")]
    pub to: OffsetDateTime,
    /// Between them, in seconds.
    pub s: i64,
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What.
    pub name: String,
    /// From when.
    #[serde(with = "time::serde::rfc3339")]
    pub start: OffsetDateTime,
    /// Until when.
    #[serde(with = "time::serde::rfc3339")]
    pub end: OffsetDateTime,
    /// How it ended, in words.
    pub outcome: String,
    /// Whether it ended well.
    pub done: bool,
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What.
    pub name: String,
    /// What there should be.
    pub expected: String,
    /// What there is.
    pub found: String,
    /// Whether the proof can hold with it.
    pub good: bool,
}
