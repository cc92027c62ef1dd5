//! What the agent sees of its host, by what any user may read.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::statvfs::statvfs;
use nix::unistd::{Uid, geteuid, gethostname};

use crate::agent::Place;
use crate::domain::agent::facts::{Cluster, Disk, Engine, Facts};
use crate::pgserver::user_name;

/// Where servers leave their sockets, and beside each a file that says which server it is.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];
const ENGINES: [(&str, &str, &[&str]); 2] =
    [("pgBackRest", "pgbackrest", &["version"]), ("restic", "restic", &["version"])];

/// Looks at this host. Takes moments, for it starts programs; what it can't see it leaves out.
#[must_use]
pub fn look(place: &Place) -> Facts {
    let folders = SOCKET_FOLDERS.map(PathBuf::from);
    let clusters: Vec<Cluster> = clusters(&folders);
    let (protects, refused) = protects(place);
    Facts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        host: gethostname().unwrap_or_default().to_string_lossy().into_owned(),
        user: user_name(geteuid()),
        engines: ENGINES.map(|(name, program, args)| engine(name, program, args)).into(),
        disks: disks(clusters.iter().map(|cluster| cluster.data_dir.as_str())),
        clusters,
        protects,
        refused,
    }
}

fn protects(place: &Place) -> (Option<Vec<String>>, Option<String>) {
    match place.host() {
        Ok(None) => (Some(Vec::new()), None),
        Ok(Some(host)) => {
            let names = host.settings.database.iter().map(|database| database.name.clone());
            (Some(names.collect()), None)
        }
        Err(error) => (None, Some(error.to_string())),
    }
}

fn engine(name: &str, program: &str, args: &[&str]) -> Engine {
    let said = Command::new(program).args(args).stdin(Stdio::null()).stderr(Stdio::null()).output();
    let version = said.ok().filter(|said| said.status.success()).and_then(|said| {
        let words = String::from_utf8_lossy(&said.stdout).into_owned();
        words
            .split_whitespace()
            .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            .map(str::to_owned)
    });
    Engine { name: name.to_owned(), version }
}

/// The clusters that run, by what they leave beside their sockets.
fn clusters(folders: &[PathBuf]) -> Vec<Cluster> {
    let files = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let mut found: Vec<Cluster> = files.filter_map(|file| cluster(&file.path())).collect();
    found.sort_by(|one, other| (one.port, &one.data_dir).cmp(&(other.port, &other.data_dir)));
    found.dedup();
    found
}

/// The cluster that a socket's lock file belongs to: its process, its data folder, when it started, its
/// port, each on a line.
fn cluster(lock: &Path) -> Option<Cluster> {
    let name = lock.file_name()?.to_str()?;
    let port = name.strip_prefix(".s.PGSQL.")?.strip_suffix(".lock")?.parse().ok()?;
    let about = fs::metadata(lock).ok()?;
    let text = fs::read_to_string(lock).ok()?;
    let mut lines = text.lines();
    let process: u32 = lines.next()?.trim().parse().ok()?;
    let data_dir = lines.next()?.to_owned();
    Path::new("/proc").join(process.to_string()).exists().then_some(())?;
    let version = fs::read_to_string(Path::new(&data_dir).join("PG_VERSION")).ok();
    let version = version.map(|version| version.trim().to_owned());
    Some(Cluster { data_dir, port, version, owner: user_name(Uid::from_raw(about.uid())) })
}

/// The file systems that these folders lie on, each once.
fn disks<'a>(folders: impl Iterator<Item = &'a str>) -> Vec<Disk> {
    let mut known = BTreeSet::new();
    let mut disks = Vec::new();
    for path in folders.chain(["/"]) {
        let (Ok(about), Ok(disk)) = (fs::metadata(path), statvfs(path)) else { continue };
        if known.insert(about.dev()) {
            let unit = disk.fragment_size();
            let (free, size) = (disk.blocks_available() * unit, disk.blocks() * unit);
            disks.push(Disk { path: path.to_owned(), free, size });
        }
    }
    disks
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

        let found = clusters(&[folder.path().to_owned(), folder.path().to_owned()]);

        let data_dir = data.display().to_string();
        let (version, owner) = (Some("15".to_owned()), user_name(geteuid()));
        assert_eq!(found, [Cluster { data_dir, port: 5432, version, owner }]);
    }

    #[test]
    fn a_file_system_is_named_once_and_this_host_has_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let (config, state) = (folder.path().join("agent.toml"), folder.path().join("state"));
        let facts = look(&Place { config, state, search: "/usr/bin".into() });

        assert!(!facts.host.is_empty() && !facts.user.is_empty(), "{facts:?}");
        assert!(facts.disks.iter().any(|disk| disk.size >= disk.free && disk.size > 0));
        assert_eq!(facts.protects, Some(Vec::new()), "without agent.toml it protects nothing");
        assert_eq!(disks(["/", "/", "/no/such/folder"].into_iter()).len(), 1);
    }

    #[test]
    fn an_engine_that_is_not_there_has_no_version() {
        assert_eq!(engine("x", "muster-no-such-program", &[]).version, None);
        assert!(engine("x", "bash", &["--version"]).version.unwrap().contains('.'));
    }
}
