//! Looks for what hangs on a cluster that lives: standbys, slots, subscriptions, and what manages it.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{Connection as _, PgConnection, Row as _};
use tokio::time::timeout;

use super::{Error, Result};
use crate::domain::recovery::attached::{Attached, Slot, Standby};

const WHAT: &str = "asking it what hangs on it";
const PATIENCE: Duration = Duration::from_secs(10);

/// A backup that is being taken is no standby.
const STANDBYS: &str = "
    select coalesce(nullif(application_name, ''), 'pid ' || pid) as name, host(client_addr) as address, coalesce(state, '') as state,
           greatest(0, pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_flush_lsn() end,
                                       coalesce(replay_lsn, flush_lsn, write_lsn)))::int8 as behind,
           exists (select from pg_replication_slots s where s.active_pid = r.pid and s.slot_type = 'logical') as logical
      from pg_stat_replication r where state is distinct from 'backup' order by 1, 2";
const SLOTS: &str = "
    select slot_name::text as name, database::text as database, active,
           greatest(0, pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_flush_lsn() end,
                                       restart_lsn))::int8 as held
      from pg_replication_slots where not temporary order by 1";
const SUBSCRIPTIONS: &str = "
    select subname::text as name, datname::text as database
      from pg_subscription join pg_database d on d.oid = subdbid order by 1, 2";

/// What a manager leaves in a data folder, which its processes may be hidden from who looks.
const LEFT: [(&str, &str); 3] = [
    ("patroni.dynamic.json", "Patroni"),
    ("postgresql-auto-failover.conf", "pg_auto_failover"),
    ("stolon-temp-postgresql.conf", "Stolon"),
];
/// What its processes are called.
const PROGRAMS: [(&str, &str); 5] = [
    ("patroni", "Patroni"),
    ("pg_autoctl", "pg_auto_failover"),
    ("stolon-keeper", "Stolon"),
    ("repmgrd", "repmgr"),
    ("pacemakerd", "Pacemaker"),
];

/// Looks.
///
/// # Errors
/// When it doesn't answer within ten seconds, or not to this role.
pub async fn attached(options: &PgConnectOptions, data_dir: &Path) -> Result<Attached> {
    let late = |_| Error::live(WHAT)(sqlx::Error::PoolTimedOut);
    let asked = timeout(PATIENCE, ask(options)).await.map_err(late)?;
    Ok(Attached { managers: managers(data_dir), ..asked.map_err(Error::live(WHAT))? })
}

async fn ask(options: &PgConnectOptions) -> sqlx::Result<Attached> {
    let mut conn = PgConnection::connect_with(options).await?;
    let follows = sqlx::query_scalar("select pg_is_in_recovery()").fetch_one(&mut conn).await?;
    let standbys = sqlx::query(STANDBYS).fetch_all(&mut conn).await?;
    let slots = sqlx::query(SLOTS).fetch_all(&mut conn).await?;
    let subscriptions = sqlx::query(SUBSCRIPTIONS).fetch_all(&mut conn).await?;
    let _ = conn.close().await; // it was read already
    let pair = |row: &PgRow| Ok((row.try_get("name")?, row.try_get("database")?));
    Ok(Attached {
        follows,
        standbys: standbys.iter().map(standby).collect::<sqlx::Result<_>>()?,
        slots: slots.iter().map(slot).collect::<sqlx::Result<_>>()?,
        subscriptions: subscriptions.iter().map(pair).collect::<sqlx::Result<_>>()?,
        managers: Vec::new(),
    })
}

fn standby(row: &PgRow) -> sqlx::Result<Standby> {
    Ok(Standby {
        name: row.try_get("name")?,
        address: row.try_get("address")?,
        state: row.try_get("state")?,
        behind: bytes(row, "behind")?,
        logical: row.try_get("logical")?,
    })
}

fn slot(row: &PgRow) -> sqlx::Result<Slot> {
    Ok(Slot {
        name: row.try_get("name")?,
        database: row.try_get("database")?,
        active: row.try_get("active")?,
        held: bytes(row, "held")?,
    })
}

fn bytes(row: &PgRow, column: &str) -> sqlx::Result<Option<u64>> {
    let bytes: Option<i64> = row.try_get(column)?;
    Ok(bytes.and_then(|bytes| u64::try_from(bytes).ok()))
}

/// By what they left in the data folder, and by what runs on this host.
fn managers(data_dir: &Path) -> Vec<String> {
    let left = LEFT.iter().filter(|(file, _)| data_dir.join(file).exists());
    let mut found: Vec<String> = left.map(|(_, name)| (*name).to_owned()).collect();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    for process in processes {
        let Ok(line) = std::fs::read(process.path().join("cmdline")) else { continue }; // it has ended
        found.extend(manager(&line).map(str::to_owned));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Of a process, by the words of its command line: a program may be run by another, as Python runs Patroni.
fn manager(line: &[u8]) -> Option<&'static str> {
    let words =
        line.split(|byte| *byte == 0).take(2).filter_map(|word| std::str::from_utf8(word).ok());
    let names = words.filter_map(|word| Path::new(word).file_name().and_then(OsStr::to_str));
    names.into_iter().find_map(|name| {
        PROGRAMS.iter().find(|(program, _)| *program == name).map(|(_, name)| *name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manager_is_known_by_its_program_or_by_what_it_left() {
        assert_eq!(
            manager(b"/usr/bin/python3\0/usr/bin/patroni\0/etc/patroni.yml\0"),
            Some("Patroni")
        );
        assert_eq!(manager(b"repmgrd\0-f\0/etc/repmgr.conf\0"), Some("repmgr"));
        assert_eq!(manager(b"/usr/bin/vim\0/etc/x\0patroni\0"), None, "somebody reads of it");
        assert_eq!(manager(b""), None);

        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("patroni.dynamic.json"), "{}").unwrap();
        assert!(managers(folder.path()).contains(&"Patroni".to_owned()));
    }
}
