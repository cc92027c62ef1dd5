//! A cluster asked and told as its owner, by `psql`: where root runs this, the cluster believes its owner's account
//! alone.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use nix::unistd::{Gid, Uid};

use crate::domain::agent::archiving::Archiving;

const ASK: &str = "select json_build_object('mode', current_setting('archive_mode'),
    'command', current_setting('archive_command'), 'wal_level', current_setting('wal_level'),
    'timeout', (select setting::int8 from pg_settings where name = 'archive_timeout'))";

/// The way to a cluster.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The server's own program.
    pub psql: PathBuf,
    /// As whom it is run; none: as this user.
    pub account: Option<(Uid, Gid)>,
    /// The folder of the cluster's socket.
    pub socket: PathBuf,
    /// Its port.
    pub port: u32,
    /// The role to work as.
    pub role: String,
}

impl Owner {
    /// How it archives.
    ///
    /// # Errors
    /// What the program said.
    pub fn archiving(&self) -> Result<Archiving, String> {
        let said = self.run([ASK])?;
        serde_json::from_str(&said)
            .map_err(|error| format!("its answer is not understood: {error}"))
    }

    /// Sets what these statements set, and has the cluster read its settings again. A restart is never taken.
    ///
    /// # Errors
    /// What the program said; statements before the one that failed were carried out.
    pub fn set(&self, statements: &[String]) -> Result<(), String> {
        let reload = "select pg_reload_conf()";
        self.run(statements.iter().map(String::as_str).chain([reload])).map(drop)
    }

    fn run<'a>(&self, statements: impl IntoIterator<Item = &'a str>) -> Result<String, String> {
        let mut psql = Command::new(&self.psql);
        psql.env_clear()
            .env("PGCONNECT_TIMEOUT", "10")
            .env("PGOPTIONS", "-c statement_timeout=10s");
        psql.current_dir("/").stdin(Stdio::null());
        psql.args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--no-password"]);
        psql.args(["--set=ON_ERROR_STOP=1", "--dbname=postgres"]);
        psql.arg("--host").arg(&self.socket).arg("--port").arg(self.port.to_string());
        psql.arg("--username").arg(&self.role);
        for statement in statements {
            psql.arg("--command").arg(statement);
        }
        if let Some((uid, gid)) = self.account {
            psql.uid(uid.as_raw()).gid(gid.as_raw());
        }
        let ended = psql.output().map_err(|error| error.to_string())?;
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if ended.status.success() { Ok(said(&ended.stdout)) } else { Err(said(&ended.stderr)) }
    }
}
