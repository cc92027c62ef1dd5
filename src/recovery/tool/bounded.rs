//! A program of which nothing is expected: it may say anything, never end, and leave others at work. It is heard within
//! bounds, given a time, and ended with all that it started.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::future::pending;
use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpid};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::net::unix::pipe::Receiver;
use tokio::process::Command;
use tokio::time::timeout;
use tracing::info;

use super::{LOOK_EVERY, PATIENCE, Tool, processes, readable};
use crate::recovery::{Error, Result};

/// Bytes of what is said that are kept: of its beginning, and as many of its end.
const KEPT: usize = 2 * 1024;
/// So long what was said is waited for once all is ended that could say it.
const REST: Duration = Duration::from_secs(2);
/// The variable that marks.
const NAME: &str = "MUSTER_SCRATCH";

/// How one ended; none where it was ended, since it did not in time. And what it said.
#[derive(Debug)]
pub(in crate::recovery) struct Bounded {
    pub(in crate::recovery) status: Option<ExitStatus>,
    pub(in crate::recovery) said: String,
}

/// Stands in the environment of a program and of all that it starts, which are known by it after their agent is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::recovery) struct Mark<'a>(pub(in crate::recovery) &'a Path);

impl Tool {
    /// Runs it, for so long at most. Whatever becomes of whoever waits for it, it and what it started end then.
    pub(in crate::recovery) async fn run_within(
        mut self,
        within: Duration,
        mark: Mark<'_>,
    ) -> Result<Bounded> {
        let program = self.program;
        let failed = || Error::io("run", &program);
        let (hear, say) = std::io::pipe().map_err(failed())?;
        self.command.env(NAME, mark.0).stdout(say.try_clone().map_err(failed())?).stderr(say);
        let mut child = Command::from(self.command).spawn().map_err(failed())?;
        let all = All { group: child.id().map(u32::cast_signed), mark };
        let mut hear = Receiver::from_owned_fd(hear.into()).map_err(failed())?;
        let mut said = Said::default();
        let ended = timeout(within, async {
            tokio::select! {
                status = child.wait() => status,
                never = said.hear_on(&mut hear) => match never {},
            }
        });
        let ended = ended.await;
        drop(all);
        let _ = timeout(REST, said.hear(&mut hear)).await; // what came is enough
        if ended.is_err() {
            let _ = child.wait().await; // it was ended
        }
        Ok(Bounded { status: ended.ok().transpose().map_err(failed())?, said: said.words() })
    }
}

/// A program and what it started; ended when this is dropped.
struct All<'a> {
    group: Option<i32>,
    mark: Mark<'a>,
}

impl Drop for All<'_> {
    fn drop(&mut self) {
        end(self.group, &self.mark);
    }
}

/// Ends what was left at work by whoever is gone.
pub(in crate::recovery) fn end_marked(mark: &Mark<'_>) {
    end(None, mark);
}

/// By force: none of it holds anything that it must put in order. Again and again, since it may start others meanwhile.
fn end(group: Option<i32>, mark: &Mark<'_>) {
    let mut wanted = OsString::from(format!("{NAME}="));
    wanted.push(mark.0);
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let found = processes().filter(|it| Some(it.group) == group || is_marked(it.pid, &wanted));
        let left: Vec<i32> =
            found.map(|it| it.pid).filter(|pid| *pid != getpid().as_raw()).collect();
        let Some(first) = left.first() else { return };
        info!(action.pid = first, "ending what an action left at work (process {first})");
        for pid in left {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL); // gone already is as good
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn is_marked(pid: i32, wanted: &OsStr) -> bool {
    let variables = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    variables.split(|byte| *byte == 0).any(|it| it == wanted.as_encoded_bytes())
}

/// What was said so far.
#[derive(Default)]
struct Said {
    first: Vec<u8>,
    last: VecDeque<u8>,
    left_out: usize,
}

impl Said {
    /// All of it is read, so that nobody is kept waiting, and of more than fits the middle is left out.
    async fn hear(&mut self, from: &mut (impl AsyncRead + Unpin)) {
        let mut chunk = vec![0; 8 * 1024];
        while let Ok(read @ 1..) = from.read(&mut chunk).await {
            self.note(chunk.get(..read).unwrap_or_default());
        }
    }

    async fn hear_on(&mut self, from: &mut (impl AsyncRead + Unpin)) -> Infallible {
        self.hear(from).await;
        pending().await
    }

    fn note(&mut self, bytes: &[u8]) {
        let (first, rest) = bytes.split_at((KEPT - self.first.len()).min(bytes.len()));
        self.first.extend(first);
        self.last.extend(rest);
        let over = self.last.len().saturating_sub(KEPT);
        self.last.drain(..over);
        self.left_out += over;
    }

    fn words(mut self) -> String {
        let last = self.last.make_contiguous();
        let words = match self.left_out {
            0 => readable(&[&self.first[..], &*last].concat()),
            left_out => {
                format!("{}\n… {left_out} bytes …\n{}", readable(&self.first), readable(last))
            }
        };
        words.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Tool {
        Tool::new(Path::new("/bin/sh")).arg("-c").arg(script)
    }

    fn marked(mark: &Path) -> Vec<i32> {
        let wanted = format!("{NAME}={}", mark.display());
        let found = processes().filter(|it| is_marked(it.pid, OsStr::new(&wanted)));
        found.map(|it| it.pid).collect()
    }

    #[tokio::test]
    async fn of_much_that_is_said_beginning_and_end_are_kept_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let script =
            "echo first; echo second >&2; yes | head -c 1000000; printf 'last\\033[2J'; exit 3";

        let ran =
            shell(script).run_within(Duration::from_secs(20), Mark(folder.path())).await.unwrap();

        assert_eq!(ran.status.unwrap().code(), Some(3));
        assert!(ran.said.starts_with("first\nsecond\ny\n"), "{}", ran.said);
        assert!(ran.said.ends_with("y\nlast\u{fffd}[2J"), "{}", ran.said);
        assert!(ran.said.contains("… 995925 bytes …") && ran.said.len() < 5_000, "{}", ran.said);
    }

    #[tokio::test]
    async fn what_is_late_ends_with_all_that_it_started_and_so_does_what_was_left() {
        let folder = tempfile::tempdir().unwrap();
        let mark = || Mark(folder.path());
        let patience = Duration::from_millis(500);
        let script = "trap '' TERM; (setsid sleep 60 &); env -i sleep 60 & echo $!; sleep 60";

        let late = shell(script).run_within(patience, mark()).await.unwrap();
        assert!(late.status.is_none());
        assert_eq!(marked(folder.path()), [0; 0], "not in its group");
        let unmarked: i32 = late.said.parse().unwrap();
        assert!(processes().all(|it| it.pid != unmarked), "of its group");

        let begun = Instant::now();
        let left =
            shell("setsid sleep 60 & exit 0").run_within(Duration::from_secs(20), mark()).await;
        assert!(
            left.unwrap().status.unwrap().success() && begun.elapsed() < Duration::from_secs(10)
        );
        assert_eq!(marked(folder.path()), [0; 0], "what it left in the background ends with it");

        let forsaken =
            shell("setsid sleep 60 & sleep 60").run_within(Duration::from_secs(60), mark());
        assert!(timeout(patience, forsaken).await.is_err());
        assert_eq!(marked(folder.path()), [0; 0], "whoever gives up waiting ends it");
    }
}
