//! A folder for one run of the program, and the program in it.

use std::fs::File;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::support::app::PASSWORD;
use crate::support::disk::Disk;
use crate::support::program::{MUSTER, surround};

/// Far above what anything here takes: reaching it means that it does not happen.
pub(super) const BOUND: Duration = Duration::from_secs(60);

/// A folder for the data, key ring and log of one test.
pub(super) struct Folder {
    root: TempDir,
    /// What the data lies on, where a test wants a disk of its own for it.
    pub(super) disk: Option<Disk>,
}

/// `muster serve`, killed at the latest when this is dropped; the next start ends its Postgres.
pub(super) struct Muster {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Folder {
    pub(super) fn new() -> Folder {
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = tempfile::Builder::new().prefix("muster-run-").tempdir_in(base).unwrap();
        let open = std::fs::Permissions::from_mode(0o711); // Postgres runs as a user of its own
        std::fs::set_permissions(folder.path(), open).unwrap();
        Folder { root: folder, disk: None }
    }

    /// With the data on a disk of so many MiB.
    pub(super) fn on_disk(mib: u32) -> Folder {
        let mut folder = Folder::new();
        std::fs::create_dir(folder.path("")).unwrap();
        folder.disk = Some(Disk::over(&folder.path(""), mib));
        folder
    }

    /// A path in the data folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.disk.as_ref().map_or_else(|| self.beside("data"), Disk::outside).join(name)
    }

    /// A path beside the data folder.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// All that was said on standard error.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.beside("log")).unwrap_or_default()
    }

    pub(super) fn wait_for_log(&self, words: &str) {
        let begun = Instant::now();
        while !self.log().contains(words) {
            assert!(begun.elapsed() < BOUND, "it never said {words:?}: {}", self.log());
            std::thread::yield_now();
        }
    }

    pub(super) fn serve(&self) -> Muster {
        Muster::of(self.command(&["serve"]))
    }

    /// `muster serve` with a database that never answers: it says nothing but its address, to the
    /// log.
    pub(super) fn serve_without_database(&self) -> (Muster, String) {
        let mut command = self.command(&["serve"]);
        command.env("DATABASE_URL", "postgres://muster@127.0.0.1:1/none");
        self.serve_by(command)
    }

    /// A server that listens; whatever it says, it says to the log.
    pub(super) fn serve_by(&self, command: Command) -> (Muster, String) {
        let before = self.log().len();
        let muster = Muster::of(command);
        let begun = Instant::now();
        loop {
            let log = self.log().split_off(before);
            if let Some((_, rest)) = log.split_once("listening on ")
                && let Some((address, _)) = rest.split_once(char::is_whitespace)
            {
                return (muster, format!("http://{address}"));
            }
            assert!(begun.elapsed() < BOUND, "it does not listen: {log}");
            std::thread::yield_now();
        }
    }

    /// Runs a command to its end: its exit code, and what it said.
    pub(super) fn run(&self, line: &[&str], input: &[u8]) -> (i32, String) {
        let mut child = self.command(line).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let done = child.wait_with_output().unwrap();
        (done.status.code().unwrap(), String::from_utf8(done.stdout).unwrap())
    }

    pub(super) fn command(&self, line: &[&str]) -> Command {
        let mut command = match &self.disk {
            Some(disk) => disk.command(MUSTER),
            None => Command::new(MUSTER),
        };
        command.args(line);
        self.surround(&mut command);
        command
    }

    /// Gives a command what it needs to work here.
    pub(super) fn surround(&self, command: &mut Command) {
        let log = File::options().create(true).append(true).open(self.beside("log"));
        surround(command, &self.beside("data"), &self.beside("keyring"));
        command.current_dir(self.beside("")).stdout(Stdio::piped()).stderr(log.unwrap());
    }

    /// Makes Ada an owner who also responds and commands, and brings the example plan in.
    pub(super) fn settle(&self) {
        let add = ["user", "add", "Ada Lovelace", "--email", "ada@example.org", "--rights"];
        let rights = "own,command,respond,view";
        let (code, said) = self.run(&[&add[..], &[rights]].concat(), PASSWORD.as_bytes());
        assert_eq!(code, 0, "{said} {}", self.log());
        let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/labitory.toml");
        assert_eq!(self.run(&["plan", "import", plan], b"").0, 0, "{}", self.log());
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.path("postgres/postmaster.pid").exists() {
            self.run(&["verify"], b""); // finds what was left running, and stops it
        }
    }
}

impl Muster {
    pub(super) fn of(mut command: Command) -> Muster {
        let mut child = command.stdin(Stdio::null()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Muster { child, said }
    }

    /// Waits for a line that begins so, and gives the rest of it.
    pub(super) fn line(&mut self, beginning: &str) -> String {
        let lines = self.said.by_ref().map(Result::unwrap);
        let found = lines.filter_map(|line| line.strip_prefix(beginning).map(str::to_owned)).next();
        found.unwrap_or_else(|| panic!("it ended without saying {beginning:?}"))
    }

    /// The whole answer to one request, head and body.
    pub(super) fn get(&self, url: &str, path: &str) -> String {
        let mut tcp = connect(url);
        let host = url.trim_start_matches("http://");
        write!(tcp, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).unwrap();
        answer
    }

    /// A form whose body never comes, though the server has begun to wait for it.
    pub(super) fn begin_upload(&self, url: &str) -> TcpStream {
        let mut tcp = connect(url);
        let host = url.trim_start_matches("http://");
        let head = "content-type: application/x-www-form-urlencoded\r\ncontent-length: 99\r\n\
                    expect: 100-continue\r\n\r\n";
        write!(tcp, "POST /session HTTP/1.1\r\nhost: {host}\r\n{head}").unwrap();
        let mut go_on = [0; 25];
        tcp.read_exact(&mut go_on).unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        tcp
    }

    /// Its process id.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn terminate(&self) {
        kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGTERM).unwrap();
    }

    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end, and gives its exit code.
    pub(super) fn ended(&mut self) -> i32 {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap_or(-1);
            }
            assert!(begun.elapsed() < BOUND, "it does not end");
            std::thread::yield_now();
        }
    }
}

impl Drop for Muster {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended already
        let _ = self.child.wait();
    }
}

fn connect(url: &str) -> TcpStream {
    let tcp = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    tcp.set_read_timeout(Some(BOUND)).unwrap();
    tcp
}
