//! Backs up, restores and proves databases by the engines that the host has installed.
//!
//! The engines' exit codes are not trusted: some are 0 on corruption, and none notices a hole in the
//! write-ahead log. Decisions are taken from what an engine says as text or JSON, and from our own
//! counting of what lies in a repository.

mod action;
mod amcheck;
mod archive;
mod aside;
mod attached;
mod bucket;
mod commits;
mod control;
pub mod dump;
pub mod engine;
mod info;
pub mod live;
mod owner;
mod question;
mod reading;
mod references;
mod relation;
mod repository;
pub mod restic;
mod role;
mod scratch;
mod tool;
mod waldump;

use std::io;
use std::path::{Path, PathBuf};

pub use self::action::{Acted, Action, Ended, act};
pub use self::amcheck::{Deep, amcheck, checksums};
pub use self::archive::{Log, archive, copy_onward, fetch, log};
pub use self::attached::attached;
pub use self::bucket::{Bucket, Fault, Store};
pub use self::commits::{Commit, Read, Relation, Stretch};
pub use self::control::Control;
pub use self::engine::{Engine, Progress, Removal};
pub use self::info::{Shelf, points};
pub use self::live::{Live, archive_by};
pub use self::owner::Owner;
pub use self::question::{Patience, Unanswered, ask};
pub use self::reading::{Database, Table, count_rows, databases, quoted, read_everything};
pub use self::references::{Reference, check_references};
pub use self::relation::{numbers, relations};
pub use self::repository::{Place, Repository, Stanza, keep, link};
pub use self::restic::Restic;
pub use self::role::Role;
pub use self::scratch::{Order, Reached, Room, Scratch, reached_in, scratch_options};
pub use self::tool::{find_program, free_bytes};
pub use self::waldump::{first_commit, last_commit, last_record};

/// Why something could not be recovered, or kept for it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program that does the work is not installed.
    #[error("{name} is not installed; on Debian: apt-get install {package}")]
    NoProgram {
        /// The program.
        name: &'static str,
        /// Where Debian has it.
        package: &'static str,
    },
    /// An engine, or a server program, did not do it.
    #[error("{doing} failed: {said}")]
    Engine {
        /// What was done.
        doing: &'static str,
        /// What the engine said.
        said: String,
    },
    /// The engine answered in a form that this version does not know.
    #[error(
        "{doing} answered what this version can't read; it works with pgBackRest 2.41 and later"
    )]
    Unreadable {
        /// What was asked.
        doing: &'static str,
    },
    /// The repository can't be opened with the key.
    #[error(
        "the repository {} can't be opened with the key in {}: it was written with another key, or its list of \
         backups is damaged. Put the right key back, as a copy of the agent's folder has it",
        .repository, .key.display()
    )]
    WrongKey {
        /// The repository.
        repository: String,
        /// The key's file.
        key: PathBuf,
    },
    /// The repository holds something, and the key is gone.
    #[error(
        "the repository {} holds backups, and its key {} is missing. Put the key back, as a copy of the \
         agent's folder has it; with a new key none of them would open",
        .repository, .key.display()
    )]
    KeyLost {
        /// The repository.
        repository: String,
        /// The key's file.
        key: PathBuf,
    },
    /// The bucket, or the container, can't be used.
    #[error("{place}: {fault}; {}", .fault.mend())]
    Bucket {
        /// Which.
        place: String,
        /// Why not.
        fault: Fault,
    },
    /// restic can't be told of that place.
    #[error(
        "no dump can lie in {place}: of containers restic reaches those in Azure's own cloud alone"
    )]
    OutOfReach {
        /// The container.
        place: String,
    },
    /// The cluster answers otherwise than it should, or not at all.
    #[error("the database does not answer ({what})")]
    Live {
        /// What was asked.
        what: &'static str,
        /// What came instead.
        #[source]
        source: sqlx::Error,
    },
    /// The server of a scratch.
    #[error(transparent)]
    Server(#[from] crate::pgserver::Error),
    /// The operating system refused something.
    #[error("could not {doing} {}", .path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        move |source| Error::Io { doing, path: path.to_owned(), source }
    }

    fn live(what: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
        move |source| Error::Live { what, source }
    }
}
