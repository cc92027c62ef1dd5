//! The machine that Muster runs on: its folder, the program in it, and the ways in which it dies.

use std::fs::File;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use hyper::{Request, StatusCode};
use muster::secrets::KeyRing;
use muster::web::guard::CsrfKey;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Executor};
use tokio::time::{sleep, timeout};

use crate::support::app::{LABITORY, PASSWORD};
use crate::support::browser::{Broken, Browser};
use crate::support::program::{MUSTER, postmaster, surround};

/// How long it may take to come back, on a machine with much to do.
const BOUND: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(20);
/// Who writes: each declares few incidents in an hour, so there are several.
const ACCOUNTS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// Muster with all that belongs to it.
pub(super) struct Machine {
    data: PathBuf,
    ring: PathBuf,
    aside: PathBuf,
    address: SocketAddr,
    mail: String,
    accounts: Vec<String>,
    serve: Option<Child>,
}

impl Machine {
    /// Muster with a plan and people. What would survive its machine lies in `disk`, what is said
    /// about it in `aside`.
    pub(super) async fn start(disk: &Path, aside: &Path, mail: String) -> Machine {
        // Free now, and asked for again after each death.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut machine = Machine {
            data: disk.join("data"),
            ring: disk.join("keyring"),
            aside: aside.to_owned(),
            address,
            mail,
            accounts: ACCOUNTS.iter().map(|name| format!("{name}@soak.example.org")).collect(),
            serve: None,
        };
        let plan = aside.join("plan.toml");
        std::fs::write(&plan, LABITORY).unwrap();
        machine.run(&["plan", "import", plan.to_str().unwrap()], "");
        machine.serve();
        machine.is_ready().await;
        for (name, email) in ACCOUNTS.iter().zip(machine.accounts.clone()) {
            let name = format!("Soak {name}");
            let rights = ["--rights", "view,respond,command,own"];
            let line = [&["user", "add", &name, "--email", &email], &rights[..]].concat();
            machine.run(&line, &format!("{PASSWORD}\n"));
        }
        machine
    }

    pub(super) fn accounts(&self) -> &[String] {
        &self.accounts
    }

    pub(super) async fn signed_in(&self, email: &str) -> Browser {
        let ring = KeyRing::load(&self.ring).unwrap();
        Browser::of(self.address, &ring).sign_in(email, PASSWORD).await
    }

    /// Starts `muster serve`, without waiting for it.
    pub(super) fn serve(&mut self) {
        let child = self.command(&["serve"]).stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        self.serve = Some(child.unwrap());
    }

    /// Waits until it is ready.
    ///
    /// Panics with its log where it does not come back.
    pub(super) async fn is_ready(&self) {
        assert!(self.comes_back(BOUND).await, "Muster does not come back: {}", self.last_words());
    }

    /// Whether it is ready within a time.
    pub(super) async fn comes_back(&self, bound: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < bound {
            if self.asks_ready().await.is_ok_and(|status| status == StatusCode::OK) {
                return true;
            }
            sleep(LOOK).await;
        }
        false
    }

    async fn asks_ready(&self) -> Result<StatusCode, Broken> {
        let browser = Browser::new(self.address, CsrfKey::new(&[0; 32]));
        let answer = browser.try_send(Request::get("/readyz"), "");
        Ok(timeout(Duration::from_secs(5), answer).await??.status)
    }

    /// `kill -9` of `muster serve`.
    pub(super) fn kill_serve(&mut self) {
        let mut child = self.serve.take().expect("it was started");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// `kill -9` of the postmaster; whether there was one.
    pub(super) fn kill_postmaster(&self) -> bool {
        postmaster(&self.data).is_some_and(|pid| kill(pid, Signal::SIGKILL).is_ok())
    }

    /// `kill -9` of one process that serves a connection; whether there was one.
    pub(super) fn kill_backend(&self, chosen: usize) -> bool {
        let Some(postmaster) = postmaster(&self.data) else { return false };
        let mut backends: Vec<_> = children(postmaster)
            .into_iter()
            .filter(|(_, title)| title.contains("[local]"))
            .collect();
        if backends.is_empty() {
            return false;
        }
        kill(backends.swap_remove(chosen % backends.len()).0, Signal::SIGKILL).is_ok()
    }

    /// Ends every process of it, as when the power goes, and waits until none is left.
    pub(super) async fn lose_power(&mut self) {
        let postmaster = postmaster(&self.data);
        let mut all: Vec<_> = postmaster.map(children).unwrap_or_default();
        self.kill_serve();
        all.extend(postmaster.map(|pid| (pid, String::new())));
        for (pid, _) in &all {
            let _ = kill(*pid, Signal::SIGKILL); // it may have died of the cut
        }
        let lives = |pid: &Pid| Path::new(&format!("/proc/{pid}/cwd")).read_link().is_ok();
        while all.iter().any(|(pid, _)| lives(pid)) {
            sleep(LOOK).await;
        }
    }

    /// A connection to its database, past everything else.
    pub(super) async fn database(&self) -> PgConnection {
        let begun = Instant::now();
        loop {
            let socket = self.data.join("run");
            let options = PgConnectOptions::new_without_pgpass().socket(socket);
            let options = options.username("muster").database("postgres");
            match PgConnection::connect_with(&options).await {
                Ok(connection) => return connection,
                Err(error) => assert!(begun.elapsed() < BOUND, "{error}: {}", self.last_words()),
            }
            sleep(LOOK).await;
        }
    }

    /// Has Postgres promise what it does not keep: nothing is written through to the disk.
    pub(super) async fn lie(&self) {
        let mut connection = self.database().await;
        connection.execute("alter system set fsync = off").await.unwrap();
        connection.execute("select pg_reload_conf()").await.unwrap();
        while show(&mut connection, "fsync").await != "off" {
            sleep(LOOK).await;
        }
    }

    /// How Postgres keeps its promises.
    pub(super) async fn promises(&self) -> String {
        let mut connection = self.database().await;
        let mut said = Vec::new();
        for setting in ["fsync", "synchronous_commit", "full_page_writes", "wal_sync_method"] {
            said.push(format!("{setting}={}", show(&mut connection, setting).await));
        }
        said.join(" ")
    }

    /// Whether `muster verify` finds every timeline whole, and what it says.
    pub(super) fn verifies(&self) -> Result<(), String> {
        let done = self.done(&["verify"], "");
        if done.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&done.stdout).into_owned() + &self.last_words())
    }

    fn run(&self, line: &[&str], input: &str) {
        let done = self.done(line, input);
        assert!(done.status.success(), "{line:?}: {done:?} {}", self.last_words());
    }

    fn done(&self, line: &[&str], input: &str) -> Output {
        let mut command = self.command(line);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    fn command(&self, line: &[&str]) -> Command {
        let log = File::options().create(true).append(true).open(self.aside.join("log")).unwrap();
        let mut command = Command::new(MUSTER);
        surround(&mut command, &self.data, &self.ring);
        command
            .args(line)
            .env("MUSTER_LISTEN", self.address.to_string())
            .env("MUSTER_SMTP_URL", &self.mail)
            .env("MUSTER_MAIL_FROM", "Muster <muster@example.org>")
            .current_dir(&self.aside)
            .stderr(log);
        command
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.aside.join("log")).unwrap_or_default();
        let from = log.char_indices().rev().nth(3_000).map_or(0, |(at, _)| at);
        log[from..].to_owned()
    }
}

impl Drop for Machine {
    /// In good order, so that no Postgres is left behind.
    fn drop(&mut self) {
        if let Some(mut child) = self.serve.take() {
            let _ = kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGTERM);
            let _ = child.wait();
        }
    }
}

async fn show(connection: &mut PgConnection, setting: &str) -> String {
    let sql = sqlx::AssertSqlSafe(format!("show {setting}"));
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}

/// The processes that one has started, and what they call themselves.
fn children(parent: Pid) -> Vec<(Pid, String)> {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    ids.filter_map(|id| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let (_, rest) = stat.rsplit_once(')')?; // the name may hold anything
        let of: i32 = rest.split_whitespace().nth(1)?.parse().ok()?;
        let title = std::fs::read(format!("/proc/{id}/cmdline")).ok()?;
        let title = String::from_utf8_lossy(&title).into_owned();
        (of == parent.as_raw()).then_some((Pid::from_raw(id), title))
    })
    .collect()
}
