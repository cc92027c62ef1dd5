//! A logical dump: what stands in one, how those that there are are told of, and which may go.

use serde::{Deserialize, Serialize};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

use super::retention::Retention;
use super::wal::Lsn;
use crate::domain::cut::cut;

/// Number of a manifest's form; it grows when what stands there changes its meaning.
pub const FORMAT: u32 = 1;
/// Dumps that are told of; of more the newest.
const MOST: usize = 10;
/// Letters that are kept of one text.
const LONGEST: usize = 2_000;
const LABEL: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]-[hour][minute][second]D");

/// The label of a dump that begins now: no engine's backup is called like that.
#[must_use]
pub fn label(now: OffsetDateTime) -> String {
    now.to_offset(time::UtcOffset::UTC).format(LABEL).unwrap_or_else(|_| "D".to_owned())
}

/// What a dump holds, as it was when it was made; it is written last, so that a dump without it is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`] when it was written.
    pub format: u32,
    /// The dump's name.
    pub label: String,
    /// What `agent.toml` calls the database.
    pub database: String,
    /// The cluster's own identifier.
    pub system_identifier: String,
    /// Its version.
    pub server: String,
    /// Where its log was when the dump began.
    pub lsn: Lsn,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub began: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339")]
    pub ended: OffsetDateTime,
    /// All roles but those that every server has.
    pub roles: Vec<String>,
    /// All databases that take connections.
    pub databases: Vec<Dumped>,
    /// Roles, with the hashes of their passwords, and tablespaces, as SQL.
    pub globals: Part,
    /// The server's own settings, file by file as it reads them.
    pub settings: Vec<Part>,
}

/// A file of a dump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name there; of a setting's file its path.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
}

/// One database of a dump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dumped {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: String,
    /// How its letters are kept.
    pub encoding: String,
    /// How they are sorted.
    pub collate: String,
    /// What they are.
    pub ctype: String,
    /// Who knows that: `c` for the system, `i` for ICU, `b` for the server itself.
    pub provider: Option<String>,
    /// By what name that one knows it.
    pub locale: Option<String>,
    /// Bytes that it took in the cluster.
    pub size: u64,
    /// What `pg_dump` made of it.
    pub part: Part,
    /// What extends it.
    pub extensions: Vec<Extension>,
    /// Its tables, with the rows that stand in the dump.
    pub tables: Vec<Counted>,
    /// Functions that only a superuser can make, by their numbers there.
    pub privileged: Vec<u32>,
}

/// An extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where its things lie.
    pub schema: String,
}

/// A table, and how many rows it had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Its rows; none where it could not be counted.
    pub rows: Option<u64>,
}

impl Manifest {
    /// Bytes of the databases in the cluster.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.databases.iter().map(|it| it.size).sum()
    }
}

/// One dump, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dump {
    /// Its name.
    pub label: String,
    /// When it began: it holds what was committed before.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Bytes of its files; none where only its agent's folder knew them.
    pub bytes: Option<u64>,
    /// How many databases it holds.
    pub databases: Option<u64>,
    /// Whether its last proof held; none where it was never proved.
    pub verified: Option<bool>,
    /// When that was made.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub proved_at: Option<OffsetDateTime>,
}

/// The dumps of a database in one repository, as they are told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dumps {
    /// In which repository.
    pub repository: String,
    /// How many there are.
    pub count: u64,
    /// The newest of them, the oldest first.
    #[serde(default)]
    pub newest: Vec<Dump>,
    /// Why none can be made, where that is so.
    #[serde(default)]
    pub unable: Option<String>,
}

impl Dumps {
    /// Of these, the oldest first.
    #[must_use]
    pub fn of(repository: &str, mut all: Vec<Dump>, unable: Option<String>) -> Dumps {
        let count = all.len() as u64;
        all.drain(..all.len().saturating_sub(MOST));
        Dumps { repository: repository.to_owned(), count, newest: all, unable }
    }

    /// The newest.
    #[must_use]
    pub fn last(&self) -> Option<&Dump> {
        self.newest.last()
    }

    /// The newest that was proved, however that ended.
    #[must_use]
    pub fn last_proved(&self) -> Option<&Dump> {
        self.newest.iter().rfind(|dump| dump.verified.is_some())
    }

    /// The same within bounds, by a clock that the agent's is ahead of by so much.
    pub(crate) fn receive(&mut self, ahead: Duration) {
        let surplus = self.newest.len().saturating_sub(MOST);
        self.newest.drain(..surplus);
        self.unable.iter_mut().chain([&mut self.repository]).for_each(|text| cut(text, LONGEST));
        for dump in &mut self.newest {
            dump.at -= ahead;
            dump.proved_at = dump.proved_at.map(|at| at - ahead);
            cut(&mut dump.label, LONGEST);
        }
    }
}

impl Retention {
    /// The dumps that may go, the oldest first: each older than the days, with enough newer ones, and none that
    /// is the newest that a proof has held for.
    #[must_use]
    pub fn dumps_going(self, all: &[Dump], now: OffsetDateTime) -> Vec<String> {
        let mut all: Vec<&Dump> = all.iter().collect();
        all.sort_by_key(|dump| dump.at);
        let proved = all.iter().rfind(|dump| dump.verified == Some(true)).map(|dump| &dump.label);
        let from = now - Duration::days(self.days.into());
        let many = all.len().saturating_sub(self.fulls.max(1) as usize);
        let old = all.into_iter().take(many).filter(|dump| dump.at < from);
        old.filter(|dump| Some(&dump.label) != proved).map(|dump| dump.label.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-30 12:00 UTC);

    fn dump(days_ago: i64, verified: Option<bool>) -> Dump {
        Dump {
            label: format!("{days_ago}D"),
            at: NOW - Duration::days(days_ago),
            bytes: None,
            databases: None,
            verified,
            proved_at: None,
        }
    }

    fn going(all: &[Dump]) -> Vec<String> {
        Retention { days: 3, fulls: 2 }.dumps_going(all, NOW)
    }

    #[test]
    fn a_dump_is_called_by_the_second_in_which_it_began_whatever_the_zone() {
        assert_eq!(label(datetime!(2026-11-14 04:02:09 +1)), "20261114-030209D");
    }

    #[test]
    fn a_dump_goes_when_it_is_old_and_enough_newer_ones_are_there() {
        let daily: Vec<_> = (0..7).rev().map(|days| dump(days, None)).collect();
        assert_eq!(going(&daily), ["6D", "5D", "4D"]);
        assert_eq!(going(&[dump(90, None), dump(80, None)]), [""; 0]);
        assert_eq!(going(&[dump(90, None), dump(80, None), dump(70, None)]), ["90D"]);
        assert_eq!(going(&[]), [""; 0]);
    }

    #[test]
    fn the_newest_that_was_proved_stays_until_a_newer_one_is() {
        let all = |newer| {
            [
                dump(9, Some(true)),
                dump(8, newer),
                dump(7, Some(false)),
                dump(1, None),
                dump(0, None),
            ]
        };
        assert_eq!(going(&all(None)), ["8D", "7D"], "a proof that failed proves nothing");
        assert_eq!(going(&all(Some(true))), ["9D", "7D"]);
    }

    #[test]
    fn of_many_dumps_the_newest_are_told_by_musters_clock_and_in_short_words() {
        let all: Vec<_> = (0..40).rev().map(|days| dump(days, None)).collect();
        let mut told = Dumps::of("disk", all, Some("w".repeat(9_000)));
        assert_eq!((told.count, told.newest.len()), (40, 10));

        told.receive(Duration::HOUR);

        assert_eq!(told.last().unwrap().at, NOW - Duration::HOUR);
        assert_eq!(told.unable.unwrap().len(), 2_000);
    }
}
