//! Protects the databases of one host, by what its owner wrote into `agent.toml` and nothing else:
//! backs up, says what could be recovered, and proves it by restoring. It works as the user that
//! owns the cluster, never as root, and needs no server of Muster's for that. Where it has joined a
//! site (`joined`), Muster hears it; it asks, and needs no port that others reach.

pub mod allow;
mod backlog;
pub mod backup;
pub mod check;
mod clusters;
mod desk;
pub mod dump;
pub mod elsewhere;
pub mod expire;
mod exposure;
pub mod host;
pub mod install;
pub mod joined;
mod journal;
pub mod kit;
mod laid;
pub mod lead;
pub mod news;
mod notes;
pub mod onward;
mod planned;
pub mod points;
mod program;
mod protected;
pub mod prove;
pub mod restore;
pub mod settings;
pub mod watch;

use std::path::PathBuf;

use crate::domain::finding::{Finding, Report};
use crate::pgserver;
use crate::recovery;
use crate::secrets::SecretsError;

pub use self::host::{Errand, Host, Place};
pub use self::protected::Protected;

/// Why an agent did not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Started as root.
    #[error(
        "muster agent works as the user that owns the database's files, never as root; run it as that one, \
         such as: sudo -u postgres muster agent check"
    )]
    Root,
    /// `agent.toml` can't be followed.
    #[error(transparent)]
    Settings(#[from] settings::Refusal),
    /// No database of that name.
    #[error("agent.toml names no database “{name}”; it names {}", known(.names))]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        names: Vec<String>,
    },
    /// No repository of that name.
    #[error("agent.toml names no repository “{name}”; it names {}", known(.names))]
    UnknownRepository {
        /// What was asked for.
        name: String,
        /// What there is.
        names: Vec<String>,
    },
    /// Postgres names one repository itself.
    #[error(
        "Postgres' archive_command names the settings of one repository, so no other can take its place. As the \
         superuser of “{name}” run:\n  alter system set archive_command = '{}';\n  select pg_reload_conf();\nthen ask again",
        .command.replace('\'', "''")
    )]
    Fixed {
        /// The database.
        name: String,
        /// What the command must be.
        command: String,
    },
    /// `agent.toml` names no repository.
    #[error("agent.toml names no repository; add one (docs/PROTECT.md has a whole example)")]
    NoRepository,
    /// Another agent does the same just now.
    #[error(
        "another muster agent (process {holder}) is at it for “{name}” already; wait until it ends"
    )]
    Busy {
        /// The database.
        name: String,
        /// The other's process id, or a word in its place.
        holder: String,
    },
    /// Something stands in the way.
    #[error("{}", refusal(.0))]
    Refused(Vec<Finding>),
    /// Nothing may be removed just now.
    #[error("nothing of “{0}” is removed: {1}")]
    Held(String, String),
    /// There is nothing that could be proved.
    #[error("“{0}” has no recovery point that opens; muster agent points {0} says why")]
    NoPoint(String),
    /// There is no dump that could be proved.
    #[error("“{0}” has no dump; make one: muster agent dump {0}")]
    NoDump(String),
    /// There is too little room for a restore.
    #[error(
        "a restore of {needed} would leave less than {floor} free on the disk of {}; make room, or name another \
         folder as scratch under [limits] in agent.toml",
        .folder.display()
    )]
    NoRoom {
        /// Where it would be restored to.
        folder: PathBuf,
        /// The size of the restored cluster.
        needed: settings::Size,
        /// What must stay free.
        floor: settings::Size,
    },
    /// The notes in the agent's folder can't be read.
    #[error("{} holds no notes of this version; move it away, or bring back the one before", .0.display())]
    Notes(PathBuf, #[source] serde_json::Error),
    /// The note of a backup that lies in the repository.
    #[error("a note beside the backups can't be used: {0}")]
    Laid(#[from] SecretsError),
    /// Nothing says of which server the backups are.
    #[error(
        "“{0}” does not run here, and no note beside its backups says of which server they are; its agent \
         lays one with the next backup"
    )]
    NoNote(String),
    /// What is to be brought back can't be.
    #[error(transparent)]
    Restore(#[from] restore::Refusal),
    /// The engines, or the database.
    #[error(transparent)]
    Recovery(#[from] recovery::Error),
    /// The folders of the agent.
    #[error(transparent)]
    Folder(#[from] pgserver::Error),
}

type Result<T, E = Error> = std::result::Result<T, E>;

fn known(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn refusal(found: &[Finding]) -> String {
    let mut out = Vec::new();
    let _ = Report(found.to_vec()).lines(&mut out); // memory takes every line
    format!("this stands in the way:\n\n{}", String::from_utf8_lossy(&out).trim_end())
}
