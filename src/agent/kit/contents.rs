//! What a site kit holds: laid out as the agent's folder is, so that opened it can be worked with at once.

use std::io::ErrorKind;
use std::path::Path;

use super::note::Note;
use super::{Host, KitRefusal, keyed};
use crate::agent::settings::secrets_of;
use crate::agent::{Place, joined};
use crate::domain::kit::Contents;
use crate::recovery::{self, Repository};
use crate::secrets::key_digest;

/// What the engine can be started with at once.
const ENGINE_SETTINGS: &str = "pgbackrest.conf";
const SETTINGS: &str = "agent.toml";
const SECRETS: &str = "agent.secrets.toml";
pub(in crate::agent) const MUSTER: &str = "muster.toml";
const README: &str = "README.txt";

const WORDS: &str = "\
What opens the backups of one host, as its agent kept it when this kit was made.

agent.toml            what the agent was told; agent.secrets.toml holds what opens buckets and containers, where there are any
repositories/NAME/    key: what the repository is encrypted with; pgbackrest.conf: settings with which the engine
                      works at once, once the paths in it fit the new host (log, spool and lock paths too)
muster.toml           which Muster the agent worked for, and the key by which its orders are known

With Muster, on a new host, as the user that shall own the database:
  muster agent --config FOLDER/agent.toml --state FOLDER points NAME
Without it:
  pgbackrest --config=FOLDER/repositories/NAME/pgbackrest.conf --stanza=DATABASE info

Keep this folder for its owner alone, and remove it when it is needed no more.
";

/// What is in use on the host now.
pub(super) struct InUse {
    contents: Contents,
    /// Each repository, and by what it is seen that its key, address or credentials changed.
    pub(super) repositories: Vec<(String, String)>,
    /// The same of the key by which Muster's orders are known.
    pub(super) muster: Option<String>,
}

impl InUse {
    pub(super) fn of(place: &Place, host: &Host) -> Result<InUse, KitRefusal> {
        let mut contents =
            Contents::default().with(README, WORDS).with(SETTINGS, read(&place.config)?);
        if let Some(secrets) = read_if_there(&secrets_of(&place.config))? {
            contents = contents.with(SECRETS, secrets);
        }
        let mut repositories = Vec::new();
        for (name, repository) in keyed(host) {
            let key = read(&repository.key())?;
            repositories.push((name.to_owned(), digest(&repository, &key)));
            contents = contents.with(key_path(name), key);
            if let Some(text) = read_if_there(&repository.config())? {
                contents = contents.with(format!("repositories/{name}/{ENGINE_SETTINGS}"), text);
            }
        }
        let joined = joined::shown(&host.state);
        if let Some((text, _)) = &joined {
            contents = contents.with(MUSTER, text);
        }
        let muster = joined.map(|(_, order_key)| key_digest(&[&order_key]));
        Ok(InUse { contents, repositories, muster })
    }

    /// Whether there is nothing that a kit would keep.
    pub(super) fn is_empty(&self) -> bool {
        self.repositories.is_empty()
    }

    pub(super) fn contents(&self) -> &Contents {
        &self.contents
    }

    /// What is in use, and was not when that kit was made.
    pub(super) fn not_covered(&self, note: &Note) -> Vec<String> {
        let others =
            self.repositories.iter().filter(|(name, it)| note.covers.get(name) != Some(it));
        let mut lacks: Vec<String> =
            others.map(|(name, _)| format!("the repository {name}")).collect();
        if self.muster.is_some() && self.muster != note.muster {
            lacks.push("the key of the Muster that this agent works for".to_owned());
        }
        lacks
    }

    /// Keys in use that are not in these contents.
    pub(super) fn missing_from(&self, contents: &Contents) -> Vec<String> {
        let paths = self.repositories.iter().map(|(name, _)| (name, key_path(name)));
        let missing = paths.filter(|(_, path)| self.contents.text(path) != contents.text(path));
        missing.map(|(name, _)| format!("the key of the repository {name}")).collect()
    }
}

fn key_path(name: &str) -> String {
    format!("repositories/{name}/key")
}

fn digest(repository: &Repository, key: &str) -> String {
    match repository.place() {
        recovery::Place::Folder(path) => key_digest(&[key, &path.to_string_lossy()]),
        recovery::Place::Bucket(it) => {
            let [(_, names), (_, proves)] = it.store.credentials();
            key_digest(&[key, &it.to_string(), names, proves])
        }
    }
}

fn read(path: &Path) -> Result<String, KitRefusal> {
    Ok(std::fs::read_to_string(path).map_err(recovery::Error::io("read", path))?)
}

fn read_if_there(path: &Path) -> Result<Option<String>, KitRefusal> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        text => Ok(Some(text.map_err(recovery::Error::io("read", path))?)),
    }
}
