//! A recovery point as it is told: to whoever reads a list, and to Muster.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::point::Kind;

/// One recovery point, and how far the log reaches from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The engine's name for it.
    pub label: String,
    /// In which repository it lies, as `agent.toml` calls that; empty where an older agent told of it.
    #[serde(default)]
    pub repository: String,
    /// How much it copied.
    pub kind: Kind,
    /// When it ended: the earliest moment that can be restored from it.
    #[serde(with = "time::serde::rfc3339")]
    pub stopped: OffsetDateTime,
    /// Bytes of the restored cluster.
    pub size: u64,
    /// Bytes that it added to the repository.
    pub stored: u64,
    /// The timeline that it was made on.
    pub timeline: u32,
    /// Whether all that opening it takes is there.
    pub opens: bool,
    /// The last segment before the first hole.
    pub unbroken_until: Option<String>,
    /// The time of the last commit in that log, where one is found near its end.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_commit: Option<OffsetDateTime>,
    /// Where the log breaks.
    pub gap: Option<ListedGap>,
    /// The engine found broken pages while it copied.
    pub damaged: bool,
    /// Whether its last proof held; none where it was never proved.
    pub verified: Option<bool>,
    /// When that was made.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub proved_at: Option<OffsetDateTime>,
}

/// Segments that are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedGap {
    /// The first of them.
    pub first: String,
    /// How many are missing in a row.
    pub missing: u64,
    /// How many lie behind, of no use to any restore across the gap.
    pub behind: u64,
}

#[cfg(test)]
impl Listed {
    /// A full one that opens and was never proved.
    pub(crate) fn sample() -> Listed {
        Listed {
            label: "20261114-020000F".to_owned(),
            repository: "disk".to_owned(),
            kind: Kind::Full,
            stopped: time::macros::datetime!(2026-11-14 01:20 UTC),
            size: 1,
            stored: 1,
            timeline: 1,
            opens: true,
            unbroken_until: None,
            last_commit: None,
            gap: None,
            damaged: false,
            verified: None,
            proved_at: None,
        }
    }
}
