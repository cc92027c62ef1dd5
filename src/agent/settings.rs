//! `agent.toml`: what Muster may touch on this host. It belongs to the host's owner, so one that
//! others could have changed is refused, and so is every key that isn't known.

mod action;
mod command;
mod file;
mod judge;
mod kind;
mod secrets;
mod service;
mod size;

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::domain::agent::rules;
use crate::domain::recovery::Retention;

pub use self::action::{Action, Use};
pub use self::file::{Refusal, guard, parse, parse_text, read};
pub use self::kind::{Kind, UriStyle};
pub use self::secrets::{Credentials, Secrets};
pub use self::secrets::{beside as secrets_of, parse as parse_secrets, read as read_secrets};
pub use self::service::Service;
pub use self::size::Size;

/// Where it lies unless it is named.
pub const FILE: &str = "/etc/muster/agent.toml";
/// Where the agent keeps keys, notes and evidence unless another folder is named.
pub const STATE: &str = "/var/lib/muster-agent";
/// The role that a plan's checks run as unless another is named.
pub const CHECK_ROLE: &str = "muster_check";

/// All of `agent.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The databases that are protected.
    #[serde(default)]
    pub database: Vec<Database>,
    /// Where backups go.
    #[serde(default)]
    pub repository: Vec<Repository>,
    /// What may be run by name.
    #[serde(default)]
    pub action: Vec<Action>,
    /// Other hosts whose databases are proved here, too.
    #[serde(default)]
    pub elsewhere: Vec<Elsewhere>,
    /// What the host can spare.
    #[serde(default)]
    pub limits: Limits,
}

/// One cluster.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// What Muster calls it.
    pub name: String,
    /// Its data folder.
    pub data_dir: PathBuf,
    /// Its port.
    #[serde(default = "default_port")]
    pub port: u32,
    /// The folder of its socket.
    #[serde(default = "default_socket")]
    pub socket: PathBuf,
    /// The database role to work as.
    #[serde(default = "default_user")]
    pub user: String,
    /// The role that the plan's checks of a restored copy run as.
    #[serde(default = "default_check_role")]
    pub check_role: String,
    /// The service that keeps it running, where Muster may start and stop that.
    pub unit: Option<String>,
    /// In place of a service: the command that starts it, a program and its arguments.
    pub start: Option<Vec<String>>,
    /// And the one that stops it.
    pub stop: Option<Vec<String>>,
}

/// One place for backups.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// What Muster calls it.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its folder, or the path in its bucket or container.
    pub path: PathBuf,
    /// The store's host; of a container Azure's own unless it is named.
    pub endpoint: Option<String>,
    /// The name of its bucket.
    pub bucket: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Whose its container is.
    pub account: Option<String>,
    /// The name of that.
    pub container: Option<String>,
    /// The store's port, where it isn't that of https.
    pub port: Option<u32>,
    /// Who vouches for the store, where the host's own list does not.
    pub ca_file: Option<PathBuf>,
    /// Where the name of the bucket, or of the account, stands in a request.
    pub uri_style: Option<UriStyle>,
}

/// Another host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// The folder that its site kit was opened into.
    pub kit: PathBuf,
}

/// What the host can spare.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Processes that copy at once.
    pub processes: u32,
    /// Room that a restore leaves free on its disk.
    pub disk_floor: Size,
    /// Where databases are restored to, to be proved; in the agent's own folder unless it is named.
    pub scratch: Option<PathBuf>,
    /// Every moment of so many days back can be restored.
    pub keep_days: u32,
    /// So many full backups are kept at least.
    pub keep_fulls: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        let Retention { days, fulls } = Retention::default();
        Limits {
            processes: 2,
            disk_floor: Size::gigabytes(1),
            scratch: None,
            keep_days: days,
            keep_fulls: fulls,
        }
    }
}

impl Limits {
    /// How long backups are kept.
    #[must_use]
    pub fn retention(&self) -> Retention {
        Retention { days: self.keep_days, fulls: self.keep_fulls }
    }
}

impl Settings {
    /// The database of that name.
    #[must_use]
    pub fn database(&self, name: &str) -> Option<&Database> {
        self.database.iter().find(|database| database.name == name)
    }

    /// The action of that name, where it is for this use.
    #[must_use]
    pub fn action(&self, name: &str, used: Use) -> Option<&Action> {
        self.action.iter().find(|action| action.name == name && action.used == used)
    }
}

impl Repository {
    /// A folder of this host.
    #[must_use]
    pub fn folder(name: String, path: PathBuf) -> Repository {
        Repository {
            name,
            kind: Kind::Folder,
            path,
            endpoint: None,
            bucket: None,
            region: None,
            account: None,
            container: None,
            port: None,
            ca_file: None,
            uri_style: None,
        }
    }

    /// The store's host; none for a folder.
    #[must_use]
    pub fn store(&self) -> Option<&str> {
        let own = (self.kind == Kind::Azure).then_some(rules::AZURE);
        self.endpoint.as_deref().or(own)
    }

    /// Whether the name of the bucket, or of the account, stands in a request's path: so it does unless it is said
    /// otherwise, but at Amazon and in Azure's clouds.
    #[must_use]
    pub fn in_path(&self) -> bool {
        let in_host = |store: &str| match self.kind {
            Kind::Azure => store.starts_with("blob."),
            _ => store.ends_with(".amazonaws.com"),
        };
        let in_host = || self.store().is_some_and(in_host);
        self.uri_style.map_or_else(|| !in_host(), |style| style == UriStyle::Path)
    }
}

fn default_port() -> u32 {
    5432
}

fn default_socket() -> PathBuf {
    Path::new("/var/run/postgresql").to_owned()
}

fn default_user() -> String {
    "postgres".to_owned()
}

fn default_check_role() -> String {
    CHECK_ROLE.to_owned()
}
