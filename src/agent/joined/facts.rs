//! What the agent sees of its host, by what any user may read.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use nix::sys::statvfs::statvfs;
use nix::unistd::{geteuid, gethostname};

use super::elsewhere::Ledger;
use crate::agent::settings::Settings;
use crate::agent::{Host, Place, clusters, kit};
use crate::domain::agent::draft::place_in;
use crate::domain::agent::facts::{Disk, Engine, Facts, Repository};
use crate::domain::kit::Standing;
use crate::pgserver::user_name;
use crate::recovery;

const ENGINES: [(&str, &str, &[&str]); 2] =
    [("pgBackRest", "pgbackrest", &["version"]), ("restic", "restic", &["version"])];

/// Looks at this host. Takes moments, for it starts programs; what it can't see it leaves out.
#[must_use]
pub fn look(place: &Place) -> Facts {
    let host = place.host();
    let here = host.as_ref().ok().and_then(Option::as_ref);
    let settings = here.map(|host| &host.settings);
    let clusters = clusters::find(&scratch(place, settings), settings);
    let kit = match &host {
        Ok(None) => Some(Standing::default()),
        Ok(Some(host)) => kit::standing(place, host),
        Err(_) => None,
    };
    let (protects, refused) = match &host {
        Err(error) => (None, Some(error.to_string())),
        Ok(_) => (Some(names(settings)), None),
    };
    Facts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        host: gethostname().unwrap_or_default().to_string_lossy().into_owned(),
        user: user_name(geteuid()),
        engines: ENGINES.map(|(name, program, args)| engine(name, program, args)).into(),
        disks: disks(clusters.iter().map(|cluster| cluster.data_dir.as_str())),
        repositories: here.map(repositories).unwrap_or_default(),
        config: Some(place.config.display().to_string()),
        state: Some(place.state.display().to_string()),
        clusters,
        protects,
        refused,
        kit,
        elsewhere: Vec::new(),
    }
}

/// The same, with what the clusters say of themselves.
pub(super) async fn look_and_ask(place: &Place, ledger: &Ledger) -> Facts {
    let here = place.clone();
    let facts = tokio::task::spawn_blocking(move || look(&here)).await;
    let mut facts = facts.unwrap_or_default();
    let host = place.host().ok().flatten();
    clusters::ask(&mut facts.clusters, host.as_ref().map(|host| &host.settings)).await;
    facts.elsewhere = host.map(|host| ledger.standing(place, &host)).unwrap_or_default();
    facts
}

/// Where agents restore to.
fn scratch(place: &Place, settings: Option<&Settings>) -> Vec<PathBuf> {
    let named = settings.and_then(|settings| settings.limits.scratch.clone());
    [place.state.clone()].into_iter().chain(named).collect()
}

fn names(settings: Option<&Settings>) -> Vec<String> {
    let all = settings.into_iter().flat_map(|settings| &settings.database);
    all.map(|database| database.name.clone()).collect()
}

fn repositories(host: &Host) -> Vec<Repository> {
    let all = host.repositories();
    all.map(|(name, it)| Repository { name: name.to_owned(), place: place(it.place()) }).collect()
}

/// As a draft names it.
fn place(it: &recovery::Place) -> String {
    match it {
        recovery::Place::Folder(path) => path.display().to_string(),
        recovery::Place::Bucket(it) => {
            place_in(&it.store.name(), &it.path.to_string_lossy(), &it.endpoint)
        }
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
