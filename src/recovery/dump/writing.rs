//! `pg_dump` of each database and `pg_dumpall` of what is global, straight into the repository: nothing of them ever
//! lies in the clear on a disk.

use std::path::{Path, PathBuf};

use nix::unistd::Pid;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, Executor as _};

use super::address;
use super::cluster::{Found, look_into};
use crate::domain::recovery::dump::Part;
use crate::recovery::restic::is_called;
use crate::recovery::tool::{Source, Tool, command_line, end_group, processes};
use crate::recovery::{Error, Restic, Result};

/// A table that somebody changes as a whole is waited for no longer, since whoever wants it next would wait behind us.
const LOCK_WAIT: &str = "--lock-wait-timeout=10s";
/// What ours say to the server of who they are: by that they are known again.
const CALLED: &str = "application_name='muster agent dump'";

/// Where dumps come from, and where they go.
#[derive(Debug, Clone)]
pub struct Writer<'a> {
    /// The folder with the server's programs.
    pub programs: PathBuf,
    /// The socket's folder.
    pub socket: &'a Path,
    /// The port.
    pub port: u32,
    /// The role to work as.
    pub user: &'a str,
    /// How to connect to one of the databases.
    pub options: PgConnectOptions,
    /// Where it goes.
    pub restic: &'a Restic,
}

impl Writer<'_> {
    /// Dumps one database into a file of the repository, and says what stands in it: both of the same moment.
    ///
    /// # Errors
    /// What stands in the way; then there is no such file.
    pub async fn database(&self, name: &str, file: &str, tags: &[String]) -> Result<(Part, Found)> {
        let failed = || Error::live("looking into a database");
        let options = self.options.clone().database(name);
        let mut conn = PgConnection::connect_with(&options).await.map_err(failed())?;
        let moment = begin(&mut conn).await.map_err(failed())?;
        let tool = Tool::gently(&self.programs.join("pg_dump"))
            .args(["--format=custom", "--compress=0", "--no-password", LOCK_WAIT])
            .arg(format!("--snapshot={moment}"))
            .arg(format!("--dbname={}", self.address(name)));
        let mut source = Source::start(tool, "pg_dump")?;
        source.begun().await?; // from here on it holds the locks that keep what is counted as it is
        let found = look_into(&mut conn).await.map_err(failed())?;
        let passed = self.restic.keep(source, file, tags).await?;
        conn.close().await.map_err(failed())?;
        Ok((Part { file: file.to_owned(), bytes: passed.bytes, sha256: passed.sha256 }, found))
    }

    /// Dumps roles, with the hashes of their passwords, and tablespaces.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn globals(&self, file: &str, tags: &[String]) -> Result<Part> {
        let tool = Tool::gently(&self.programs.join("pg_dumpall"))
            .args(["--globals-only", "--no-password", LOCK_WAIT])
            .arg(format!("--dbname={}", self.address("postgres")));
        let passed = self.restic.keep(Source::start(tool, "pg_dumpall")?, file, tags).await?;
        Ok(Part { file: file.to_owned(), bytes: passed.bytes, sha256: passed.sha256 })
    }

    fn address(&self, database: &str) -> String {
        let address = address(self.socket, &self.port.to_string(), self.user, database);
        format!("{address} {CALLED}")
    }
}

/// A moment that others can read the same of, as long as this connection stays.
async fn begin(conn: &mut PgConnection) -> sqlx::Result<String> {
    conn.execute(
        "set lock_timeout = '2s'; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;
         set max_parallel_workers_per_gather = 0; set row_security = off;
         begin transaction isolation level repeatable read, read only",
    )
    .await?;
    sqlx::query_scalar("select pg_export_snapshot()").fetch_one(conn).await
}

/// Ends every `pg_dump` of a cluster that an agent that was killed left at work.
pub fn end_leftovers(socket: &Path, port: u32, user: &str) {
    let ours = address(socket, &port.to_string(), user, "");
    let server = ours.strip_suffix("''").unwrap_or(&ours);
    for process in processes() {
        let line = command_line(process.pid);
        let to_it = line.iter().filter_map(|word| word.to_str()?.strip_prefix("--dbname="));
        let is_ours = to_it.into_iter().any(|it| it.starts_with(server) && it.ends_with(CALLED));
        if is_ours && (is_called(&line, "pg_dump") || is_called(&line, "pg_dumpall")) {
            tracing::info!(pg_dump.pid = process.pid, "ending a pg_dump that was left at work");
            end_group(Pid::from_raw(process.group));
        }
    }
}
