//! The released program on a folder of its own, with a Postgres of its own that keeps its promises.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use muster::actions::incidents::{self, Declaration};
use muster::clock::Clock;
use muster::db::Db;
use muster::domain::id::{IncidentId, PersonId, StreamId};
use muster::domain::incident::Kind;
use muster::secrets::KeyRing;
use muster::store;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::PgConnectOptions;
use tempfile::TempDir;
use time::OffsetDateTime;

use crate::support::app::PASSWORD;
use crate::support::browser::{Answer, Browser};
use crate::support::program::{MUSTER, postmaster, surround};

const CONNECTIONS: u32 = 16;

/// Where a site's data lies: on a disk, so that a commit costs what it costs.
pub(crate) struct Folder(TempDir);

/// A running Muster that Ada owns, with the example plan.
pub(crate) struct Site {
    pub(crate) folder: Folder,
    server: Server,
    pub(crate) url: String,
    pub(crate) db: Db,
    ring: KeyRing,
}

/// `muster serve`; ends in order when dropped.
pub(crate) struct Server {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl Folder {
    pub(crate) fn new() -> Folder {
        let folder = tempfile::Builder::new().prefix("muster-bench-").tempdir().unwrap();
        let open = std::fs::Permissions::from_mode(0o711); // Postgres runs as a user of its own
        std::fs::set_permissions(folder.path(), open).unwrap();
        Folder(folder)
    }

    /// Makes an owner, and brings the example plan in.
    pub(crate) fn settle(&self) {
        let add = [
            "user",
            "add",
            "Ada Lovelace",
            "--email",
            "ada@example.org",
            "--rights",
            "own,command",
        ];
        self.run(&add, PASSWORD);
        let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/labitory.toml");
        self.run(&["plan", "import", plan], "");
    }

    /// Starts `muster serve`, on one core where that is said.
    pub(crate) fn serve(&self, core: Option<u32>) -> Server {
        let mut command = self.command(core);
        let mut child = command.arg("serve").stdin(Stdio::null()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Server { child, said }
    }

    fn run(&self, line: &[&str], input: &str) {
        let mut child = self.command(None).args(line).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "muster {line:?}: see {}", self.log().display());
    }

    fn command(&self, core: Option<u32>) -> Command {
        let mut command = match core {
            Some(core) => {
                let mut command = Command::new("taskset");
                command.args(["-c", &core.to_string(), MUSTER]);
                command
            }
            None => Command::new(MUSTER),
        };
        let log = File::options().create(true).append(true).open(self.log()).unwrap();
        surround(&mut command, &self.data(), &self.ring());
        command.current_dir(self.0.path()).stdout(Stdio::piped()).stderr(log);
        command
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn ring(&self) -> PathBuf {
        self.0.path().join("keyring")
    }

    fn log(&self) -> PathBuf {
        self.0.path().join("log")
    }
}

impl Server {
    /// Waits until it says that it is ready, and gives its address.
    pub(crate) fn ready(&mut self) -> String {
        let lines = self.said.by_ref().lines().map(Result::unwrap);
        let url = lines
            .filter_map(|line| line.strip_prefix("Muster is ready at ").map(str::to_owned))
            .next();
        url.expect("it ended before it was ready")
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// A line of `/proc/…/status`, in MiB.
    pub(crate) fn memory(&self, what: &str) -> f64 {
        let path = format!("/proc/{}/status", self.id());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap();
        let kilobytes: f64 =
            line.trim_matches([':', ' ', '\t']).split(' ').next().unwrap().parse().unwrap();
        kilobytes / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGTERM);
        let _ = self.child.wait();
    }
}

impl Site {
    pub(crate) async fn start(core: Option<u32>) -> Site {
        let folder = Folder::new();
        folder.settle();
        let mut server = folder.serve(core);
        let url = server.ready();
        let db = Db::away();
        db.reached(folder.postgres("postgres"), CONNECTIONS);
        let ring = KeyRing::load(&folder.ring()).unwrap();
        Site { folder, server, url, db, ring }
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        Clock::of_host().now()
    }

    pub(crate) async fn ada(&self) -> PersonId {
        let mut conn = self.db.pool().unwrap().acquire().await.unwrap();
        store::people::find_by_key(&mut conn, "ada-lovelace").await.unwrap().unwrap().id
    }

    pub(crate) async fn declare(&self, kind: Kind, level: u8) -> IncidentId {
        let (now, by) = (self.now(), self.ada().await);
        let id = IncidentId::new(now);
        incidents::declare(&self.db, Declaration { id, kind, level, by }, now).await.unwrap();
        id
    }

    /// The number of the newest entry of an incident.
    pub(crate) async fn head(&self, id: IncidentId) -> i64 {
        let mut conn = self.db.pool().unwrap().acquire().await.unwrap();
        store::streams::head(&mut conn, StreamId(id.0)).await.unwrap().unwrap().seq
    }

    /// The status page, once it has been made anew after a change.
    pub(crate) async fn renewed(&self, before: &Answer) -> Answer {
        let mut page = None;
        until(async || {
            let now = self.get("/status").await;
            let is_new = now.headers["etag"] != before.headers["etag"];
            page = is_new.then_some(now);
            is_new
        })
        .await;
        page.unwrap()
    }

    /// A browser in which Ada has signed in.
    pub(crate) async fn signed_in(&self) -> Browser {
        self.browser(&self.url).sign_in("ada@example.org", PASSWORD).await
    }

    fn browser(&self, url: &str) -> Browser {
        Browser::of(url.strip_prefix("http://").unwrap().parse().unwrap(), &self.ring)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_from(&self.url, path).await
    }

    pub(crate) async fn get_from(&self, url: &str, path: &str) -> Answer {
        self.browser(url).get(path).await
    }

    /// Sends a signal to Postgres and all its processes.
    pub(crate) fn postgres(&self, signal: Signal) {
        let postmaster = postmaster(&self.folder.data()).unwrap();
        let children = format!("/proc/{postmaster}/task/{postmaster}/children");
        let children = std::fs::read_to_string(Path::new(&children)).unwrap();
        kill(postmaster, signal).unwrap();
        for child in children.split_whitespace() {
            let _ = kill(Pid::from_raw(child.parse().unwrap()), signal); // it may have ended
        }
    }
}

impl Folder {
    /// How to connect to a database of its Postgres.
    pub(crate) fn postgres(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new()
            .socket(self.data().join("run"))
            .username("muster")
            .database(database)
    }
}

/// Waits until something holds; a bench that waits in vain stops.
pub(crate) async fn until(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..6000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come to pass");
}
