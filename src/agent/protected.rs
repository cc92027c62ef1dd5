//! One database in one repository, and what protecting it takes.

use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnectOptions;
use time::OffsetDateTime;

use super::joined::leave;
use super::settings::{Database, Size};
use super::{Error, Host, Result, lead};
use crate::domain::recovery::evidence::Engines;
use crate::pgserver::{self, DataLock};
use crate::recovery::engine::Version;
use crate::recovery::{Engine, Repository, Room, Stanza, free_bytes, live};

/// One database, with all that protecting it takes.
#[derive(Debug, Clone)]
pub struct Protected<'a> {
    /// The host.
    pub host: &'a Host,
    /// The database.
    pub database: &'a Database,
    /// Where these backups of it go.
    pub repository: Repository,
    /// What that is called.
    pub repository_name: &'a str,
    /// What the repository is called that Postgres archives to.
    pub lead: &'a str,
    /// What does the work.
    pub engine: Engine,
}

impl Protected<'_> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.database.name
    }

    /// The agent's folder for it.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.host.folder(self.name())
    }

    /// What a check of it is called; of a repository that Postgres does not archive to with its name.
    #[must_use]
    pub fn named(&self, what: &str) -> String {
        let of = if self.leads() { String::new() } else { format!(" in {}", self.repository_name) };
        format!("{}: {what}{of}", self.name())
    }

    /// How the same is done by hand on the host.
    #[must_use]
    pub fn by_hand(&self, deed: &str) -> String {
        let within = match self.leads() {
            true => String::new(),
            false => format!(" --repository {}", self.repository_name),
        };
        format!("muster agent {deed} {}{within}", self.name())
    }

    /// How another repository takes the lead from this one, by hand on the host; none where there is no other.
    #[must_use]
    pub fn way_out(&self) -> Option<String> {
        let mut others = self.host.settings.repository.iter().map(|it| &it.name);
        let other = others.find(|name| *name != self.repository_name)?;
        Some(format!("muster agent lead {} {other}", self.name()))
    }

    /// Whether Postgres archives to this repository.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.repository_name == self.lead
    }

    /// Whether Postgres is set to archive as it should: to the repository that leads, whose settings may also be
    /// named themselves.
    #[must_use]
    pub fn is_archived_by(&self, command: &str) -> bool {
        let own = Repository::config_in(&self.host.repository_folder(self.lead));
        let named = [lead::settings(&self.folder()), own];
        named.iter().any(|config| lead::is_command(command, config, self.name()))
    }

    /// What Postgres' `archive_command` must be.
    #[must_use]
    pub fn archive_command(&self) -> String {
        lead::command(&lead::settings(&self.folder()), self.name())
    }

    /// How to connect to it.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        let Database { socket, port, user, .. } = self.database;
        live::options(socket, u16::try_from(*port).unwrap_or(5432), user)
    }

    /// Where it is restored to, to be proved.
    #[must_use]
    pub fn room_folder(&self) -> PathBuf {
        let root = self.host.settings.limits.scratch.clone();
        match (root, self.host.of()) {
            (None, _) => self.host.state.join("scratch").join(self.name()),
            (Some(root), None) => root.join(self.name()),
            (Some(root), Some(site)) => root.join(format!("of-{site}")).join(self.name()),
        }
    }

    /// Where what is restored beside it stays.
    #[must_use]
    pub fn copies_folder(&self) -> PathBuf {
        let root = self.host.settings.limits.scratch.as_ref().map(|root| root.join(".restored"));
        root.unwrap_or_else(|| self.host.state.join("restored")).join(self.name())
    }

    /// Makes sure that a restore of so many bytes, with so many that lie there meanwhile, leaves enough of a folder's
    /// disk to others.
    ///
    /// # Errors
    /// Where it does not.
    pub fn make_sure_of_room(&self, folder: &Path, (size, meanwhile): (u64, u64)) -> Result<()> {
        let floor = self.host.settings.limits.disk_floor;
        let needed = size + size / 10 + meanwhile; // the log that is replayed, and what it makes grow
        if free_bytes(folder)? >= needed.saturating_add(floor.0) {
            return Ok(());
        }
        Err(Error::NoRoom { folder: folder.to_owned(), needed: Size(needed), floor })
    }

    /// The place of a restore; `least` is what the live cluster has now.
    #[must_use]
    pub fn room(&self, least: Vec<(String, u64)>, tablespaces: bool) -> Room {
        let user = self.database.user.clone();
        Room {
            folder: self.room_folder(),
            search: self.host.search.clone(),
            user,
            least,
            tablespaces,
            kept: false,
        }
    }

    /// A program of the server that made it.
    ///
    /// # Errors
    /// Where its data folder can't be read, or its version isn't installed.
    pub fn program(&self, name: &str) -> Result<PathBuf> {
        Ok(pgserver::program_for(&self.database.data_dir, &self.host.search, name)?)
    }

    /// The versions of what works on it; `postgres` is the server's, where it is known.
    pub(super) async fn engines(&self, postgres: Option<String>) -> Engines {
        let unknown = || "unknown".to_owned();
        let version = Version::of(self.engine.program()).await;
        Engines {
            muster: env!("CARGO_PKG_VERSION").to_owned(),
            pgbackrest: version.map_or_else(|_| unknown(), |version| version.to_string()),
            postgres: postgres.unwrap_or_else(unknown),
            restic: None,
        }
    }

    /// Makes key, folders and the engine's settings.
    ///
    /// # Errors
    /// When the key is missing for backups that there are, or something can't be written.
    pub async fn prepare(&self) -> Result<()> {
        let stanzas = self.host.settings.database.iter().map(|database| Stanza {
            name: database.name.clone(),
            data_dir: database.data_dir.clone(),
            port: database.port,
            socket: database.socket.clone(),
            user: database.user.clone(),
        });
        let stanzas: Vec<_> = stanzas.collect();
        let processes = self.host.settings.limits.processes;
        self.repository.prepare(self.engine.program(), &stanzas, processes).await?;
        if self.leads() { lead::keep(self) } else { Ok(()) }
    }

    /// Asks Muster, where the agent has joined one, for leave to remove what is old, and says by which time that is
    /// reckoned: Muster's or the host's, whichever is behind.
    ///
    /// # Errors
    /// Held, where Muster says so or does not answer.
    pub(super) async fn leave_to_remove(&self, by_host: OffsetDateTime) -> Result<OffsetDateTime> {
        let by_muster = leave(&self.host.state, self.name()).await;
        let by_muster = by_muster.map_err(|why| Error::Held(self.name().to_owned(), why))?;
        Ok(by_muster.map_or(by_host, |at| at.min(by_host)))
    }

    /// Holds a folder for this process alone.
    ///
    /// # Errors
    /// When another agent holds it.
    pub fn hold(&self, folder: &Path) -> Result<DataLock> {
        DataLock::take(folder).map_err(|error| match error {
            pgserver::Error::Locked { holder, .. } => {
                Error::Busy { name: self.name().to_owned(), holder }
            }
            other => other.into(),
        })
    }
}
