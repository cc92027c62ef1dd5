//! One run of Postgres as a child process: from its start until it takes connections, and its end.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use super::orphan::pid_file;
use super::setup::Setup;
use super::{Error, Result, socket};

const LOOK_EVERY: Duration = Duration::from_millis(20);
const SAY_EVERY: u32 = 500; // looks, so every ten seconds
/// Bytes of a log that are looked through for why Postgres ended.
const TAIL: u64 = 64 * 1024;

/// Fast, immediate, by force; each with the time it is given.
const ENDINGS: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_secs(30)),
    (Signal::SIGQUIT, Duration::from_secs(5)),
    (Signal::SIGKILL, Duration::from_secs(5)),
];

/// Starts Postgres as a child.
pub(super) fn spawn(setup: &Setup) -> Result<Child> {
    let said = start_log_in(&setup.log);
    let stderr = File::options()
        .create(true)
        .write(true)
        .truncate(true)
        .custom_flags(OFlag::O_NOFOLLOW.bits()) // the folder is Postgres', and Muster may be root
        .open(&said)
        .map_err(Error::io("write", &said))?;
    let program = setup.binaries.program("postgres");
    let mut command = match &setup.settings {
        None => setup.owner.command(&program),
        Some(_) => setup.owner.gently(&program), // a copy stands back behind what lives
    };
    command
        .arg("-D")
        .arg(&setup.cluster)
        .arg("-k")
        .arg(&setup.socket)
        .args(["-p", socket::PORT, "-c", "listen_addresses=", "-c"])
        .arg(format!("log_directory={}", setup.log.display()))
        .stderr(stderr);
    if let Some(settings) = &setup.settings {
        command.arg("-c").arg(format!("config_file={}", settings.display()));
    }
    Command::from(command).spawn().map_err(Error::io("run", &program))
}

/// Waits until Postgres takes connections, however long its recovery lasts.
pub(super) async fn ready(setup: &Setup, child: &mut Child) -> Result<()> {
    let mut looks = 0;
    while !is_ready(setup, child) {
        if let Some(status) = child.try_wait().map_err(Error::io("wait for", &setup.cluster))? {
            let reason = last_words(setup, status);
            if reason.contains(super::NO_SPACE) {
                return Err(Error::Full(setup.cluster.clone()));
            }
            return Err(Error::NotStarted { reason, log: setup.log.clone() });
        }
        looks += 1;
        if looks % SAY_EVERY == 0 {
            info!("Postgres is still starting; after a crash it recovers first");
        }
        sleep(LOOK_EVERY).await;
    }
    Ok(())
}

/// Ends a run, gently at first.
pub(super) async fn end(mut child: Child) {
    for (signal, patience) in ENDINGS {
        let Some(pid) = child.id() else { return };
        let _ = kill(Pid::from_raw(pid.cast_signed()), signal); // not reaped yet, so still ours
        if timeout(patience, child.wait()).await.is_ok() {
            return;
        }
        warn!(postgres.pid = pid, "Postgres did not end on {signal} within {patience:?}");
    }
}

/// Ends a run whose data nobody needs any more, and waits for that. One that was only just started is
/// known by nothing but its process: it has not gone to its folder yet.
pub(super) fn throw_away(mut child: Child) {
    for (signal, patience) in &ENDINGS[1..] {
        let Some(pid) = child.id() else { return };
        let _ = kill(Pid::from_raw(pid.cast_signed()), *signal); // not reaped yet, so still ours
        let begun = Instant::now();
        while begun.elapsed() < *patience {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// What Postgres says before its own log is open.
pub(super) fn start_log_in(logs: &Path) -> PathBuf {
    logs.join("start.log")
}

fn is_ready(setup: &Setup, child: &Child) -> bool {
    let pid = child.id().map(u32::cast_signed);
    pid_file(&setup.cluster).is_some_and(|file| file.ready && Some(file.pid) == pid)
}

/// What kept it from starting: of what it said at the start, else of its own log.
pub(super) fn last_words(setup: &Setup, status: ExitStatus) -> String {
    let at_start = std::fs::read_to_string(start_log_in(&setup.log)).unwrap_or_default();
    let own = own_log(&setup.log).unwrap_or_default();
    let last = || at_start.lines().last();
    let line = fatal(&at_start).or_else(|| fatal(&own)).or_else(last);
    match line.and_then(|line| line.split_once(":  ")) {
        Some((_, words)) => words.to_owned(),
        None => status.to_string(),
    }
}

/// What ended it; who is turned away meanwhile is told of a FATAL too.
fn fatal(text: &str) -> Option<&str> {
    let turned_away = |line: &str| line.contains("FATAL:  the database system is");
    let ended = |line: &str| line.contains("FATAL:") || line.contains("PANIC:");
    text.lines().rfind(|line| ended(line) && !turned_away(line))
}

/// The end of the log that was written last, from Postgres' last start on.
fn own_log(folder: &Path) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let logs = entries.filter(|e| e.file_name().to_string_lossy().starts_with("postgres-"));
    let newest = logs.max_by_key(|e| e.metadata().and_then(|m| m.modified()).ok())?;
    let mut file = File::open(newest.path()).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL))).ok()?;
    let mut end = Vec::new();
    file.take(TAIL).read_to_end(&mut end).ok()?;
    let end = String::from_utf8_lossy(&end);
    let (_, since) = end.rsplit_once("LOG:  starting PostgreSQL")?;
    Some(since.to_owned())
}
