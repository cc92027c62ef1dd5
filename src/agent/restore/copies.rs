//! What was restored beside the cluster that lives: numbered, each in a folder of its own with a note of what it is.

use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::super::{Host, Protected, Result, notes};
use super::Refusal;
use crate::domain::counted::counted;
use crate::domain::id::OrderId;
use crate::domain::recovery::target::said;
use crate::domain::recovery::{Beyond, Copied, Lsn, Stands, Wanted};
use crate::pgserver::{DataLock, scratch_socket};
use crate::recovery::{self, Order, Reached, Room, reached_in};

const NOTE: &str = "copy.json";

/// One copy, as it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Copy {
    /// Counted from 1, a database.
    pub number: u32,
    /// From which repository.
    pub repository: String,
    /// From which recovery point.
    pub label: String,
    /// Along which timeline.
    pub timeline: u32,
    /// What was asked for.
    pub wanted: Wanted,
    /// The last record that is replayed.
    pub until: Lsn,
    /// When the last commit was up to there; none where there is none since the point ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_commit: Option<OffsetDateTime>,
    /// The commits behind, as they were known then.
    pub beyond: Beyond,
    /// The log ends so many seconds before the moment that was asked for.
    pub short_s: Option<f64>,
    /// When it was begun.
    #[serde(with = "time::serde::rfc3339")]
    pub began: OffsetDateTime,
    /// Who asked for it.
    pub requester: String,
    /// The order by which it was made; none where that was done by hand.
    #[serde(default)]
    pub order: Option<OrderId>,
    /// How far it is.
    pub state: State,
    /// Bytes of the recovery point.
    pub size: u64,
    /// What the cluster that lives had then, of which a copy must have as much.
    pub least: Vec<(String, u64)>,
    /// Whether it has tablespaces.
    pub tablespaces: bool,
}

/// How far one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is being made.
    Restoring,
    /// It came as far as it was to, and waits there.
    Paused,
}

/// How one stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Somebody restores it, or moves it on.
    AtIt,
    /// Whoever restored it was ended.
    Interrupted,
    /// It runs, and shows this.
    Open(Reached),
    /// It is there, and its server does not run.
    Asleep,
}

impl Copy {
    /// What its server replays.
    pub(super) fn order(&self) -> Order {
        Order { label: self.label.clone(), timeline: self.timeline, until: self.until }
    }

    pub(super) fn keep(&self, protected: &Protected<'_>) -> Result<()> {
        notes::write(&folder(protected, self.number).join(NOTE), self)
    }

    /// Its last commit, in words.
    #[must_use]
    pub fn last(&self) -> String {
        self.last_commit.map_or_else(
            || format!("no commit since {}", self.label),
            |at| format!("last commit {}", said(at)),
        )
    }

    /// What it shows and lacks, in words.
    #[must_use]
    pub fn summary(&self) -> String {
        let (Copy { number, wanted, beyond, .. }, last) = (self, self.last());
        let lacks = match (beyond.commits, beyond.first, beyond.last) {
            (commits @ 1.., Some(first), Some(last)) => {
                let commits = counted(commits, "commit");
                format!("it lacks {commits} of {} to {}", said(first), said(last))
            }
            _ => "it lacks none that was in the log".to_owned(),
        };
        format!("copy {number} shows all until {wanted}: {last}; {lacks}")
    }

    /// How it is read on its host.
    #[must_use]
    pub fn read_by(&self, protected: &Protected<'_>) -> String {
        let room = self.room(protected);
        let socket = scratch_socket(&room.folder);
        format!("psql -h {} -U {} postgres", socket.display(), room.user)
    }

    fn seen(self, protected: &Protected<'_>, stands: Stands) -> Copied {
        Copied {
            read_by: self.read_by(protected),
            number: self.number,
            order: self.order,
            label: self.label,
            wanted: self.wanted,
            requester: self.requester,
            began: self.began,
            stands,
            last_commit: self.last_commit,
            beyond: self.beyond,
            short_s: self.short_s,
            size: self.size,
        }
    }

    /// Where it lies.
    #[must_use]
    pub fn room(&self, protected: &Protected<'_>) -> Room {
        Room {
            folder: folder(protected, self.number),
            kept: true,
            ..protected.room(self.least.clone(), self.tablespaces)
        }
    }
}

/// Makes the folder of the next one, and holds it.
pub(super) fn make(protected: &Protected<'_>) -> Result<(u32, DataLock)> {
    let all = protected.copies_folder();
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&all);
    made.map_err(recovery::Error::io("make the folder", &all))?;
    let mut number = numbers(protected).max().unwrap_or(0) + 1;
    loop {
        let own = folder(protected, number);
        match DirBuilder::new().mode(0o700).create(&own) {
            Ok(()) => return Ok((number, protected.hold(&own)?)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1, // another was quicker
            Err(error) => return Err(recovery::Error::io("make the folder", &own)(error).into()),
        }
    }
}

/// All of a database, in the order in which they were made.
///
/// # Errors
/// When a note can't be read.
pub fn all(protected: &Protected<'_>) -> Result<Vec<Copy>> {
    let mut numbers: Vec<u32> = numbers(protected).collect();
    numbers.sort_unstable();
    let found = numbers.into_iter().map(|number| load(protected, number));
    found.filter_map(Result::transpose).collect()
}

/// One of them.
///
/// # Errors
/// Where there is none of that number.
pub fn find_copy(protected: &Protected<'_>, number: u32) -> Result<Copy> {
    let none = || Refusal::NoCopy { name: protected.name().to_owned(), number };
    Ok(load(protected, number)?.ok_or_else(none)?)
}

/// How one stands.
pub async fn standing(protected: &Protected<'_>, copy: &Copy) -> Standing {
    let room = copy.room(protected);
    if DataLock::is_held(&room.folder).unwrap_or(false) {
        return Standing::AtIt;
    }
    match copy.state {
        State::Restoring => Standing::Interrupted,
        State::Paused => match reached_in(&room).await {
            Some(reached) => Standing::Open(reached),
            None => Standing::Asleep,
        },
    }
}

/// All of them as a page shows them.
///
/// # Errors
/// When a note can't be read.
pub async fn seen(protected: &Protected<'_>) -> Result<Vec<Copied>> {
    let mut all_seen = Vec::new();
    for copy in all(protected)? {
        let stands = match standing(protected, &copy).await {
            Standing::AtIt => Stands::AtIt,
            Standing::Interrupted => Stands::Interrupted,
            Standing::Asleep => Stands::Asleep,
            Standing::Open(Reached { lsn, locked, .. }) => Stands::Open { at: lsn, locked },
        };
        all_seen.push(copy.seen(protected, stands));
    }
    Ok(all_seen)
}

/// Stops and removes one, whatever became of it.
///
/// # Errors
/// Where there is none, somebody works at it, or something resists.
pub fn remove(protected: &Protected<'_>, number: u32) -> Result<()> {
    let own = folder(protected, number);
    if !own.is_dir() {
        return Err(Refusal::NoCopy { name: protected.name().to_owned(), number }.into());
    }
    let _held = protected.hold(&own)?;
    let room = Room { folder: own.clone(), ..protected.room(Vec::new(), true) };
    room.clear()?;
    Ok(std::fs::remove_dir_all(&own).map_err(recovery::Error::io("remove", &own))?)
}

/// The database in the repository that a copy of it was made from.
///
/// # Errors
/// Where there is no such copy, or no such repository any more.
pub fn of_copy<'a>(host: &'a Host, name: &str, number: u32) -> Result<Protected<'a>> {
    let copy = find_copy(&host.protected(name)?, number)?;
    host.protected_in(name, Some(&copy.repository))
}

/// Removes those that were never finished by whoever began them.
///
/// # Errors
/// When something resists.
pub fn sweep(protected: &Protected<'_>) -> Result<()> {
    for number in numbers(protected) {
        let own = folder(protected, number);
        let begun = load(protected, number)
            .is_ok_and(|it| it.is_none_or(|it| it.state == State::Restoring));
        if begun && !DataLock::is_held(&own).unwrap_or(true) {
            remove(protected, number)?;
        }
    }
    Ok(())
}

pub(super) fn folder(protected: &Protected<'_>, number: u32) -> PathBuf {
    protected.copies_folder().join(number.to_string())
}

fn load(protected: &Protected<'_>, number: u32) -> Result<Option<Copy>> {
    notes::read(&folder(protected, number).join(NOTE))
}

fn numbers(protected: &Protected<'_>) -> impl Iterator<Item = u32> + use<> {
    let entries = std::fs::read_dir(protected.copies_folder()).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}
