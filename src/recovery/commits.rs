//! Transactions in the write-ahead log: what each committed, where, and what it changed of one table. Read by the
//! server's own `pg_waldump`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use time::OffsetDateTime;

use super::tool::{Answer, Tool};
use super::waldump::{committed, position};
use super::{Error, Result};
use crate::domain::recovery::{Changes, Lsn, SegmentSize, Xid};

const DOING: &str = "reading the log";

/// One segment of the log, in a folder where the next one lies too, if there is one: records go on from one to the other.
#[derive(Debug, Clone)]
pub struct Stretch {
    /// The server's `pg_waldump`.
    pub waldump: PathBuf,
    /// The folder.
    pub folder: PathBuf,
    /// The timeline by which the files there are named.
    pub timeline: u32,
    /// Where it begins: where a record does, or a segment.
    pub from: Lsn,
    /// Its segment.
    pub number: u64,
    /// The size of segments.
    pub size: SegmentSize,
    /// Whether the next one lies there.
    pub goes_on: bool,
}

/// How reading a stretch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// All of it was read.
    Through,
    /// The log ends within it.
    Ends,
    /// It was said that this is enough.
    Enough,
}

/// A transaction that was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its number.
    pub xid: Xid,
    /// Those that it consisted of besides.
    pub parts: Vec<Xid>,
    /// When.
    pub at: OffsetDateTime,
    /// Where its record begins.
    pub lsn: Lsn,
    /// The files that it removed: tables and indexes that were dropped, emptied, or written anew.
    pub removed: Vec<String>,
}

/// Where a table lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The tablespace's number.
    pub space: u32,
    /// The database's.
    pub database: u32,
    /// The file's.
    pub file: u32,
}

impl Stretch {
    /// Goes through its commits, until `more` says that it is enough.
    ///
    /// # Errors
    /// When it can't be read at all.
    pub async fn commits(&self, mut more: impl FnMut(Commit) -> bool) -> Result<Read> {
        let tool = self.tool().arg("--rmgr=Transaction");
        self.read(tool, |line| Commit::of(line).is_none_or(&mut more)).await
    }

    /// Counts what each transaction did to a table, committed or not.
    ///
    /// # Errors
    /// When it can't be read at all.
    pub async fn changes(
        &self,
        of: &Relation,
        counted: &mut BTreeMap<Xid, Changes>,
    ) -> Result<Read> {
        let Relation { space, database, file } = of;
        let tool = self.tool().arg(format!("--relation={space}/{database}/{file}"));
        self.read(tool, |line| {
            if let Some((xid, change)) = changed(line) {
                counted.entry(xid).or_default().add(change);
            }
            true
        })
        .await
    }

    /// Where its last whole record begins; none where none does here.
    ///
    /// # Errors
    /// When it can't be read at all.
    pub async fn last_record(&self) -> Result<Option<Lsn>> {
        let mut last = None;
        self.read(self.tool(), |line| {
            last = position(line).or(last);
            true
        })
        .await?;
        Ok(last)
    }

    /// Which transaction made the file of a table, if one did here.
    ///
    /// # Errors
    /// When it can't be read at all.
    pub async fn maker(&self, of: &Relation) -> Result<Option<Xid>> {
        let ending = format!("/{}/{}", of.database, of.file);
        let mut found = None;
        let tool = self.tool().arg("--rmgr=Storage");
        self.read(tool, |line| {
            if line.split_once("desc: CREATE ").is_some_and(|(_, path)| path.ends_with(&ending)) {
                found = number(line);
            }
            found.is_none()
        })
        .await?;
        Ok(found)
    }

    /// Where a restore point of that name was made, if it was here.
    ///
    /// # Errors
    /// When it can't be read at all.
    pub async fn restore_point(&self, name: &str) -> Result<Option<Lsn>> {
        let wanted = format!("desc: RESTORE_POINT {name}");
        let mut found = None;
        let tool = self.tool().arg("--rmgr=XLOG");
        self.read(tool, |line| {
            if line.ends_with(&wanted) {
                found = position(line);
            }
            found.is_none()
        })
        .await?;
        Ok(found)
    }

    fn tool(&self) -> Tool {
        let ends = self.number + if self.goes_on { 2 } else { 1 };
        Tool::new(&self.waldump)
            .arg(format!("--timeline={}", self.timeline))
            .arg(format!("--start={}", self.from))
            .arg(format!("--end={}", Lsn(ends * self.size.bytes())))
            .arg("--path")
            .arg(&self.folder)
    }

    /// Records that begin in the next segment are read with that.
    async fn read(&self, tool: Tool, mut more: impl FnMut(&str) -> bool) -> Result<Read> {
        let next = Lsn((self.number + 1) * self.size.bytes());
        let mut stopped = None;
        let answer = tool
            .follow(|line| {
                let beyond = position(line).is_some_and(|lsn| lsn >= next);
                stopped = match beyond {
                    true => Some(Read::Through),
                    false => (!more(line)).then_some(Read::Enough),
                };
                stopped.is_none()
            })
            .await?;
        match stopped {
            Some(how) => Ok(how),
            None => self.how_it_ended(&answer),
        }
    }

    fn how_it_ended(&self, answer: &Answer) -> Result<Read> {
        let said = |words: &str| answer.errors.contains(words);
        if answer.ended_well {
            return Ok(Read::Through);
        }
        // Where one record fills all of it, none begins here.
        if said("could not find a valid record") {
            return Ok(if self.goes_on { Read::Through } else { Read::Ends });
        }
        if said("error in WAL record at") {
            return Ok(Read::Ends);
        }
        Err(Error::Engine { doing: DOING, said: answer.complaint() })
    }
}

impl Commit {
    /// Reads `… tx: 726, lsn: 0/00D16380, prev 0/00D14338, desc: COMMIT 2026-…; rels: base/5/1; subxacts: 727`.
    fn of(line: &str) -> Option<Commit> {
        let at = committed(line)?;
        let said: Vec<&str> = line.split_once("desc: ")?.1.split("; ").collect();
        let list = |name: &str| {
            let found = said.iter().find_map(|part| part.strip_prefix(name));
            found.unwrap_or_default().split_whitespace()
        };
        let prepared = said.first()?.strip_prefix("COMMIT_PREPARED ");
        let prepared = prepared.and_then(|it| it.split(':').next()?.parse().ok());
        Some(Commit {
            xid: prepared.or_else(|| number(line))?,
            parts: list("subxacts: ").filter_map(|it| it.parse().ok()).collect(),
            at,
            lsn: position(line)?,
            removed: list("rels: ").map(str::to_owned).collect(),
        })
    }

    /// Whether it is that transaction, or one of which that is a part.
    #[must_use]
    pub fn is(&self, xid: Xid) -> bool {
        self.xid == xid || self.parts.contains(&xid)
    }
}

/// Reads `… tx: 4042, … desc: DELETE off 3 …`.
fn changed(line: &str) -> Option<(Xid, Changes)> {
    let mut words = line.split_once("desc: ")?.1.split([' ', '+', ',']);
    let change = match words.next()? {
        "INSERT" => Changes { inserted: 1, ..Changes::default() },
        "MULTI_INSERT" => {
            let rows = words.find_map(|word| word.parse().ok()).unwrap_or(1);
            Changes { inserted: rows, ..Changes::default() }
        }
        "UPDATE" | "HOT_UPDATE" => Changes { updated: 1, ..Changes::default() },
        "DELETE" => Changes { deleted: 1, ..Changes::default() },
        _ => return None,
    };
    Some((number(line)?, change))
}

/// Reads `… tx:        726, …`.
fn number(line: &str) -> Option<Xid> {
    line.split_once(" tx: ")?.1.split(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const HEAD: &str = "rmgr: Transaction len (rec/tot):     34/    34, tx:        726, \
                        lsn: 0/00D16380, prev 0/00D14338, desc: ";

    #[test]
    fn a_commit_is_read_with_all_that_it_consists_of_and_removed() {
        let said = "COMMIT 2026-11-27 07:19:36.430912 UTC; rels: base/5/16384 base/5/16388; \
                    dropped stats: 2/5/16384; subxacts: 727 729; inval msgs: catcache 7";

        let commit = Commit::of(&format!("{HEAD}{said}")).unwrap();

        assert_eq!(commit.at, datetime!(2026-11-27 07:19:36.430912 UTC));
        assert_eq!(commit.lsn, Lsn(0xD1_6380));
        assert_eq!(commit.removed, ["base/5/16384", "base/5/16388"]);
        assert!([726, 727, 729].map(Xid).iter().all(|xid| commit.is(*xid)));
        assert!(!commit.is(Xid(728)));

        let only_parts = "COMMIT 2026-11-27 07:19:36.430912 UTC; subxacts: 727";
        let commit = Commit::of(&format!("{HEAD}{only_parts}")).unwrap();
        assert_eq!((commit.removed.len(), commit.parts), (0, vec![Xid(727)]));

        let prepared = "COMMIT_PREPARED 731: 2026-11-27 07:19:36.430912 UTC";
        assert_eq!(Commit::of(&format!("{HEAD}{prepared}")).unwrap().xid, Xid(731));
        assert_eq!(Commit::of(&format!("{HEAD}ABORT 2026-11-27 07:19:36.430912 UTC")), None);
    }

    #[test]
    fn changes_are_counted_by_what_was_done() {
        let of = |said: &str| changed(&format!("{HEAD}{said}")).map(|it| it.1);
        assert_eq!(of("DELETE off 3 flags 0x00").unwrap().deleted, 1);
        assert_eq!(of("HOT_UPDATE off 3 xmax 7").unwrap().updated, 1);
        assert_eq!(of("INSERT+INIT off 1").unwrap().inserted, 1);
        assert_eq!(of("PRUNE latestRemovedXid 3"), None);
        for said in
            ["MULTI_INSERT+INIT 60 tuples flags 0x02", "MULTI_INSERT ntuples: 60, flags: 0x02"]
        {
            let change = of(said).unwrap();
            assert_eq!((change.inserted, change.hurts()), (60, false), "{said}");
        }
    }
}
