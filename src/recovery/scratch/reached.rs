//! How far a restored cluster has come, asked of its server: also of one that somebody else started.

use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{Connection as _, Row as _};
use time::OffsetDateTime;

use super::super::{Error, Result};
use super::Room;
use crate::domain::recovery::Lsn;
use crate::pgserver;

/// What its server says where it has come as far as was asked. It pauses also for want of connections or workers.
const STOPPED: &str = "recovery stopping after WAL location";

/// How far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// Along which timeline; known once it was opened for writing.
    pub timeline: Option<u32>,
    /// Until where.
    pub lsn: Lsn,
    /// When the last commit was that it replayed.
    pub time: Option<OffsetDateTime>,
    /// Whether the server itself says that it stopped for having reached what was asked.
    pub stopped_there: bool,
    /// So many tables and indexes are locked by transactions that it replayed in part: who reads those waits.
    pub locked: u64,
}

/// How to connect to a database of a restored cluster that runs in a room.
#[must_use]
pub fn scratch_options(room: &Room, database: &str) -> PgConnectOptions {
    pgserver::scratch_options(&room.folder, &room.user, database)
}

/// How far the restored cluster came that runs in a room; none where none runs there, or it goes on.
pub async fn reached_in(room: &Room) -> Option<Reached> {
    paused_in(room).await.ok().flatten()
}

/// Where its replay is paused.
pub(super) async fn paused_in(room: &Room) -> Result<Option<Reached>> {
    const PAUSED: &str = "
        select pg_get_wal_replay_pause_state() = 'paused' as paused,
               pg_last_wal_replay_lsn()::text as lsn,
               pg_last_xact_replay_timestamp() as time,
               (select count(*) from pg_locks
                 where locktype = 'relation' and mode = 'AccessExclusiveLock' and granted) as locked";
    let Some(row) = row_of(&scratch_options(room, "postgres"), PAUSED).await else {
        return Ok(None);
    };
    let odd = || Error::live("asking a restored database how far it is");
    if !row.try_get::<bool, _>("paused").map_err(odd())? {
        return Ok(None);
    }
    let lsn: String = row.try_get("lsn").map_err(odd())?;
    let lsn = lsn.parse().map_err(|_| Error::Unreadable { doing: "a restored database" })?;
    let locked: i64 = row.try_get("locked").map_err(odd())?;
    Ok(Some(Reached {
        timeline: None,
        lsn,
        time: row.try_get("time").map_err(odd())?,
        stopped_there: pgserver::scratch_log(&room.folder).contains(STOPPED),
        locked: u64::try_from(locked).unwrap_or(0),
    }))
}

/// One row; none while the server ends or is not ready for it.
pub(super) async fn row_of(options: &PgConnectOptions, sql: &'static str) -> Option<PgRow> {
    let mut conn = PgConnection::connect_with(options).await.ok()?;
    let row = sqlx::query(sql).fetch_one(&mut conn).await;
    let _ = conn.close().await; // it was read already
    row.ok()
}
