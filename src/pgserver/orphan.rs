//! Stops a Postgres that outlived its Muster. Process ids are used again, so nothing is signalled
//! for standing in a pid file: only what the kernel shows to be a Postgres in this very folder.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tracing::{info, warn};

use super::{Error, Result, socket};

/// Fast (Postgres writes a last checkpoint), immediate (the next start recovers), and by force.
const ROUNDS: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_secs(10)),
    (Signal::SIGQUIT, Duration::from_secs(5)),
    (Signal::SIGKILL, Duration::from_secs(5)),
];
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What `postmaster.pid` says about a running, or ended, Postgres.
pub(super) struct PidFile {
    pub(super) pid: i32,
    pub(super) socket: Option<PathBuf>,
    pub(super) ready: bool,
}

#[derive(Debug)]
struct Process {
    pid: i32,
    parent: i32,
}

/// Ends every Postgres process on this cluster and leaves no pid file that would bar a new one.
pub(super) fn clear(cluster: &Path, socket_dir: &Path) -> Result<()> {
    if !Path::new("/proc/self/stat").exists() {
        return Ok(()); // unknowable here; Postgres itself refuses to start beside another
    }
    for (signal, patience) in ROUNDS {
        let found = working_on(cluster);
        let Some(first) = found.first() else { break };
        info!(
            postgres.pid = first.pid,
            "stopping an orphaned Postgres (process {}) by {signal}", first.pid
        );
        for process in heads(&found, signal) {
            let _ = kill(Pid::from_raw(process.pid), signal); // gone already is as good
        }
        wait_until_gone(cluster, patience);
    }
    if let Some(left) = working_on(cluster).first() {
        return Err(Error::Orphan(left.pid));
    }
    let lock = socket_dir.join(format!("{}.lock", socket::FILE));
    remove_misleading(&pid_path(cluster))?;
    remove_misleading(&lock)
}

/// Reads `postmaster.pid`; `None` when there is none, or only a half-written one.
pub(super) fn pid_file(cluster: &Path) -> Option<PidFile> {
    let text = std::fs::read_to_string(pid_path(cluster)).ok()?;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    Some(PidFile {
        pid: lines.first()?.parse().ok()?,
        socket: lines.get(4).filter(|line| !line.is_empty()).map(PathBuf::from),
        ready: matches!(lines.get(7), Some(&("ready" | "standby"))),
    })
}

/// Postgres won't start while the process named in a pid file lives, whatever that process is, or
/// when the file was never finished. That of a dead process it clears away itself, after a look
/// whether shared memory is still in use.
fn remove_misleading(path: &Path) -> Result<()> {
    let Ok(text) = std::fs::read_to_string(path) else { return Ok(()) };
    let pid = text.lines().next().and_then(|line| line.trim().parse().ok());
    if pid.is_some_and(|pid| kill(Pid::from_raw(pid), None) == Err(Errno::ESRCH)) {
        return Ok(());
    }
    warn!("removing the stale {}: no Postgres of ours belongs to it", path.display());
    std::fs::remove_file(path).map_err(Error::io("remove", path))
}

fn pid_path(cluster: &Path) -> PathBuf {
    cluster.join("postmaster.pid")
}

fn wait_until_gone(cluster: &Path, patience: Duration) {
    let started = Instant::now();
    while started.elapsed() < patience && !working_on(cluster).is_empty() {
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Signals go to the postmaster, which passes them on; force, and a postmaster that is gone, mean
/// that each process gets its own.
fn heads(found: &[Process], signal: Signal) -> impl Iterator<Item = &Process> {
    let is_child = |process: &Process| found.iter().any(|other| other.pid == process.parent);
    found.iter().filter(move |process| signal == Signal::SIGKILL || !is_child(process))
}

/// All Postgres processes that work in this cluster's folder.
fn working_on(cluster: &Path) -> Vec<Process> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| postgres_in(cluster, pid)).collect()
}

fn postgres_in(cluster: &Path, pid: i32) -> Option<Process> {
    let proc = PathBuf::from(format!("/proc/{pid}"));
    let parent = parent_of_postgres(&std::fs::read_to_string(proc.join("stat")).ok()?)?;
    let here = match std::fs::read_link(proc.join("cwd")) {
        Ok(folder) => folder == cluster,
        // Root in a container may not look into other users' processes; the postmaster's command
        // line names its folder to everybody.
        Err(_) => std::fs::read(proc.join("cmdline")).is_ok_and(|line| {
            line.split(|b| *b == 0).any(|arg| arg == cluster.as_os_str().as_encoded_bytes())
        }),
    };
    here.then_some(Process { pid, parent })
}

/// Reads `123 (postgres) S 1 …`; `None` for other programs and for the dead waiting to be reaped.
fn parent_of_postgres(stat: &str) -> Option<i32> {
    let (head, tail) = stat.rsplit_once(") ")?;
    let name = head.split_once(" (")?.1;
    let mut fields = tail.split(' ');
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    (name == "postgres" && !matches!(state, "Z" | "X")).then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_living_postgres_processes_count() {
        assert_eq!(parent_of_postgres("12 (postgres) S 1 12 12 0 -1"), Some(1));
        assert_eq!(parent_of_postgres("12 (postgres) Z 1 12 12 0 -1"), None);
        assert_eq!(parent_of_postgres("12 (sleep) S 1 12 12 0 -1"), None);
        assert_eq!(parent_of_postgres("12 (a) postgres) S 1 12 12 0 -1"), None);
        assert_eq!(parent_of_postgres("nonsense"), None);
    }

    #[test]
    fn the_postmaster_alone_is_signalled_unless_it_is_gone_or_force_is_due() {
        let family = [Process { pid: 10, parent: 1 }, Process { pid: 11, parent: 10 }];
        let orphans = [Process { pid: 11, parent: 1 }, Process { pid: 12, parent: 1 }];

        let pids =
            |found: &[Process], signal| heads(found, signal).map(|p| p.pid).collect::<Vec<_>>();
        assert_eq!(pids(&family, Signal::SIGINT), [10]);
        assert_eq!(pids(&family, Signal::SIGKILL), [10, 11]);
        assert_eq!(pids(&orphans, Signal::SIGINT), [11, 12]);
    }

    #[test]
    fn a_pid_file_is_read_line_by_line() {
        let cluster = tempfile::tempdir().unwrap();
        assert!(pid_file(cluster.path()).is_none());

        let text = "4711\n/d/postgres\n1700000000\n5432\n/d/run\n\n  123 4\nready   \n";
        std::fs::write(pid_path(cluster.path()), text).unwrap();

        let file = pid_file(cluster.path()).unwrap();
        assert_eq!((file.pid, file.ready), (4711, true));
        assert_eq!(file.socket, Some(PathBuf::from("/d/run")));
    }

    #[test]
    fn a_pid_file_is_left_to_postgres_only_when_its_process_is_dead() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("postmaster.pid");
        let gone = i32::MAX; // above the largest process id there can be

        for (text, left) in
            [("", false), ("half", false), ("1\n/d\n", false), (&format!("{gone}\n"), true)]
        {
            std::fs::write(&path, text).unwrap();
            remove_misleading(&path).unwrap();
            assert_eq!(path.exists(), left, "{text:?}");
        }
    }
}
