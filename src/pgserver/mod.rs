//! A Postgres of ours: made, started, watched and stopped by Muster from the server programs that
//! the system has installed, so that a fresh machine needs no database made by hand.
//!
//! It is reached through a Unix socket in a folder that nobody else may enter, and never through a
//! port. A lock on the data folder keeps a second Muster away; what an earlier Muster left running
//! after a crash is stopped and started anew, never adopted, because its state can't be known.

mod binaries;
mod cluster;
mod gently;
mod lock;
mod look;
mod orphan;
mod owner;
mod process;
mod running;
mod scratch;
mod setup;
mod socket;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub use self::gently::gently;
pub use self::lock::DataLock;
pub use self::look::{Look, look};
pub use self::owner::{command_of_owner, own_folder, user_name};
pub use self::running::{Reached, Running, State, reach, start};
pub use self::scratch::{
    SESSION, ScratchConfig, ScratchServer, end_scratch, program_for, scratch_log, scratch_options,
    scratch_socket,
};
pub use self::setup::Config;

/// The system user as which Postgres runs when Muster was started as root.
pub const USER: &str = "muster";

/// How Postgres' programs, told to speak English, say that a disk is full.
const NO_SPACE: &str = "No space left on device";

/// Why there is no Postgres of ours.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another Muster holds the data folder.
    #[error(
        "the data folder {} is in use by another muster (process {holder}); stop that one, or give \
         this one a folder of its own (MUSTER_DATA_DIR), or give both the same DATABASE_URL",
        .folder.display()
    )]
    Locked {
        /// The data folder.
        folder: PathBuf,
        /// The process id of the other Muster, or a word in its place.
        holder: String,
    },
    /// Another Muster holds the data folder, and its Postgres can't be reached.
    #[error(
        "another muster holds the data folder {} and its Postgres is not ready; try again in a moment",
        .0.display()
    )]
    NotReady(PathBuf),
    /// No server programs, or only too old ones.
    #[error(
        "no Postgres server (15 or later) is installed; install one (on Debian: apt-get install \
         postgresql-15), or set DATABASE_URL to one that runs elsewhere"
    )]
    NoServer,
    /// The cluster is of a major version that Muster does not work with.
    #[error(
        "the cluster in {} was made by Postgres {made_by}, and Muster works with 15 and later; move the data with \
         pg_upgrade",
        .cluster.display()
    )]
    TooOld {
        /// The cluster's folder.
        cluster: PathBuf,
        /// Its major version.
        made_by: u32,
    },
    /// The cluster needs server programs of a major version that is not installed.
    #[error(
        "the cluster in {} was made by Postgres {made_by}, of which no server is installed; install \
         it (on Debian: apt-get install postgresql-{made_by}), or move the data with pg_upgrade",
        .cluster.display()
    )]
    OtherMajor {
        /// The cluster's folder.
        cluster: PathBuf,
        /// Its major version.
        made_by: u32,
    },
    /// Started as root, without a user to hand Postgres to.
    #[error(
        "Postgres refuses to run as root, and there is no system user {USER} to run it as; make one \
         (useradd --system --user-group {USER}), or start muster as an ordinary user"
    )]
    NoUser,
    /// A folder on the way to the data folder is closed to Postgres' user.
    #[error(
        "the user {USER}, as which Postgres runs, may not enter {}; open it (chmod o+x), or choose \
         another data folder (MUSTER_DATA_DIR)",
        .0.display()
    )]
    Closed(PathBuf),
    /// A folder that should be ours alone belongs to somebody else, or is no folder.
    #[error(
        "{} should be a folder of Muster's alone, and is not; move it away, or name another data \
         folder (MUSTER_DATA_DIR)",
        .0.display()
    )]
    NotOurs(PathBuf),
    /// Something else lies where the data folder should be.
    #[error(
        "a file lies where the data folder {} should be; move it away, or name another folder \
         (MUSTER_DATA_DIR)",
        .0.display()
    )]
    NoFolder(PathBuf),
    /// The data folder is another user's.
    #[error(
        "the data folder {} belongs to the user {owner}; run muster as that user, let this user own it \
         (chown -R), or name another data folder (MUSTER_DATA_DIR)",
        .folder.display()
    )]
    Strangers {
        /// The data folder.
        folder: PathBuf,
        /// Whose it is.
        owner: String,
    },
    /// The cluster is another user's than Postgres', as after a copy by hand.
    #[error(
        "the cluster {} does not belong to the user {user}, as which Postgres runs; if it is this \
         Muster's, run: chown -R {user} {}",
        .cluster.display(), .cluster.display()
    )]
    StrangersCluster {
        /// The cluster's folder.
        cluster: PathBuf,
        /// As whom Postgres runs.
        user: String,
    },
    /// The cluster's version file is not readable as one.
    #[error(
        "{} does not hold a version number, so what lies there is no Postgres cluster; put the \
         cluster back, or move that folder away to begin with an empty database",
        .0.display()
    )]
    NoVersion(PathBuf),
    /// An orphaned Postgres outlived every signal.
    #[error("an orphaned Postgres (process {0}) does not end; end it by hand and start again")]
    Orphan(i32),
    /// `initdb` failed.
    #[error("initdb could not make the cluster: {0}")]
    Init(String),
    /// There is no room to make a cluster.
    #[error(
        "there is no room to make a database in {}, which takes some 100 MB to begin with; make room \
         (df -h {} shows it), or name a data folder elsewhere (MUSTER_DATA_DIR)",
        .0.display(), .0.display()
    )]
    NoRoom(PathBuf),
    /// The disk is full under a cluster that there is.
    #[error("the disk that holds {} is full; make room on it (df -h {} shows it)", .0.display(), .0.display())]
    Full(PathBuf),
    /// This user may not do it.
    #[error(
        "this user may not {doing} {}; let the user that runs muster own it, or name another data \
         folder (MUSTER_DATA_DIR)",
        .path.display()
    )]
    Denied {
        /// What was tried, as a verb.
        doing: &'static str,
        /// On what.
        path: PathBuf,
    },
    /// Postgres ended before it was ready.
    #[error("Postgres did not start ({reason}); its log is in {}", .log.display())]
    NotStarted {
        /// The last words of Postgres.
        reason: String,
        /// The folder with its log.
        log: PathBuf,
    },
    /// The operating system refused something.
    #[error("could not {doing} {}", .path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

impl Error {
    /// Says whether trying again is pointless until a person has mended something.
    pub fn is_lasting(&self) -> bool {
        !matches!(
            self,
            Error::NotStarted { .. } | Error::NotReady(_) | Error::Full(_) | Error::Io { .. }
        )
    }

    fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
        move |source| match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::Full(path.to_owned()),
            ErrorKind::PermissionDenied => Error::Denied { doing, path: path.to_owned() },
            _ => Error::Io { doing, path: path.to_owned(), source },
        }
    }
}

type Result<T, E = Error> = std::result::Result<T, E>;
