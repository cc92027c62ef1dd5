//! What an agent tells of its host. None of it is believed where something hangs on it: it is
//! there to be read by people.

use serde::{Deserialize, Serialize};

use crate::domain::cut::cut;

/// Things of one sort that are kept of a host; whoever has more is shown the first ones.
const MOST: usize = 100;
/// Letters that are kept of one text.
const LONGEST: usize = 200;

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
    /// Postgres clusters that run there.
    #[serde(default)]
    pub clusters: Vec<Cluster>,
    /// Databases that `agent.toml` names; none where an agent is too old to say, or can't follow it.
    #[serde(default)]
    pub protects: Option<Vec<String>>,
    /// Why `agent.toml` is not followed, in words for its owner.
    #[serde(default)]
    pub refused: Option<String>,
    /// File systems that those, and the agent itself, lie on.
    #[serde(default)]
    pub disks: Vec<Disk>,
}

/// A program that backs up and restores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// What it is called: `pgBackRest`.
    pub name: String,
    /// Its release; none where it is not installed.
    pub version: Option<String>,
}

/// A Postgres cluster that runs.
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

impl Facts {
    /// The same within bounds, so that an agent can fill neither database nor page.
    #[must_use]
    pub fn bounded(mut self) -> Facts {
        self.engines.truncate(MOST);
        self.clusters.truncate(MOST);
        self.disks.truncate(MOST);
        self.protects.iter_mut().for_each(|names| names.truncate(MOST));
        let engines = self.engines.iter_mut();
        let engines = engines.flat_map(|one| [&mut one.name].into_iter().chain(&mut one.version));
        let clusters = self.clusters.iter_mut().flat_map(|one| {
            [&mut one.data_dir, &mut one.owner].into_iter().chain(&mut one.version)
        });
        let disks = self.disks.iter_mut().map(|one| &mut one.path);
        let protects = self.protects.iter_mut().flatten();
        let own = [&mut self.version, &mut self.host, &mut self.user];
        let own = own.into_iter().chain(&mut self.refused).chain(protects);
        for text in own.chain(engines).chain(clusters).chain(disks) {
            cut(text, LONGEST);
        }
        self
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
    fn what_a_later_agent_says_besides_is_passed_over() {
        let text = r#"{"version":"9","host":"db1","user":"postgres","moons":2}"#;

        let facts: Facts = serde_json::from_str(text).unwrap();

        assert_eq!((facts.host.as_str(), facts.clusters.len()), ("db1", 0));
    }
}
