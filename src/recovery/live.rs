//! A look at a cluster that lives: what it is, how it archives, what stands in it. Nothing is
//! changed by it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{Connection as _, Row as _};
use time::OffsetDateTime;
use tokio::time::timeout;

use super::{Error, Result};
use crate::domain::agent::archiving::Archiving;
use crate::domain::recovery::{Lsn, SegmentSize};

const PATIENCE: Duration = Duration::from_secs(10);

/// How a cluster is right now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// Its version, as `15.18`.
    pub version: String,
    /// Its major version.
    pub major: u32,
    /// Its own identifier.
    pub system_identifier: String,
    /// Where it says that its data lies.
    pub data_directory: PathBuf,
    /// Whether it follows another one.
    pub standby: bool,
    /// `off`, `on` or `always`.
    pub archive_mode: String,
    /// Whether that is set otherwise, which counts from its next start.
    pub archive_mode_waits: bool,
    /// What it runs for each segment.
    pub archive_command: String,
    /// Seconds after which it begins a new segment though the last isn't full; 0 for never.
    pub archive_timeout: i64,
    /// `minimal`, `replica` or `logical`.
    pub wal_level: String,
    /// The size of its segments.
    pub segment: SegmentSize,
    /// The timeline it writes; 0 on a standby.
    pub timeline: u32,
    /// How far its log is on disk.
    pub flushed: Lsn,
    /// What a copy that replays its log must have at least.
    pub least: Vec<(String, u64)>,
    /// Whether anything lies outside its data folder.
    pub tablespaces: bool,
    /// How archiving goes.
    pub archiver: Archiver,
}

/// What the cluster says about its archiving.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Archiver {
    /// The last file that was archived, by its name.
    pub last: Option<String>,
    /// When that was.
    pub last_at: Option<OffsetDateTime>,
    /// The last file that could not be.
    pub failed: Option<String>,
    /// When that was.
    pub failed_at: Option<OffsetDateTime>,
}

const LOOK: &str = "
    select current_setting('server_version') as version,
           current_setting('server_version_num')::int8 / 10000 as major,
           (select system_identifier::text from pg_control_system()) as system_identifier,
           current_setting('data_directory') as data_directory,
           pg_is_in_recovery() as standby,
           current_setting('archive_mode') as archive_mode,
           (select pending_restart from pg_settings where name = 'archive_mode') as archive_mode_waits,
           current_setting('archive_command') as archive_command,
           (select setting::int8 from pg_settings where name = 'archive_timeout') as archive_timeout,
           current_setting('wal_level') as wal_level,
           (select setting::int8 from pg_settings where name = 'wal_segment_size') as segment,
           case when pg_is_in_recovery() then null
                else pg_walfile_name(pg_current_wal_flush_lsn()) end as walfile,
           case when pg_is_in_recovery() then pg_last_wal_replay_lsn()::text
                else pg_current_wal_flush_lsn()::text end as flushed,
           (select count(*) from pg_tablespace where oid >= 16384) as tablespaces,
           last_archived_wal, last_archived_time, last_failed_wal, last_failed_time
      from pg_stat_archiver";

const LEAST: &str = "
    select name, setting::int8 from pg_settings
     where name in ('max_connections', 'max_worker_processes', 'max_wal_senders',
                    'max_prepared_transactions', 'max_locks_per_transaction')";

/// How to connect to a cluster through its socket.
#[must_use]
pub fn options(socket: &Path, port: u16, user: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(socket)
        .port(port)
        .username(user)
        .database("postgres")
        .application_name("muster agent")
        .options([("search_path", "pg_catalog")]) // whatever the role is told to look into
}

impl Live {
    /// Looks.
    ///
    /// # Errors
    /// When it doesn't answer within ten seconds, or not to this role.
    pub async fn look(options: &PgConnectOptions) -> Result<Live> {
        const WHAT: &str = "asking it how it is";
        let late = |_| Error::live(WHAT)(sqlx::Error::PoolTimedOut);
        timeout(PATIENCE, look(options)).await.map_err(late)?.map_err(Error::live(WHAT))
    }

    /// How it is set to archive.
    #[must_use]
    pub fn archiving(&self) -> Archiving {
        Archiving {
            mode: self.archive_mode.clone(),
            command: self.archive_command.clone(),
            timeout: self.archive_timeout,
            wal_level: self.wal_level.clone(),
        }
    }
}

impl Archiver {
    /// Whether the last try failed.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.failed_at.is_some() && self.failed_at > self.last_at
    }
}

/// Has a cluster archive by this command, a segment a minute at least; none: as it did before it was told.
/// It is meant for Muster's own, whose settings are Muster's.
///
/// # Errors
/// When it does not answer, or the role may not.
pub async fn archive_by(options: &PgConnectOptions, command: Option<&str>) -> Result<()> {
    let quoted = |text: &str| text.replace('\'', "''");
    let set = match command {
        Some(command) => [
            format!("alter system set archive_command = '{}'", quoted(command)),
            "alter system set archive_timeout = '60s'".to_owned(),
        ],
        None => {
            ["archive_command", "archive_timeout"].map(|name| format!("alter system reset {name}"))
        }
    };
    let work = async {
        let mut conn = PgConnection::connect_with(options).await?;
        for statement in set {
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut conn).await?;
        }
        sqlx::query("select pg_reload_conf()").execute(&mut conn).await?;
        conn.close().await
    };
    const WHAT: &str = "setting how it archives";
    let late = |_| Error::live(WHAT)(sqlx::Error::PoolTimedOut);
    timeout(PATIENCE, work).await.map_err(late)?.map_err(Error::live(WHAT))
}

async fn look(options: &PgConnectOptions) -> sqlx::Result<Live> {
    let mut conn = PgConnection::connect_with(options).await?;
    let row = sqlx::query(LOOK).fetch_one(&mut conn).await?;
    let least = sqlx::query(LEAST).fetch_all(&mut conn).await?;
    conn.close().await?;
    let mut live = read(&row)?;
    for row in least {
        let value: i64 = row.try_get(1)?;
        live.least.push((row.try_get(0)?, u64::try_from(value).unwrap_or(0)));
    }
    Ok(live)
}

fn read(row: &PgRow) -> sqlx::Result<Live> {
    let odd = |what: &str| sqlx::Error::Decode(format!("an unknown {what}").into());
    let (major, segment): (i64, i64) = (row.try_get("major")?, row.try_get("segment")?);
    let segment =
        u64::try_from(segment).ok().and_then(SegmentSize::of).ok_or_else(|| odd("segment size"))?;
    let flushed: Option<String> = row.try_get("flushed")?;
    let walfile: Option<String> = row.try_get("walfile")?;
    let timeline = walfile.and_then(|name| u32::from_str_radix(name.get(..8)?, 16).ok());
    Ok(Live {
        version: row.try_get("version")?,
        major: u32::try_from(major).unwrap_or(0),
        system_identifier: row.try_get("system_identifier")?,
        data_directory: PathBuf::from(row.try_get::<String, _>("data_directory")?),
        standby: row.try_get("standby")?,
        archive_mode: row.try_get("archive_mode")?,
        archive_mode_waits: row.try_get("archive_mode_waits")?,
        archive_command: row.try_get("archive_command")?,
        archive_timeout: row.try_get("archive_timeout")?,
        wal_level: row.try_get("wal_level")?,
        segment,
        timeline: timeline.unwrap_or(0),
        flushed: flushed.and_then(|it| it.parse().ok()).unwrap_or(Lsn(0)),
        least: Vec::new(),
        tablespaces: row.try_get::<i64, _>("tablespaces")? > 0,
        archiver: Archiver {
            last: row.try_get("last_archived_wal")?,
            last_at: row.try_get("last_archived_time")?,
            failed: row.try_get("last_failed_wal")?,
            failed_at: row.try_get("last_failed_time")?,
        },
    })
}
