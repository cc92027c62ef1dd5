//! Where a draft's backups go, if not into a folder. What opens it is asked for on the host alone.

use serde::{Deserialize, Serialize};

use super::line;
use crate::domain::agent::rules::{self, Judged};

/// A part of a store. Which kind it is of is seen by what it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Store {
    /// A bucket of a store that speaks S3.
    S3(Bucket),
    /// A container of Azure's Blob Storage.
    Azure(Container),
}

/// A bucket of a store that speaks S3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// The store's host.
    pub endpoint: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// The store's port, where it isn't that of https.
    #[serde(default)]
    pub port: Option<u16>,
    /// Who vouches for the store, where the host's own list does not.
    #[serde(default)]
    pub ca_file: Option<String>,
}

/// A container of Azure's Blob Storage, or of a store that speaks as that does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Container {
    /// Whose it is.
    pub account: String,
    /// Its name.
    pub name: String,
    /// The store's host, where it isn't Azure's own.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The store's port, where it isn't that of https.
    #[serde(default)]
    pub port: Option<u16>,
    /// Who vouches for the store, where the host's own list does not.
    #[serde(default)]
    pub ca_file: Option<String>,
}

impl Store {
    /// Its kind, as `agent.toml` has it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Store::S3(_) => "s3",
            Store::Azure(_) => "azure",
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Store::S3(bucket) => bucket.name.clone(),
            Store::Azure(container) => format!("{}/{}", container.account, container.name),
        }
    }

    pub(super) fn endpoint(&self) -> &str {
        match self {
            Store::S3(bucket) => &bucket.endpoint,
            Store::Azure(container) => container.endpoint.as_deref().unwrap_or(rules::AZURE),
        }
    }

    /// The keys and words that its kind alone has, as `agent.toml` has them.
    fn words(&self) -> Vec<(&'static str, &str)> {
        match self {
            Store::S3(Bucket { endpoint, name, region, .. }) => {
                vec![("endpoint", endpoint), ("bucket", name), ("region", region)]
            }
            Store::Azure(Container { account, name, endpoint, .. }) => {
                let mut words = vec![("account", account.as_str()), ("container", name)];
                words.extend(endpoint.as_deref().map(|endpoint| ("endpoint", endpoint)));
                words
            }
        }
    }

    /// Its port, and the file of who vouches for it.
    fn reached(&self) -> (Option<u16>, Option<&str>) {
        match self {
            Store::S3(Bucket { port, ca_file, .. })
            | Store::Azure(Container { port, ca_file, .. }) => (*port, ca_file.as_deref()),
        }
    }

    pub(super) fn judged(&self) -> Vec<(&'static str, Judged)> {
        let words = self.words().into_iter().map(|(key, word)| (key, rules::store(word)));
        let (port, ca_file) = self.reached();
        let reached = [
            ("port", port.map_or(Ok(()), |port| rules::port(port.into()))),
            ("ca_file", ca_file.map_or(Ok(()), rules::path)),
        ];
        words.chain(reached).collect()
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let words = self.words().into_iter().map(|(key, word)| line(key, word));
        let (port, ca_file) = self.reached();
        let port = port.map(|port| format!("port = {port}"));
        words.chain(port).chain(ca_file.map(|file| line("ca_file", file))).collect()
    }
}
