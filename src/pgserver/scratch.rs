//! A restored cluster beside a live one, started to be looked at and thrown away. Its settings are
//! ours alone, and what an earlier look left running is stopped first.

use std::ffi::OsString;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnectOptions;
use tokio::process::Child;

use super::binaries::{self, Binaries};
use super::owner::Owner;
use super::setup::Setup;
use super::{Error, Result, cluster, orphan, process, socket};

/// What every session in a scratch begins with; it stands above what databases and roles are told.
pub const SESSION: [(&str, &str); 6] = [
    ("session_preload_libraries", ""),
    ("local_preload_libraries", ""),
    ("search_path", "pg_catalog"),
    ("statement_timeout", "0"),
    ("lock_timeout", "0"),
    ("temp_file_limit", "-1"),
];

/// What starting a restored cluster takes.
#[derive(Debug, Clone)]
pub struct ScratchConfig {
    /// The restored data folder.
    pub cluster: PathBuf,
    /// A folder of this user's alone, for the socket and the log.
    pub folder: PathBuf,
    /// All its settings.
    pub settings: PathBuf,
    /// The folders to look through first for the server programs (`PATH`).
    pub search: OsString,
}

/// A restored cluster that runs until this is stopped or dropped.
#[derive(Debug)]
pub struct ScratchServer {
    setup: Setup,
    child: Option<Child>,
}

/// The programs of the server that made a cluster.
///
/// # Errors
/// When the folder holds none, or its major version isn't installed.
pub fn program_for(cluster: &Path, search: &OsString, name: &str) -> Result<PathBuf> {
    let programs = programs(cluster, search)?;
    let program = programs.program(name);
    if program.exists() {
        return Ok(program);
    }
    // A folder of the search path may hold links to some of the programs alone.
    let server = programs.program("postgres").canonicalize().unwrap_or(program);
    Ok(server.with_file_name(name))
}

fn programs(cluster: &Path, search: &OsString) -> Result<Binaries> {
    let no_version = || Error::NoVersion(cluster.join("PG_VERSION"));
    let made_by = cluster::made_by(cluster)?.ok_or_else(no_version)?;
    binaries::find(search, cluster, Some(made_by))
}

/// Stops whatever runs on a cluster that may have been left behind.
///
/// # Errors
/// When it outlives every signal.
pub fn end_scratch(cluster: &Path, folder: &Path) -> Result<()> {
    orphan::clear(cluster, &scratch_socket(folder))
}

/// How to connect to one that runs, started by whomever, in that folder.
#[must_use]
pub fn scratch_options(folder: &Path, user: &str, database: &str) -> PgConnectOptions {
    at(&scratch_socket(folder), user, database).options(SESSION)
}

/// The folder of its socket.
#[must_use]
pub fn scratch_socket(folder: &Path) -> PathBuf {
    socket::folder(folder, None)
}

/// What it has said since it was started.
#[must_use]
pub fn scratch_log(folder: &Path) -> String {
    std::fs::read_to_string(process::start_log_in(&folder.join("log"))).unwrap_or_default()
}

fn at(socket: &Path, user: &str, database: &str) -> PgConnectOptions {
    socket::options(socket).username(user).database(database)
}

impl ScratchServer {
    /// Starts it, and waits until it takes connections.
    ///
    /// # Errors
    /// What keeps it from starting, in Postgres' own words.
    pub async fn start(config: &ScratchConfig) -> Result<ScratchServer> {
        let owner = Owner::of_this_process()?;
        let log = config.folder.join("log");
        let socket = scratch_socket(&config.folder);
        owner.folder(&log)?;
        owner.folder(&socket)?;
        let binaries = programs(&config.cluster, &config.search)?;
        let settings = Some(config.settings.clone());
        let setup =
            Setup { binaries, owner, cluster: config.cluster.clone(), socket, log, settings };
        let child = process::spawn(&setup)?;
        let mut server = ScratchServer { setup, child: Some(child) };
        if let Some(child) = &mut server.child {
            process::ready(&server.setup, child).await?;
        }
        Ok(server)
    }

    /// Lets it run on, for whoever finds it by its folder.
    pub fn leave(self) {
        let mut left = ManuallyDrop::new(self);
        drop(left.child.take());
    }

    /// How to connect. What the restored cluster tells a database or a role to load, to look into, or
    /// to give up after, does not count.
    #[must_use]
    pub fn options(&self, user: &str, database: &str) -> PgConnectOptions {
        at(&self.setup.socket, user, database).options(SESSION)
    }

    /// How a role connects that may not set all of that: what the restored cluster tells it counts.
    #[must_use]
    pub fn door(&self, user: &str, database: &str) -> PgConnectOptions {
        at(&self.setup.socket, user, database)
    }

    /// The same as an address, for programs.
    #[must_use]
    pub fn url(&self, user: &str, database: &str) -> String {
        socket::url(&self.setup.socket, user, database)
    }

    /// The folder that holds its socket.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        &self.setup.socket
    }

    /// The port, which is only a part of the socket's name.
    #[must_use]
    pub fn port(&self) -> &'static str {
        socket::PORT
    }

    /// Why it ended by itself, if it did.
    pub fn death(&mut self) -> Option<Error> {
        let status = self.child.as_mut()?.try_wait().ok().flatten()?;
        let reason = process::last_words(&self.setup, status);
        Some(Error::NotStarted { reason, log: self.setup.log.clone() })
    }

    /// Stops it in good order.
    pub async fn stop(mut self) {
        if let Some(child) = self.child.take() {
            process::end(child).await;
        }
    }
}

impl Drop for ScratchServer {
    fn drop(&mut self) {
        if let Some(child) = self.child.take() {
            process::throw_away(child);
            let _ = orphan::clear(&self.setup.cluster, &self.setup.socket); // the next look clears again
        }
        let _ = std::fs::remove_dir_all(&self.setup.socket); // it may lie elsewhere than the cluster
    }
}
