//! A part of a store that is spoken to over https, a bucket or a container: how the engine is told of it, and what is
//! wrong where it can't be used.

mod fault;
mod store;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

pub use self::fault::Fault;
use self::fault::What;
pub use self::store::Store;
use super::repository::HOLDS;
use super::tool::{Answer, Tool};
use super::{Error, Result};

/// How long the store may keep silent when it is asked only whether it is there.
const PATIENCE: Duration = Duration::from_secs(5);
const ENGINES_PATIENCE: &str = "--io-timeout=5";
/// How the engine says that a file is not there.
const NO_FILE: &str = "missing file";

/// Where it is, and what opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct Bucket {
    /// The store's host.
    pub endpoint: String,
    /// Its port, where it isn't that of https.
    pub port: Option<u32>,
    /// The path in it.
    pub path: PathBuf,
    /// Whether what a store's host would be named by stands in the path of a request instead.
    pub in_path: bool,
    /// Who vouches for the store, where the host's own list does not.
    pub ca_file: Option<PathBuf>,
    /// What it is there, and what opens it.
    pub store: Store,
}

impl Bucket {
    /// What stands in the engine's settings.
    fn options(&self) -> Vec<(&'static str, String)> {
        let mut all =
            vec![("type", self.store.kind().to_owned()), ("path", self.path.display().to_string())];
        all.extend(self.store.options(&self.endpoint, self.in_path));
        all.extend(self.port.map(|port| ("storage-port", port.to_string())));
        let ca = self.ca_file.as_ref();
        all.extend(ca.map(|file| ("storage-ca-file", file.display().to_string())));
        all.extend(self.store.credentials().map(|(key, value)| (key, value.to_owned())));
        all
    }

    /// Its part of the engine's settings, whose file nobody else may read.
    pub(super) fn settings(&self) -> String {
        let lines = self.options().into_iter().map(|(key, value)| format!("repo1-{key}={value}\n"));
        lines.collect()
    }

    /// Something in it, as its owner would write it.
    pub(super) fn at(&self, path: &Path) -> String {
        format!("{}{} at {}", self.store, path.display(), self.endpoint)
    }

    /// Whether anything lies there.
    pub(super) async fn holds_something(&self, program: &Path) -> Result<bool> {
        let listed = self.answer(program, |tool| tool.arg("--output=json").arg("repo-ls")).await?;
        let listed: serde_json::Value = serde_json::from_str(listed.out.trim())
            .map_err(|_| Error::Unreadable { doing: "listing the bucket" })?;
        Ok(HOLDS.iter().any(|folder| listed.get(folder).is_some()))
    }

    /// Puts a file there that is no backup, as it is, in place of the one before.
    pub(super) async fn put(&self, program: &Path, name: &str, bytes: &[u8]) -> Result<()> {
        self.answer(program, |tool| tool.input(bytes).arg("repo-put").arg(name)).await.map(drop)
    }

    /// Removes one, if it is there.
    pub(super) async fn remove(&self, program: &Path, name: &str) -> Result<()> {
        self.answer(program, |tool| tool.arg("repo-rm").arg(name)).await.map(drop)
    }

    /// Reads one; none where there is none.
    pub(super) async fn get(&self, program: &Path, name: &str) -> Result<Option<String>> {
        match self.answer(program, |tool| tool.arg("repo-get").arg(name)).await {
            Ok(answer) => Ok(Some(answer.out)),
            Err(Error::Bucket { fault: Fault { what: What::Other(said), .. }, .. })
                if said.contains(NO_FILE) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The names of those in a folder.
    pub(super) async fn names(&self, program: &Path, folder: &str) -> Result<Vec<String>> {
        let list = |tool: Tool| tool.arg("--output=json").arg("repo-ls").arg(folder);
        let listed = self.answer(program, list).await?;
        let listed: BTreeMap<String, serde_json::Value> =
            serde_json::from_str(listed.out.trim())
                .map_err(|_| Error::Unreadable { doing: "listing the bucket" })?;
        Ok(listed.into_keys().collect())
    }

    /// What the engine answers, told of this bucket alone: all of it by the environment, for a command line shows
    /// secrets to everybody.
    async fn answer(&self, program: &Path, asked: impl FnOnce(Tool) -> Tool) -> Result<Answer> {
        let fault = |what| {
            let fault = Fault { of: self.store.words(), what };
            Error::Bucket { place: self.to_string(), fault }
        };
        if let Some(said) = self.away().await {
            return Err(fault(What::Away(said)));
        }
        let quiet = ["--no-config", "--log-level-console=error", "--log-level-stderr=off"];
        let file = ["--log-level-file=off", "--repo=1", ENGINES_PATIENCE];
        let told = |tool: Tool, (key, value): (&str, String)| {
            let name = key.to_uppercase().replace('-', "_");
            tool.env(&format!("PGBACKREST_REPO1_{name}"), &value)
        };
        let tool = self.options().into_iter().fold(Tool::new(program), told);
        let answer = asked(tool.args(quiet).args(file)).run().await?;
        if !answer.ended_well {
            let said = format!("{}\n{}", answer.out, answer.errors);
            return Err(fault(What::of(&said, answer.complaint())));
        }
        Ok(answer)
    }

    /// Why nobody answers, if so: the engine would try on for longer than anybody waits.
    async fn away(&self) -> Option<String> {
        let host = match self.in_path {
            true => self.endpoint.clone(),
            false => format!("{}.{}", self.store.in_host(), self.endpoint),
        };
        let port = self.port.and_then(|port| u16::try_from(port).ok()).unwrap_or(443);
        match timeout(PATIENCE, TcpStream::connect((host.as_str(), port))).await {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(format!("{host}, port {port}: {error}")),
            Err(_) => Some(format!("{host}, port {port}, does not answer within 5 s")),
        }
    }
}

/// As its owner would write it.
impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.at(&self.path))
    }
}

/// Without what opens it.
impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({self})")
    }
}
