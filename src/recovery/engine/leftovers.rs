//! What an agent that was killed left at work.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use nix::unistd::Pid;
use tracing::info;

use super::super::tool::{command_line, end_group, processes};

/// Ends every engine that does `work` (`backup`, `restore`) for this stanza by these settings. What
/// Postgres itself starts, to archive, is let be.
pub(super) fn end(config: &Path, stanza: &str, work: &str) {
    for process in processes() {
        if does(&command_line(process.pid), config, stanza, work) {
            info!(
                engine.pid = process.pid,
                "ending a {work} that was left at work (process {})", process.pid
            );
            end_group(Pid::from_raw(process.group));
        }
    }
}

/// Ends every engine that works on a restored cluster: also what its server had it fetch, and which
/// outlives that server by a moment.
pub(in crate::recovery) fn end_on(cluster: &Path) {
    let mut wanted = OsString::from("--pg1-path=");
    wanted.push(cluster);
    for process in processes() {
        let line = command_line(process.pid);
        if is_engine(&line) && line.contains(&wanted) {
            end_group(Pid::from_raw(process.group));
        }
    }
}

fn is_engine(line: &[OsString]) -> bool {
    line.first().map(Path::new).and_then(Path::file_name) == Some(OsStr::new("pgbackrest"))
}

fn does(line: &[OsString], config: &Path, stanza: &str, work: &str) -> bool {
    let mut wanted = OsString::from("--config=");
    wanted.push(config);
    let worker = format!("{work}:local");
    let has = |word: &OsStr| line.iter().any(|it| it == word);
    is_engine(line)
        && has(&wanted)
        && has(OsStr::new(&format!("--stanza={stanza}")))
        && (has(OsStr::new(work)) || has(OsStr::new(&worker)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_that_work_of_that_database_by_those_settings_is_ended() {
        let line = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        let does = |text: &str| does(&line(text), Path::new("/s/c.conf"), "main", "backup");

        assert!(does("/usr/bin/pgbackrest --config=/s/c.conf --stanza=main --type=full backup"));
        assert!(does("pgbackrest --config=/s/c.conf --process=1 --stanza=main backup:local"));
        for other in [
            "pgbackrest --config=/s/c.conf --stanza=main archive-push pg_wal/1",
            "pgbackrest --config=/s/c.conf --stanza=main restore",
            "pgbackrest --config=/s/c.conf --stanza=other backup",
            "pgbackrest --config=/t/c.conf --stanza=main backup",
            "vim --config=/s/c.conf --stanza=main backup",
            "pgbackrest",
        ] {
            assert!(!does(other), "{other}");
        }
    }
}
