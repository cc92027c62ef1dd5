//! A recovery point: one base backup, from which a restore begins.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::wal::{Lsn, Segment};

/// How much a backup copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Everything.
    Full,
    /// What changed since the last full one.
    Differential,
    /// What changed since the last one of any kind.
    Incremental,
}

impl Kind {
    /// Its name on pages and in lists.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Full => "full",
            Kind::Differential => "differential",
            Kind::Incremental => "incremental",
        }
    }
}

/// One base backup that lies in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The engine's name for it.
    pub label: String,
    /// How much it copied.
    pub kind: Kind,
    /// The backup that it builds on.
    pub prior: Option<String>,
    /// When it began.
    pub started: OffsetDateTime,
    /// When it ended: the earliest moment that can be restored from it.
    pub stopped: OffsetDateTime,
    /// The first segment that a restore needs.
    pub first: Segment,
    /// The last segment without which it can't be opened.
    pub last: Segment,
    /// Where it ended.
    pub stop: Lsn,
    /// Bytes of the restored cluster.
    pub size: u64,
    /// Bytes that it added to the repository.
    pub stored: u64,
    /// The engine found broken pages while it copied.
    pub damaged: bool,
}
