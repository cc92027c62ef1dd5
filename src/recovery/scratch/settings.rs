//! All settings of a scratch. The restored ones are not read: they would have it archive, follow,
//! load and run what the live cluster does.

use std::path::PathBuf;

use super::super::repository::{make_folder, replace};
use super::super::{Control, Result};
use super::{Order, Room};

/// Harmless whatever the restored cluster holds.
const ALWAYS: &str = "\
listen_addresses = ''
unix_socket_permissions = 0700
hot_standby = on
archive_mode = off
archive_command = '/bin/false'
primary_conninfo = ''
primary_slot_name = ''
recovery_end_command = ''
archive_cleanup_command = ''
max_logical_replication_workers = 0
shared_preload_libraries = ''
session_preload_libraries = ''
local_preload_libraries = ''
autovacuum = off
jit = off
ssl = off
logging_collector = off
log_destination = 'stderr'
lc_messages = 'C'
timezone = 'UTC'
log_timezone = 'UTC'
dynamic_shared_memory_type = mmap
max_replication_slots = 10
temp_file_limit = 512MB
recovery_target_inclusive = on
recovery_target_action = 'pause'
";

/// What is filled writes much that nobody needs after a crash, and sorts whole indexes.
const FILLED: &str = "\
fsync = off
wal_level = minimal
max_wal_senders = 0
full_page_writes = off
synchronous_commit = off
max_wal_size = 1GB
temp_file_limit = -1
max_prepared_transactions = 0
";

/// The settings' file.
pub(in crate::recovery) fn file(room: &Room) -> PathBuf {
    room.folder.join("settings/postgresql.conf")
}

/// Writes them, and empties what the engine and the live cluster left in the restored folder.
pub(super) fn write(
    room: &Room,
    order: &Order,
    control: &Control,
    restore_command: &str,
) -> Result<()> {
    keep(room, &text(room, order, control, restore_command))
}

/// The same for a cluster that is made empty, to be filled from dumps.
pub(in crate::recovery) fn write_empty(room: &Room) -> Result<()> {
    keep(room, &(ALWAYS.to_owned() + FILLED + &files(room)))
}

fn keep(room: &Room, text: &str) -> Result<()> {
    let folder = room.folder.join("settings");
    make_folder(&folder)?;
    replace(&folder.join("pg_hba.conf"), b"local all all trust\n")?; // the socket's folder is the guard
    replace(&folder.join("pg_ident.conf"), b"")?;
    replace(&room.cluster().join("postgresql.auto.conf"), b"")?;
    replace(&file(room), text.as_bytes())
}

fn text(room: &Room, order: &Order, control: &Control, restore_command: &str) -> String {
    let mut text = ALWAYS.to_owned() + &files(room);
    for (name, value) in [
        ("fsync", if room.kept { "on" } else { "off" }),
        ("restore_command", restore_command),
        ("recovery_target_lsn", &order.until.to_string()),
        ("recovery_target_timeline", &order.timeline.to_string()),
    ] {
        text += &line(name, value);
    }
    for (name, value) in &control.least {
        let now = room.least.iter().find(|(live, _)| live == name).map_or(0, |(_, value)| *value);
        text += &format!("{name} = {}\n", now.max(*value));
    }
    text
}

fn files(room: &Room) -> String {
    let folder = room.folder.join("settings");
    let named = [("hba_file", "pg_hba.conf"), ("ident_file", "pg_ident.conf")];
    named.map(|(name, file)| line(name, &folder.join(file).to_string_lossy())).concat()
}

fn line(name: &str, value: &str) -> String {
    format!("{name} = '{}'\n", value.replace('\\', r"\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::recovery::Lsn;

    #[test]
    fn a_scratch_has_as_much_as_the_backup_or_the_live_cluster_whichever_has_more() {
        let room = Room {
            folder: "/s/it's".into(),
            search: "/bin".into(),
            user: "postgres".into(),
            least: vec![("max_connections".into(), 150), ("max_wal_senders".into(), 5)],
            tablespaces: false,
            kept: false,
        };
        let control = Control {
            system_identifier: "1".into(),
            segment: crate::domain::recovery::SegmentSize::of(1 << 20).unwrap(),
            timeline: 1,
            checksums: true,
            least: vec![("max_connections", 60), ("max_wal_senders", 10)],
        };
        let order = Order { label: "L".into(), timeline: 3, until: Lsn(0xD1_63A8) };

        let text = text(&room, &order, &control, "get %f \"%p\"");

        for line in [
            "max_connections = 150",
            "max_wal_senders = 10",
            "recovery_target_timeline = '3'",
            "recovery_target_lsn = '0/D163A8'",
            "hba_file = '/s/it''s/settings/pg_hba.conf'",
            "archive_command = '/bin/false'",
            "max_logical_replication_workers = 0",
            "temp_file_limit = 512MB",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in:\n{text}");
        }
    }
}
