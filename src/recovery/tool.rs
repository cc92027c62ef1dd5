//! Runs the programs that do the work: without anything of our environment, in a process group of
//! their own, which ends whole when whoever waits for it gives up.

mod bounded;
mod flow;

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, killpg};
use nix::sys::statvfs::statvfs;
use nix::unistd::{Pid, getpgrp};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

pub(super) use self::bounded::{Bounded, Mark, end_marked};
pub(super) use self::flow::{Passed, Sink, Source, Tally};
use super::{Error, Result};
use crate::pgserver::gently;

/// How long a program may take to end once it was told to.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Lines of what a program said that are kept.
const KEPT: usize = 200;

/// What a program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// Whether its exit code was 0, for what that is worth.
    pub(super) ended_well: bool,
    /// Its standard output; of long ones the end.
    pub(super) out: String,
    /// Its standard error.
    pub(super) errors: String,
}

/// A program with its arguments.
pub(super) struct Tool {
    command: std::process::Command,
    program: PathBuf,
    input: Vec<u8>,
}

impl Tool {
    /// In UTC and English, whatever the host speaks: a time without its zone would be read otherwise
    /// by the engine than by the server.
    pub(super) fn new(program: &Path) -> Tool {
        Tool::of(std::process::Command::new(program), program)
    }

    /// The same, behind everything that the host does for those who use it.
    pub(super) fn gently(program: &Path) -> Tool {
        let (starter, before) = gently();
        let mut command = std::process::Command::new(starter);
        command.args(before).arg(program);
        Tool::of(command, program)
    }

    fn of(mut command: std::process::Command, program: &Path) -> Tool {
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::null());
        Tool { command, program: program.to_owned(), input: Vec::new() }
    }

    pub(super) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Tool {
        self.command.env(name, value);
        self
    }

    pub(super) fn arg(mut self, arg: impl AsRef<OsStr>) -> Tool {
        self.command.arg(arg);
        self
    }

    pub(super) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Tool {
        self.command.args(args);
        self
    }

    /// What it reads from its standard input.
    pub(super) fn input(mut self, bytes: &[u8]) -> Tool {
        self.command.stdin(Stdio::piped());
        self.input = bytes.to_vec();
        self
    }

    pub(super) fn folder(mut self, folder: &Path) -> Tool {
        self.command.current_dir(folder);
        self
    }

    /// Runs it to its end.
    pub(super) async fn run(self) -> Result<Answer> {
        self.follow(|_| true).await
    }

    /// Runs it, and shows each line of its output as it comes, until `more` says that it is enough.
    pub(super) async fn follow(mut self, mut more: impl FnMut(&str) -> bool) -> Result<Answer> {
        let failed = |source| Error::io("run", &self.program)(source);
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = Command::from(self.command).spawn().map_err(failed)?;
        let group = Group::of(&child);
        if let Some(mut input) = child.stdin.take() {
            let bytes = self.input;
            tokio::spawn(async move { input.write_all(&bytes).await }); // one that reads no more says why
        }
        let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(Error::io("hear", &self.program)(io::ErrorKind::BrokenPipe.into()));
        };
        let errors = tokio::spawn(async move {
            let mut said = Vec::new();
            let _ = BufReader::new(err).take(64 * 1024).read_to_end(&mut said).await; // what came is enough
            readable(&said)
        });
        let (mut lines, mut line) = (BufReader::new(out), Vec::new());
        let mut kept = std::collections::VecDeque::new();
        while lines.read_until(b'\n', &mut line).await.map_err(Error::io("hear", &self.program))?
            > 0
        {
            let text = readable(&line);
            if !more(text.trim_end()) {
                drop(group);
                return Ok(Answer { ended_well: false, out: String::new(), errors: String::new() });
            }
            kept.push_back(text);
            if kept.len() > KEPT {
                kept.pop_front();
            }
            line.clear();
        }
        let status = child.wait().await.map_err(Error::io("wait for", &self.program))?;
        group.disband();
        let errors = errors.await.unwrap_or_default();
        Ok(Answer { ended_well: status.success(), out: kept.into_iter().collect(), errors })
    }
}

impl Answer {
    /// What went wrong, in the program's own words.
    pub(super) fn complaint(&self) -> String {
        let lines = self.out.lines().chain(self.errors.lines());
        let words: Vec<_> = lines.filter_map(complaint).collect();
        if words.is_empty() { "it said nothing about why".to_owned() } else { words.join("; ") }
    }
}

/// The words of a line that complains: `… P00  ERROR: [082]: WAL segment … was not archived`.
fn complaint(line: &str) -> Option<&str> {
    const MARKS: [&str; 6] = ["ERROR: ", "FATAL: ", "PANIC: ", "error: ", "WARN: ", "Fatal: "];
    let at = MARKS.iter().find_map(|mark| line.find(mark).map(|at| at + mark.len()))?;
    Some(line.get(at..)?.trim())
}

/// What a program said, fit to be shown: a wrong key makes it say any bytes at all.
fn readable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars()
        .map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c })
        .collect()
}

/// A process group that ends when this is dropped.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Group {
        Group(child.id().map(|id| Pid::from_raw(id.cast_signed())))
    }

    fn disband(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            end_group(group);
        }
    }
}

/// Ends every process of a group: the engine's workers would write on without their head.
pub(super) fn end_group(group: Pid) {
    if group == getpgrp() {
        return; // none of ours works in this process's own
    }
    for signal in [Signal::SIGTERM, Signal::SIGKILL] {
        if killpg(group, signal) == Err(Errno::ESRCH) {
            return;
        }
        let _ = killpg(group, Signal::SIGCONT); // a stopped one would not hear it
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if members(group).is_empty() {
                return;
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

fn members(group: Pid) -> Vec<i32> {
    processes()
        .filter(|process| process.group == group.as_raw())
        .map(|process| process.pid)
        .collect()
}

/// A living process.
pub(super) struct Process {
    pub(super) pid: i32,
    pub(super) group: i32,
}

/// All processes that live, as opposed to those that wait for their parent to notice.
pub(super) fn processes() -> impl Iterator<Item = Process> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter_map(|pid| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let mut fields = stat.rsplit_once(") ")?.1.split(' ');
        let state = fields.next()?;
        let group = fields.nth(1)?.parse().ok()?;
        (!matches!(state, "Z" | "X")).then_some(Process { pid, group })
    })
}

/// What a process was started with.
pub(super) fn command_line(pid: i32) -> Vec<OsString> {
    use std::os::unix::ffi::OsStringExt as _;
    let bytes = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words = bytes.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    words.map(|word| OsString::from_vec(word.to_vec())).collect()
}

/// Finds a program among the folders of a search path.
#[must_use]
pub fn find_program(search: &OsStr, name: &str) -> Option<PathBuf> {
    let folders = std::env::split_paths(search).filter(|folder| folder.is_absolute());
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// The room that is left for this user on the disk that holds a folder, or will hold it.
///
/// # Errors
/// When nothing of the path is there.
pub fn free_bytes(folder: &Path) -> Result<u64> {
    let there = folder.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    let found = statvfs(there).map_err(|error| Error::io("look at", there)(error.into()))?;
    Ok(found.blocks_available().saturating_mul(found.fragment_size()))
}
