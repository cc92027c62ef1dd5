//! `muster serve` as a process, on a database that others use, too.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::support::app::PASSWORD;
use crate::support::program::surround;

/// What servers of one database share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) program: PathBuf,
    pub(crate) database: String,
    pub(crate) ring: PathBuf,
    pub(crate) smtp: String,
}

impl Shared {
    /// A command of that program, with the data folder in this one.
    fn command(&self, folder: &TempDir, line: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        surround(&mut command, &folder.path().join("data"), &self.ring);
        command
            .args(line)
            .env("DATABASE_URL", &self.database)
            .env("MUSTER_SMTP_URL", &self.smtp)
            .env("MUSTER_MAIL_FROM", "muster@example.org")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, line: &[&str]) -> Output {
        self.command(&TempDir::new().unwrap(), line).output().unwrap()
    }

    /// Makes Ada an owner who also responds.
    pub(crate) fn add_ada(&self) {
        let rights = "own,view,respond,command";
        let line =
            ["user", "add", "Ada Lovelace", "--email", "ada@example.org", "--rights", rights];
        let mut command = self.command(&TempDir::new().unwrap(), &line);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }
}

/// One server, killed at the latest when this is dropped.
pub(crate) struct Server {
    child: Child,
    folder: TempDir,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts it, and waits until it is ready.
    pub(crate) async fn start(shared: &Shared) -> Server {
        Server::begin(shared, TempDir::new().unwrap()).await
    }

    async fn begin(shared: &Shared, folder: TempDir) -> Server {
        let path = folder.path().join("log");
        let log = File::options().create(true).append(true).open(&path).unwrap();
        let mut command = shared.command(&folder, &["serve"]);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let said = tokio::task::spawn_blocking(move || {
            out.lines().map_while(Result::ok).find_map(|line| {
                Some(
                    line.strip_prefix("Muster is ready at http://")?
                        .trim_end_matches('/')
                        .to_owned(),
                )
            })
        });
        let Some(address) = said.await.unwrap() else {
            panic!("it ended: {}", std::fs::read_to_string(path).unwrap_or_default())
        };
        Server { child, folder, address: address.parse().unwrap() }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).unwrap();
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop, and waits until it has finished what it had begun.
    pub(crate) async fn stop(&mut self) {
        self.signal(Signal::SIGTERM);
        within(Duration::from_secs(30), async || self.child.try_wait().unwrap().is_some()).await;
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        assert!(self.child.wait().unwrap().success(), "{log}");
    }

    /// Kills it, and starts it on the same folder.
    pub(crate) async fn again(mut self, shared: &Shared) -> Server {
        self.kill();
        let folder = std::mem::replace(&mut self.folder, TempDir::new().unwrap());
        Server::begin(shared, folder).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended already
        let _ = self.child.wait();
    }
}

/// Waits until it is so, and fails when it takes longer.
pub(crate) async fn within(bound: Duration, mut so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(tokio::time::timeout(bound, waiting).await.is_ok(), "not within {bound:?}");
}
