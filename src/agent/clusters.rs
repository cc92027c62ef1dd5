//! The Postgres clusters of this host. A running one is known by the file that its server keeps in its data
//! folder, where this user may read it, else by what lies beside its socket; one that is stopped by Debian's
//! folder of settings.

mod debian;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::unistd::{Uid, geteuid};
use tokio::time::timeout;

use super::settings::Settings;
use crate::domain::agent::facts::Cluster;
use crate::domain::agent::rules;
use crate::pgserver::user_name;
use crate::recovery::{Live, live};

/// Where servers leave their sockets, and beside each a file that says which server it is.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];
/// So long a cluster may take to say how it archives; a host's owner waits for the report.
const PATIENCE: Duration = Duration::from_secs(3);
/// So many are asked.
const ASKED: usize = 8;

/// A server that runs, as it says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Running {
    pub(super) process: u32,
    pub(super) data_dir: String,
    pub(super) port: u16,
    pub(super) socket: Option<String>,
}

impl Running {
    /// The one that serves a data folder which this user may read.
    pub(super) fn at(data_dir: &Path) -> Option<Running> {
        let text = fs::read_to_string(data_dir.join("postmaster.pid")).ok()?;
        let running = Running::read(&text)?;
        let process = Path::new("/proc").join(running.process.to_string());
        process.exists().then_some(running)
    }

    /// Its process, its data folder, when it started, its port, its first socket's folder, each on a line.
    fn read(text: &str) -> Option<Running> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let socket = lines.get(4).filter(|folder| rules::socket(folder).is_ok());
        Some(Running {
            process: lines.first()?.parse().ok()?,
            data_dir: (*lines.get(1)?).to_owned(),
            port: lines.get(3)?.parse().ok()?,
            socket: socket.map(|folder| (*folder).to_owned()),
        })
    }

    /// The service of Postgres' that keeps it running, where the host's service manager does.
    pub(super) fn unit(&self) -> Option<String> {
        let groups = fs::read_to_string(format!("/proc/{}/cgroup", self.process)).ok()?;
        unit_in(&groups)
    }

    fn cluster(self, owner: Uid) -> Cluster {
        let version = fs::read_to_string(Path::new(&self.data_dir).join("PG_VERSION")).ok();
        Cluster {
            version: version.map(|version| version.trim().to_owned()),
            owner: user_name(owner),
            running: true,
            unit: self.unit(),
            protected_as: None,
            archiving: None,
            data_dir: self.data_dir,
            port: self.port,
            socket: self.socket,
        }
    }
}

fn unit_in(groups: &str) -> Option<String> {
    let path = groups.lines().find_map(|line| line.strip_prefix("0::/system.slice/"))?;
    let name = path.rsplit('/').next()?;
    (name.starts_with("postgres") && rules::unit(name).is_ok()).then(|| name.to_owned())
}

/// All that are found but those that agents restore into `scratch`. What can't be seen is left out.
pub(super) fn find(scratch: &[PathBuf], settings: Option<&Settings>) -> Vec<Cluster> {
    let folders = SOCKET_FOLDERS.map(PathBuf::from);
    let running = own().into_iter().chain(by_sockets(&folders));
    let all = running.chain(debian::stopped(Path::new(debian::FOLDER)));
    let all = all.filter(|one| !scratch.iter().any(|it| Path::new(&one.data_dir).starts_with(it)));
    let mut known = BTreeSet::new();
    let mut found: Vec<Cluster> = all.filter(|one| known.insert(one.data_dir.clone())).collect();
    for one in &mut found {
        one.protected_as = settings.and_then(|settings| name_in(settings, &one.data_dir));
    }
    found.sort_by(|one, other| (one.port, &one.data_dir).cmp(&(other.port, &other.data_dir)));
    found
}

fn name_in(settings: &Settings, data_dir: &str) -> Option<String> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let wanted = real(Path::new(data_dir));
    let mut all = settings.database.iter();
    all.find(|one| real(&one.data_dir) == wanted).map(|one| one.name.clone())
}

/// Those of this user: a server's process works in its data folder.
fn own() -> Vec<Cluster> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let running = entries.filter_map(|entry| {
        let process: u32 = entry.file_name().to_str()?.parse().ok()?;
        let mine = entry.metadata().ok()?.uid() == geteuid().as_raw();
        let folder = mine.then(|| fs::read_link(entry.path().join("cwd")).ok())??;
        Running::at(&folder).filter(|running| running.process == process)
    });
    running.map(|running| running.cluster(geteuid())).collect()
}

/// Those that run, by what they leave beside their sockets.
fn by_sockets(folders: &[PathBuf]) -> Vec<Cluster> {
    let files = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    files.filter_map(|file| by_socket(&file.path())).collect()
}

fn by_socket(lock: &Path) -> Option<Cluster> {
    let name = lock.file_name()?.to_str()?;
    let port = name.strip_prefix(".s.PGSQL.")?.strip_suffix(".lock")?.parse().ok()?;
    let owner = Uid::from_raw(fs::metadata(lock).ok()?.uid());
    let running = Running::read(&fs::read_to_string(lock).ok()?)?;
    Path::new("/proc").join(running.process.to_string()).exists().then_some(())?;
    let socket = lock.parent().map(|folder| folder.display().to_string());
    Some(Running { port, socket, ..running }.cluster(owner))
}

/// Asks those of this user how they archive.
pub(super) async fn ask(clusters: &mut [Cluster], settings: Option<&Settings>) {
    let user = user_name(geteuid());
    let own = clusters.iter_mut().filter(|one| one.running && one.owner == user);
    for one in own.take(ASKED) {
        let Some(socket) = &one.socket else { continue };
        let named = one.protected_as.as_ref().and_then(|name| settings?.database(name));
        let role = named.map_or(&one.owner, |database| &database.user);
        let options = live::options(Path::new(socket), one.port, role);
        let looked = timeout(PATIENCE, Live::look(&options)).await;
        one.archiving = looked.ok().and_then(Result::ok).map(|live| live.archiving());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_cluster_is_known_by_its_sockets_lock_and_a_dead_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::write(data.join("PG_VERSION"), "15\n").unwrap();
        let lock = |port: u16, process: u32| {
            let path = folder.path().join(format!(".s.PGSQL.{port}.lock"));
            fs::write(path, format!("{process}\n{}\n1\n{port}\n", data.display())).unwrap();
        };
        lock(5432, std::process::id());
        lock(5433, u32::MAX);
        fs::write(folder.path().join(".s.PGSQL.5434.lock"), "no number\n").unwrap();
        fs::write(folder.path().join(".s.PGSQL.x.lock"), "1\n/x\n").unwrap();

        let found = by_sockets(&[folder.path().to_owned()]);

        let expected = Cluster {
            data_dir: data.display().to_string(),
            port: 5432,
            version: Some("15".to_owned()),
            owner: user_name(geteuid()),
            running: true,
            socket: Some(folder.path().display().to_string()),
            unit: None,
            protected_as: None,
            archiving: None,
        };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_server_says_of_itself_where_it_listens_and_no_odd_socket_is_taken() {
        let of =
            |socket: &str| Running::read(&format!("7\n/data\n1\n5433\n{socket}\n*\n")).unwrap();
        let running = of("/run/pg");
        assert_eq!((running.process, running.port, running.data_dir.as_str()), (7, 5433, "/data"));
        assert_eq!(running.socket.as_deref(), Some("/run/pg"));
        assert_eq!((of("").socket, of("here").socket), (None, None));
        assert_eq!(Running::read("7\n/data\n"), None);
    }

    #[test]
    fn only_a_service_of_postgres_in_the_systems_own_slice_is_recognised() {
        let of = |path: &str| unit_in(&format!("1:name=systemd:/x\n0::{path}\n"));
        assert_eq!(
            of("/system.slice/system-postgresql.slice/postgresql@15-main.service").as_deref(),
            Some("postgresql@15-main.service")
        );
        for other in
            ["/", "/user.slice/user-1.slice/postgresql.service", "/system.slice/cron.service"]
        {
            assert_eq!(of(other), None, "{other}");
        }
        assert_eq!(of("/system.slice/postgresql;x.service"), None);
    }
}
