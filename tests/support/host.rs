//! One database host: a cluster of its own, a repository, an `agent.toml`, and the agent run as the
//! user that owns them, who is never root.

pub mod clock;
mod ground;
mod template;

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Gid, Pid, Uid};
use serde_json::Value;
use tempfile::TempDir;

use super::browser::Browser;
use super::disk::Disk;
use super::sites::{add, code};
use clock::FalseClock;
use ground::{Program, bare, bin, command_of, folder, owner, program};

const PORT: &str = "5432";

/// Whatever was said, and how it ended.
pub struct Said {
    pub good: bool,
    pub text: String,
}

/// The host; what runs on it ends with it.
pub struct Host {
    folder: TempDir,
    muster: Program,
    user: (Uid, Gid),
    state: &'static str,
    disk: Option<Disk>,
    clock: Option<FalseClock>,
}

/// `muster agent run`; killed at the latest when this is dropped.
pub struct AtWork(Child);

impl AtWork {
    /// Tells it to end, which it does well.
    pub fn end(mut self) {
        kill(Pid::from_raw(self.0.id().cast_signed()), Signal::SIGTERM).unwrap();
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        let _ = self.0.kill(); // it may have ended already
        let _ = self.0.wait();
    }
}

impl Host {
    /// A host whose cluster archives as `muster agent check` wants it.
    pub fn archiving() -> Host {
        let host = Host::with("--data-checksums");
        host.set_archiving();
        host.start();
        host
    }

    /// A host whose cluster was left as `initdb` makes it.
    pub fn with(checksums: &str) -> Host {
        Host::keeping_in("state", checksums)
    }

    /// The same; the agent's folder is called so.
    pub fn keeping_in(state: &'static str, checksums: &str) -> Host {
        let folder = folder();
        let user = owner();
        let muster = program(user);
        let host = Host { folder, muster, user, state, disk: None, clock: None };
        for name in [state, "repo", "socket", "conf"] {
            host.folder(name);
        }
        std::fs::write(host.path("conf/agent.toml"), host.settings()).unwrap();
        let data = host.path("data");
        let mut copy = host.command(Path::new("/bin/cp"));
        assert!(run(copy.arg("-a").arg(template::of(user, checksums)).arg(&data)).good);
        host.configure("listen_addresses = ''\nfsync = off\narchive_timeout = 60\n");
        host.configure("dynamic_shared_memory_type = mmap\nautovacuum = off\n");
        host
    }

    /// Gives the repository a disk of its own, of so many MiB. All that is started from now on sees it.
    pub fn put_repository_on_a_disk(&mut self, mib: u32) -> &Disk {
        let disk = Disk::over(&self.path("repo"), mib);
        let ((uid, gid), outside) = (self.user, disk.outside());
        chown(&outside, Some(uid.as_raw()), Some(gid.as_raw())).unwrap();
        self.disk.insert(disk)
    }

    pub fn disk(&self) -> &Disk {
        self.disk.as_ref().unwrap()
    }

    /// All that is started from now on reads another clock, off by so much: `-1h`.
    pub fn set_clock_off(&mut self, by: &'static str) {
        self.clock = Some(FalseClock::over(&self.path("false-clock"), by));
    }

    /// All that is started from now on reads the machine's clock again.
    pub fn set_clock_right(&mut self) {
        self.clock = None;
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Something in the agent's folder.
    pub fn state(&self, name: &str) -> PathBuf {
        self.path(self.state).join(name)
    }

    /// Makes a folder of the cluster's owner.
    pub fn folder(&self, name: &str) -> PathBuf {
        let ((uid, gid), path) = (self.user, self.path(name));
        std::fs::create_dir(&path).unwrap();
        chown(&path, Some(uid.as_raw()), Some(gid.as_raw())).unwrap();
        path
    }

    /// Writes a file that the cluster's owner alone may read.
    pub fn keep(&self, name: &str, text: &str) -> PathBuf {
        let ((uid, gid), path) = (self.user, self.path(name));
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        chown(&path, Some(uid.as_raw()), Some(gid.as_raw())).unwrap();
        path
    }

    fn settings(&self) -> String {
        let at = |name: &str| self.path(name).display().to_string();
        format!(
            "[[database]]\nname = \"main\"\ndata_dir = {:?}\nport = {PORT}\nsocket = {:?}\nuser = \"owner\"\n\n\
             [[repository]]\nname = \"disk\"\nkind = \"folder\"\npath = {:?}\n\n\
             [limits]\ndisk_floor = \"20 MB\"\n",
            at("data"),
            at("socket"),
            at("repo")
        )
    }

    /// Adds to the cluster's settings; they count from the next start.
    pub fn configure(&self, lines: &str) {
        let path = self.path("data/postgresql.conf");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, format!("{text}\n{lines}")).unwrap();
    }

    pub fn set_archiving(&self) {
        self.archive_by("state/repositories/disk/pgbackrest.conf");
    }

    /// Has the cluster archive by these settings.
    pub fn archive_by(&self, config: &str) {
        self.configure(&format!(
            "archive_mode = on\narchive_command = 'pgbackrest --config={} --stanza=main archive-push %p'\n",
            self.path(config).display()
        ));
    }

    /// Another repository, in a folder beside the first; each can be taken away.
    pub fn add_repository(&self, name: &str) {
        let path = self.folder(name).display().to_string();
        self.add_to_settings(&format!(
            "\n[[repository]]\nname = {name:?}\nkind = \"folder\"\npath = {path:?}\n"
        ));
    }

    /// A program of the server's version.
    pub fn program(&self, name: &str) -> PathBuf {
        bin(name)
    }

    /// Adds to `agent.toml`.
    pub fn add_to_settings(&self, block: &str) {
        let file = self.path("conf/agent.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, text + block).unwrap();
    }

    pub fn start(&self) {
        let mut start = self.command(&bin("pg_ctl"));
        start
            .args(["-w", "-s", "-D"])
            .arg(self.path("data"))
            .arg("-l")
            .arg(self.path("socket/log"));
        start.arg("-o").arg(format!("-k {} -p {PORT}", self.path("socket").display()));
        start.stdout(Stdio::null()).stderr(Stdio::null()); // Postgres would keep a pipe open
        assert!(start.arg("start").status().unwrap().success());
    }

    pub fn stop(&self, how: &str) {
        if self.path("data/postmaster.pid").exists() {
            let mut stop = self.command(&bin("pg_ctl"));
            stop.args(["-w", "-s", "-m", how, "-D"]).arg(self.path("data")).arg("stop");
            let _ = run(&mut stop); // the last test of it may have been that it ends
        }
    }

    /// Copies the cluster that is stopped, with its owner.
    pub fn copy_cluster(&self, from: &str, to: &str) {
        let mut copy = self.command(Path::new("/bin/cp"));
        assert!(run(copy.arg("-a").args([from, to].map(|it| self.path(it)))).good);
    }

    /// What a statement answers.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        self.sql_at(&self.path("socket"), database, sql)
    }

    /// What it answers where that socket lies.
    pub fn sql_at(&self, socket: &Path, database: &str, sql: &str) -> String {
        let mut psql = self.command(&bin("psql"));
        psql.args([
            "-XqAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-U",
            "owner",
            "-p",
            PORT,
            "-d",
            database,
            "-h",
        ]);
        psql.arg(socket).args(["-c", sql]);
        let said = run(&mut psql);
        assert!(said.good, "{sql}: {}", said.text);
        said.text.trim().to_owned()
    }

    /// Ends the segment and waits until it lies in the repository; gives its name.
    pub fn archive_a_segment(&self) -> String {
        let name = self.sql("postgres", "select pg_walfile_name(pg_switch_wal())");
        let deadline = Instant::now() + Duration::from_secs(90);
        while self.segment(&name).is_none() {
            assert!(Instant::now() < deadline, "{name} was not archived");
            std::thread::sleep(Duration::from_millis(20));
        }
        name
    }

    /// A segment's file in the repository.
    pub fn segment(&self, name: &str) -> Option<PathBuf> {
        let folder = self.path("repo/archive/main/15-1").join(&name[..16]);
        let mut entries = std::fs::read_dir(folder).ok()?.map(|entry| entry.unwrap().path());
        let archived = |path: &PathBuf| {
            let found = path.file_name().unwrap().to_str().unwrap();
            found.starts_with(&format!("{name}-")) && found.ends_with(".zst")
        };
        entries.find(archived)
    }

    /// `muster agent …`, as the cluster's owner.
    pub fn agent(&self, args: &[&str]) -> Command {
        let mut command = self.command(&self.muster.path);
        command.args(["agent", "--config"]).arg(self.path("conf/agent.toml"));
        command.arg("--state").arg(self.path(self.state)).args(args);
        command
    }

    /// `muster restore …`, as the cluster's owner.
    pub fn restore(&self, args: &[&str]) -> Command {
        let mut command = self.command(&self.muster.path);
        command.args(["restore", "--config"]).arg(self.path("conf/agent.toml"));
        command.arg("--state").arg(self.path(self.state)).args(args);
        command
    }

    /// The same, as whoever runs this test: root, most often.
    pub fn agent_of_tester(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.muster.path);
        command.args(["agent", "--config"]).arg(self.path("conf/agent.toml"));
        command.arg("--state").arg(self.path(self.state)).args(args).stdin(Stdio::null());
        command
    }

    /// Joins a new site of this owner's; gives its page's path.
    pub async fn join(&self, owner: &Browser) -> String {
        let site = add(owner, "db1").await;
        self.good(&["join", &code(owner, &site).await.to_string()]);
        site
    }

    /// Starts the agent, as its service would.
    pub fn at_work(&self) -> AtWork {
        let mut run = self.agent(&["run", "--every", "1"]);
        AtWork(run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// The same; programs are looked for in that folder first.
    pub fn at_work_by(&self, programs: &Path) -> AtWork {
        let mut run = self.agent(&["run", "--every", "1"]);
        run.env("PATH", format!("{}:{}", programs.display(), env!("PATH")));
        AtWork(run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    pub fn run(&self, args: &[&str]) -> Said {
        run(&mut self.agent(args))
    }

    /// It ends well, and says this.
    pub fn good(&self, args: &[&str]) -> String {
        let said = self.run(args);
        assert!(said.good, "{args:?}: {}", said.text);
        said.text
    }

    /// It is refused, or finds something wrong, and says this.
    pub fn bad(&self, args: &[&str]) -> String {
        let said = self.run(args);
        assert!(!said.good, "{args:?}: {}", said.text);
        said.text
    }

    /// What `points` answers as JSON.
    pub fn points(&self) -> Value {
        self.points_in("disk")
    }

    /// The same of one repository.
    pub fn points_in(&self, repository: &str) -> Value {
        let asked = ["points", "main", "--json", "--repository", repository];
        let output = self.agent(&asked).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|_| {
            panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr));
        })
    }

    /// The evidence of the last proof.
    pub fn evidence(&self) -> Vec<Value> {
        let entries = std::fs::read_dir(self.state("evidence")).into_iter().flatten();
        let files = entries.map(|entry| entry.unwrap().path());
        let kept = |path: &PathBuf| path.extension().is_some_and(|end| end == "json");
        let mut all: Vec<_> = files.filter(kept).collect();
        all.sort();
        all.iter()
            .map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
            .collect()
    }

    /// What is left of restores: nothing but the lock's file.
    pub fn left_of_restores(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.state("scratch/main")).into_iter().flatten();
        let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        names.filter(|name| name != "muster.lock").collect()
    }

    /// The processes whose command line, or folder, names something of this host, and this word.
    pub fn processes(&self, of: &Path, with: &str) -> Vec<i32> {
        let wanted = of.display().to_string();
        let entries = std::fs::read_dir("/proc").unwrap().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        pids.filter(|pid| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let folder = std::fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).into_owned();
            (line.contains(&wanted) || folder.starts_with(&wanted)) && line.contains(with)
        })
        .collect()
    }

    pub fn command(&self, program: &Path) -> Command {
        let mut command = match &self.disk {
            Some(disk) => bare(disk.command_of(self.user, program)),
            None => command_of(self.user, program),
        };
        if let Some(clock) = &self.clock {
            command.envs(clock.environment(env!("PATH")));
        }
        command
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stop("immediate");
        for pid in self.processes(self.folder.path(), "") {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL); // a test that failed left it; it may be gone
        }
    }
}

pub fn run(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    let text =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Said { good: output.status.success(), text: text.concat() }
}
