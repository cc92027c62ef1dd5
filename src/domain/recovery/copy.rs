//! Copies that were restored beside a cluster that lives: what each shows, what it lacks, and how it differs.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::target::{Wanted, Xid};
use super::wal::Lsn;
use crate::domain::counted::counted;
use crate::domain::cut::cut;
use crate::domain::id::OrderId;

/// Letters that are kept of a name.
const LONGEST: usize = 300;

/// One copy as its host last saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Copied {
    /// Counted from 1, a database.
    pub number: u32,
    /// The order by which it was made; none where that was done by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// From which recovery point.
    pub label: String,
    /// What was asked for.
    pub wanted: Wanted,
    /// Who asked for it.
    pub requester: String,
    /// When it was begun.
    #[serde(with = "time::serde::rfc3339")]
    pub began: OffsetDateTime,
    /// How it stands.
    pub stands: Stands,
    /// When its last commit was; none where there is none since the point ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_commit: Option<OffsetDateTime>,
    /// What lies behind.
    pub beyond: Beyond,
    /// The log ends so many seconds before the moment that was asked for.
    pub short_s: Option<f64>,
    /// Bytes of the recovery point.
    pub size: u64,
    /// How it is read on its host.
    pub read_by: String,
}

/// How one stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stands {
    /// Somebody restores it, or moves it on.
    AtIt,
    /// Whoever restored it was ended.
    Interrupted,
    /// It runs, read-only.
    Open {
        /// Until where it was replayed.
        at: Lsn,
        /// So many tables and indexes can't be read in it.
        locked: u64,
    },
    /// It is there, and its server does not run.
    Asleep,
}

/// The commits behind a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Beyond {
    /// How many.
    pub commits: u64,
    /// Where the first is.
    pub from: Option<Lsn>,
    /// When the first was.
    #[serde(with = "time::serde::rfc3339::option")]
    pub first: Option<OffsetDateTime>,
    /// When the last was.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last: Option<OffsetDateTime>,
}

/// What one transaction did to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Changes {
    /// Rows that it put in.
    pub inserted: u64,
    /// Rows that it changed.
    pub updated: u64,
    /// Rows that it took out.
    pub deleted: u64,
}

/// A transaction that was committed and took something away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspect {
    /// Its number.
    pub xid: Xid,
    /// When it was committed.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What it did to the table's rows.
    pub changes: Changes,
    /// The table's file was made by it: it was emptied, or written anew.
    pub anew: bool,
    /// So many files of each database were removed by it.
    pub removed: Vec<(String, usize)>,
}

/// What was found in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspects {
    /// In the order in which they were committed.
    pub found: Vec<Suspect>,
    /// From when on the log was looked through.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// The database that the table is in.
    pub database: Option<String>,
    /// So many older ones are not named here.
    #[serde(default)]
    pub more: usize,
}

/// A table that does not have as many rows in the one as in the other, so far as they could be counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The database.
    pub database: String,
    /// The table, as SQL writes it.
    pub table: String,
    /// In the cluster that lives.
    pub live: Rows,
    /// In the copy.
    pub copy: Rows,
}

/// The rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rows {
    /// So many.
    Counted(u64),
    /// They could not be counted within five seconds of waiting, or at all.
    Unknown,
    /// There is no such table.
    #[default]
    NoTable,
}

impl Beyond {
    /// One more, which is committed at this place and moment.
    pub fn count(&mut self, lsn: Lsn, at: OffsetDateTime) {
        self.commits += 1;
        self.from.get_or_insert(lsn);
        self.first.get_or_insert(at);
        self.last = Some(at);
    }
}

impl Changes {
    /// Whether anything that was there is another now, or gone.
    #[must_use]
    pub const fn hurts(&self) -> bool {
        self.updated + self.deleted > 0
    }

    /// Counts others with these.
    pub const fn add(&mut self, other: Changes) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.deleted += other.deleted;
    }
}

impl Copied {
    /// The same within bounds and by Muster's clock, which the host's is ahead of by so much. What it shows is
    /// told by the database's own clock, as the log has it.
    pub(in crate::domain) fn receive(&mut self, ahead: Duration) {
        self.began -= ahead;
        [&mut self.label, &mut self.requester, &mut self.read_by]
            .into_iter()
            .for_each(|text| cut(text, LONGEST));
        if let Wanted::Named(name) = &mut self.wanted {
            cut(name, LONGEST);
        }
    }
}

impl Suspect {
    /// What it did, in words.
    #[must_use]
    pub fn deeds(&self) -> String {
        let changes = self.changes;
        let counts = [
            (changes.deleted, "deleted"),
            (changes.updated, "changed"),
            (changes.inserted, "put in"),
        ];
        let rows = counts.iter().filter(|(rows, _)| *rows > 0);
        let mut words: Vec<_> =
            rows.map(|(rows, deed)| format!("{} {deed}", counted(*rows, "row"))).collect();
        if self.anew {
            words.push(
                "emptied it, or wrote it anew (its rows before that: look at a copy)".to_owned(),
            );
        }
        for (database, files) in &self.removed {
            words.push(format!("{} of {database} removed", counted(*files as u64, "file")));
        }
        words.join(", ")
    }
}

impl Suspects {
    /// The newest of them, within bounds.
    pub(in crate::domain) fn receive(&mut self, most: usize) {
        let older = self.found.len().saturating_sub(most);
        self.found.drain(..older);
        self.more = self.more.saturating_add(older);
        self.database.iter_mut().for_each(|text| cut(text, LONGEST));
        for suspect in &mut self.found {
            suspect.removed.truncate(most);
            suspect.removed.iter_mut().for_each(|(name, _)| cut(name, LONGEST));
        }
    }
}

impl Difference {
    /// By how many rows the copy has more; none where that is not known.
    #[must_use]
    pub fn more(&self) -> Option<i128> {
        Some(i128::from(self.copy.number()?) - i128::from(self.live.number()?))
    }

    pub(in crate::domain) fn receive(&mut self) {
        [&mut self.database, &mut self.table].into_iter().for_each(|text| cut(text, LONGEST));
    }
}

impl Rows {
    /// In words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Rows::Counted(rows) => rows.to_string(),
            Rows::Unknown => "unknown".to_owned(),
            Rows::NoTable => "no table".to_owned(),
        }
    }

    const fn number(self) -> Option<u64> {
        match self {
            Rows::Counted(rows) => Some(rows),
            Rows::NoTable => Some(0),
            Rows::Unknown => None,
        }
    }
}
