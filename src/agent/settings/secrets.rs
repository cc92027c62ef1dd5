//! What opens buckets and containers: a file beside `agent.toml` that its owner alone may read.

use std::fmt;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;
use serde::Deserialize;

use super::{Kind, Refusal, Repository, Settings};
use crate::domain::agent::rules;
use crate::domain::plan::source::{Report, read_tables};

/// All of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// Of each bucket and container.
    #[serde(default)]
    repository: Vec<Credentials>,
}

/// What opens one of them.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The repository, as `agent.toml` calls it.
    pub name: String,
    /// Of a bucket: names them. Of a container: opens its account.
    pub key: String,
    /// Of a bucket: proves them.
    pub secret: Option<String>,
}

/// It is never shown.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

impl Credentials {
    /// Whether they can open a place of that kind, and the engine's settings can hold them.
    #[must_use]
    pub fn fit(&self, kind: Kind) -> bool {
        match (kind, &self.secret) {
            (Kind::S3, Some(secret)) => {
                [&self.key, secret].iter().all(|word| rules::plain(word).is_ok())
            }
            (Kind::Azure, None) => rules::account_key(&self.key).is_ok(),
            _ => false,
        }
    }
}

impl Secrets {
    /// Those of a repository.
    #[must_use]
    pub fn of(&self, repository: &str) -> Option<&Credentials> {
        self.repository.iter().find(|it| it.name == repository)
    }
}

/// Where they lie: `agent.secrets.toml` beside `agent.toml`.
#[must_use]
pub fn beside(file: &Path) -> PathBuf {
    file.with_extension("secrets.toml")
}

/// What this text would mean beside that `agent.toml`.
///
/// # Errors
/// All that is wrong with it.
pub fn parse(file: &Path, text: &str) -> Result<Secrets, Refusal> {
    let read = read_tables(text, |_: &Secrets, _: &mut Report| {});
    read.map_err(|found| Refusal::Wrong(beside(file), found))
}

/// Reads them, if there is anything to be opened.
///
/// # Errors
/// Where others could read them, and all that is wrong with them.
pub fn read(file: &Path, settings: &Settings) -> Result<Secrets, Refusal> {
    let mut locked = settings.repository.iter().filter(|it| it.kind != Kind::Folder);
    let Some(first) = locked.clone().next() else { return Ok(Secrets::default()) };
    let beside = beside(file);
    let lacking = |it: &Repository| Refusal::NoSecret(beside.clone(), it.kind, it.name.clone());
    let text = match std::fs::read_to_string(&beside) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(lacking(first));
        }
        read => read.map_err(|error| Refusal::Unreadable(beside.clone(), error))?,
    };
    let found = beside.metadata().map_err(|error| Refusal::Unreadable(beside.clone(), error))?;
    if found.uid() != geteuid().as_raw() || found.mode() & 0o077 != 0 {
        return Err(Refusal::Open(beside));
    }
    let secrets = parse(file, &text)?;
    match locked.find(|it| !secrets.of(&it.name).is_some_and(|found| found.fit(it.kind))) {
        Some(without) => Err(lacking(without)),
        None => Ok(secrets),
    }
}
