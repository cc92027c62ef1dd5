//! A data folder for one test, another process that runs Postgres in it, and a look at processes.

#![expect(
    clippy::disallowed_methods,
    reason = "a process of its own is told its part by variables"
)]

use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use muster::pgserver::{self, Config, DataLock, Running, State};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tempfile::TempDir;

use crate::support::process::OtherProcess;

const FOLDER: &str = "MUSTER_TEST_FOLDER";

/// A data folder on memory, cleared of processes when the test ends, also when it fails.
pub(crate) struct Scene {
    pub(crate) config: Config,
    _parent: TempDir,
}

impl Scene {
    pub(crate) fn new() -> Scene {
        Scene::in_folder("data")
    }

    pub(crate) fn in_folder(name: &str) -> Scene {
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let parent = tempfile::Builder::new().prefix("muster-pg-").tempdir_in(base).unwrap();
        open_to_all(parent.path());
        let config = config_for(parent.path().join(name));
        Scene { config, _parent: parent }
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        self.config.data.join("postgres")
    }

    pub(crate) async fn start(&self) -> Running {
        let lock = DataLock::take(&self.config.data).unwrap();
        pgserver::start(&self.config, &lock).await.unwrap()
    }

    /// A second Muster: another process that runs Postgres on this folder until it is killed, or
    /// told to end by the end of its input.
    pub(crate) fn owner(&self) -> OtherProcess {
        let folder = (FOLDER, self.config.data.as_os_str());
        let mut owner = OtherProcess::start("pgserver::scene::owner_process", folder);
        owner.line("ready");
        owner
    }

    pub(crate) fn postmaster(&self) -> i32 {
        let text = std::fs::read_to_string(self.cluster().join("postmaster.pid")).unwrap();
        text.lines().next().unwrap().parse().unwrap()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let Ok(text) = std::fs::read_to_string(self.cluster().join("postmaster.pid")) else {
            return;
        };
        let pid = text.lines().next().and_then(|line| line.parse().ok()).unwrap_or(0);
        if command_line(pid).contains(self.cluster().to_str().unwrap()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGQUIT); // removes its shared memory too
            let patience = Instant::now() + Duration::from_secs(5);
            while alive(pid) && Instant::now() < patience {
                std::thread::yield_now();
            }
        }
    }
}

/// A process that is no Postgres, of the user as which Postgres runs; ended with the test.
pub(crate) struct Sleeper(Child);

impl Sleeper {
    pub(crate) fn start(scene: &Scene) -> Sleeper {
        let owner = scene.cluster().metadata().unwrap();
        let mut command = Command::new("sleep");
        command.arg("600").current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
        if geteuid().is_root() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        Sleeper(command.spawn().unwrap())
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill(); // it may have ended already, which the test then tells
        let _ = self.0.wait();
    }
}

/// Run by the tests as a process of its own.
#[tokio::test]
#[ignore = "a part of other tests"]
async fn owner_process() {
    let config = config_for(std::env::var_os(FOLDER).unwrap().into());
    let lock = DataLock::take(&config.data).unwrap();
    let running = pgserver::start(&config, &lock).await.unwrap();
    println!("\nready");
    let _ = std::io::stdin().read(&mut [0]);
    running.stop().await;
}

pub(crate) fn config_for(data: PathBuf) -> Config {
    Config { data, runtime: None, search: std::env::var_os("PATH").unwrap() }
}

/// The process id of a Postgres that takes connections.
pub(crate) fn pid(running: &Running) -> i32 {
    match *running.state().borrow() {
        State::Ready { pid } => pid.cast_signed(),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn kill_hard(pid: i32) {
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
}

/// Says whether a process runs, as opposed to waiting for its parent to notice its death.
pub(crate) fn alive(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit_once(") ").unwrap().1.starts_with(['Z', 'X']))
}

pub(crate) fn status_line(pid: i32, name: &str) -> String {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first column of the first row.
pub(crate) async fn ask(options: &PgConnectOptions, sql: &'static str) -> String {
    let mut conn = PgConnection::connect_with(options).await.unwrap();
    let answer = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    answer
}

pub(crate) async fn tell(options: &PgConnectOptions, sql: &'static str) {
    let mut conn = PgConnection::connect_with(options).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

pub(crate) fn command_line(pid: i32) -> String {
    let bytes = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn open_to_all(folder: &Path) {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711)).unwrap();
}
