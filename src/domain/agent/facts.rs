//! What an agent tells of its host. None of it is believed where something hangs on it: it is
//! there to be read by people.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::archiving::Archiving;
use crate::domain::cut::cut;
use crate::domain::id::SiteId;
use crate::domain::kit::Standing;

/// Things of one sort that are kept of a host; whoever has more is shown the first ones.
const MOST: usize = 100;
/// Letters that are kept of one text.
const LONGEST: usize = 200;
/// And of a command, which names whole paths.
const LONGEST_COMMAND: usize = 1_000;

/// A host, as its agent found it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// The agent's release.
    pub version: String,
    /// The host's own name.
    pub host: String,
    /// The user that the agent runs as.
    pub user: String,
    /// Programs that back up and restore.
    #[serde(default)]
    pub engines: Vec<Engine>,
    /// Postgres clusters of that host.
    #[serde(default)]
    pub clusters: Vec<Cluster>,
    /// Where backups go by `agent.toml`.
    #[serde(default)]
    pub repositories: Vec<Repository>,
    /// Where `agent.toml` lies, or would; none where an agent is too old to say.
    #[serde(default)]
    pub config: Option<String>,
    /// The agent's own folder.
    #[serde(default)]
    pub state: Option<String>,
    /// Databases that `agent.toml` names; none where an agent is too old to say, or can't follow it.
    #[serde(default)]
    pub protects: Option<Vec<String>>,
    /// Why `agent.toml` is not followed, in words for its owner.
    #[serde(default)]
    pub refused: Option<String>,
    /// File systems that those, and the agent itself, lie on.
    #[serde(default)]
    pub disks: Vec<Disk>,
    /// How its kit stands; none where an agent is too old to say, or can't look.
    #[serde(default)]
    pub kit: Option<Standing>,
    /// Databases of other hosts that are proved there, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Elsewhere>,
}

/// Another host's database that is proved there, too, by that host's opened kit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Elsewhere {
    /// Its site; none where the kit is of no use.
    pub site: Option<SiteId>,
    /// What that is called, as the kit says.
    #[serde(default)]
    pub of: String,
    /// The folder that the kit was opened into.
    pub kit: String,
    /// What its host calls it.
    pub database: String,
    /// From which repository.
    pub repository: String,
    /// When it was last proved.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub proved_at: Option<OffsetDateTime>,
    /// Whether that held.
    pub holds: Option<bool>,
    /// What keeps it from being proved.
    pub wrong: Option<String>,
}

/// A program that backs up and restores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// What it is called: `pgBackRest`.
    pub name: String,
    /// Its release; none where it is not installed.
    pub version: Option<String>,
}

/// A Postgres cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// Its data folder.
    pub data_dir: String,
    /// The port it listens at.
    pub port: u16,
    /// Its major version, where the folder may be read.
    pub version: Option<String>,
    /// The user that owns it.
    pub owner: String,
    /// Whether it runs; older agents told of those that do alone.
    #[serde(default = "yes")]
    pub running: bool,
    /// The folder of its socket.
    #[serde(default)]
    pub socket: Option<String>,
    /// The service that keeps it running, where that is known.
    #[serde(default)]
    pub unit: Option<String>,
    /// What `agent.toml` calls it, where it is protected.
    #[serde(default)]
    pub protected_as: Option<String>,
    /// How it archives, where the agent may ask it.
    #[serde(default)]
    pub archiving: Option<Archiving>,
}

/// A place for backups that `agent.toml` names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// What it calls it.
    pub name: String,
    /// Where that is, for people.
    pub place: String,
}

/// A file system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// A folder on it.
    pub path: String,
    /// Bytes that this user may still write.
    pub free: u64,
    /// Its size in bytes.
    pub size: u64,
}

fn yes() -> bool {
    true
}

impl Facts {
    /// The same within bounds, so that an agent can fill neither database nor page.
    #[must_use]
    pub fn bounded(mut self) -> Facts {
        self.engines.truncate(MOST);
        self.clusters.truncate(MOST);
        self.disks.truncate(MOST);
        self.repositories.truncate(MOST);
        self.elsewhere.truncate(MOST);
        self.protects.iter_mut().for_each(|names| names.truncate(MOST));
        self.kit.iter_mut().for_each(Standing::bound);
        let engines = self.engines.iter_mut();
        let engines = engines.flat_map(|one| [&mut one.name].into_iter().chain(&mut one.version));
        let clusters = self.clusters.iter_mut().flat_map(Cluster::texts);
        let repositories = self.repositories.iter_mut();
        let repositories = repositories.flat_map(|one| [&mut one.name, &mut one.place]);
        let paths = self.config.iter_mut().chain(&mut self.state);
        let disks = self.disks.iter_mut().map(|one| &mut one.path);
        let protects = self.protects.iter_mut().flatten();
        let elsewhere = self.elsewhere.iter_mut().flat_map(Elsewhere::texts);
        let own = [&mut self.version, &mut self.host, &mut self.user];
        let own = own.into_iter().chain(&mut self.refused).chain(protects);
        let all = own.chain(engines).chain(clusters).chain(disks);
        all.chain(repositories).chain(paths).chain(elsewhere).for_each(|text| cut(text, LONGEST));
        let archiving = self.clusters.iter_mut().filter_map(|one| one.archiving.as_mut());
        archiving.for_each(|one| cut(&mut one.command, LONGEST_COMMAND));
        self
    }
}

impl Elsewhere {
    fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let own = [&mut self.of, &mut self.kit, &mut self.database, &mut self.repository];
        own.into_iter().chain(&mut self.wrong)
    }
}

impl Cluster {
    fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let own = [&mut self.data_dir, &mut self.owner].into_iter();
        let known = [&mut self.version, &mut self.socket, &mut self.unit, &mut self.protected_as];
        let set = self.archiving.iter_mut().flat_map(|one| [&mut one.mode, &mut one.wal_level]);
        own.chain(known.into_iter().flatten()).chain(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_talkative_agent_is_cut_short_and_a_zero_byte_goes() {
        let disk = Disk { path: "/\0".repeat(900), free: 1, size: 2 };
        let facts = Facts { host: "h".repeat(900), disks: vec![disk; 900], ..Facts::default() };

        let facts = facts.bounded();

        assert_eq!((facts.host.len(), facts.disks.len()), (200, 100));
        assert_eq!(facts.disks[0].path, "/".repeat(200));
    }

    #[test]
    fn a_cluster_of_an_older_agent_runs_and_one_of_a_talkative_agent_is_cut_short() {
        let text = r#"{"data_dir":"/data","port":5432,"version":"15","owner":"postgres"}"#;
        let mut cluster: Cluster = serde_json::from_str(text).unwrap();
        assert!(cluster.running && cluster.socket.is_none() && cluster.archiving.is_none());

        let long = || "x".repeat(9_000);
        cluster.unit = Some(long());
        let (mode, wal_level) = (long(), long());
        cluster.archiving = Some(Archiving { mode, wal_level, command: long(), timeout: 0 });
        let repository = Repository { name: long(), place: long() };
        let repositories = vec![repository; 900];
        let facts = Facts {
            clusters: vec![cluster],
            repositories,
            state: Some(long()),
            ..Facts::default()
        };
        let facts = facts.bounded();
        assert!(serde_json::to_string(&facts).unwrap().len() < 50_000);
        let archiving = facts.clusters[0].archiving.as_ref().unwrap();
        assert_eq!((archiving.mode.len(), archiving.command.len()), (200, 1_000));
    }

    #[test]
    fn what_a_later_agent_says_besides_is_passed_over() {
        let text = r#"{"version":"9","host":"db1","user":"postgres","moons":2}"#;

        let facts: Facts = serde_json::from_str(text).unwrap();

        assert_eq!((facts.host.as_str(), facts.clusters.len()), ("db1", 0));
    }
}
