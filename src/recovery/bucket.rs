//! A bucket of any store that speaks S3: how the engine is told of it, and what is wrong where it can't be used.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

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
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// The path in it.
    pub path: PathBuf,
    /// Whether its name stands in the path of a request, not in the host's name.
    pub in_path: bool,
    /// Who vouches for the store, where the host's own list does not.
    pub ca_file: Option<PathBuf>,
    /// Names the credentials.
    pub key: String,
    /// Proves them.
    pub secret: String,
}

/// Why it can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nobody answers there.
    Away(String),
    /// Whoever answers is not vouched for.
    Untrusted,
    /// There is no bucket of that name.
    Missing,
    /// The credentials don't open it.
    Refused(String),
    /// Something else, in the engine's words.
    Other(String),
}

impl Bucket {
    /// What stands in the engine's settings, but for the credentials.
    fn options(&self) -> Vec<(&'static str, String)> {
        let style = if self.in_path { "path" } else { "host" };
        let mut all = vec![
            ("type", "s3".to_owned()),
            ("path", self.path.display().to_string()),
            ("s3-bucket", self.name.clone()),
            ("s3-endpoint", self.endpoint.clone()),
            ("s3-region", self.region.clone()),
            ("s3-uri-style", style.to_owned()),
        ];
        all.extend(self.port.map(|port| ("storage-port", port.to_string())));
        let ca = self.ca_file.as_ref();
        all.extend(ca.map(|file| ("storage-ca-file", file.display().to_string())));
        all
    }

    /// Its part of the engine's settings, whose file nobody else may read.
    pub(super) fn settings(&self) -> String {
        let lines = self.options().into_iter().map(|(key, value)| format!("repo1-{key}={value}\n"));
        let credentials = [("s3-key", &self.key), ("s3-key-secret", &self.secret)];
        let credentials = credentials.map(|(key, value)| format!("repo1-{key}={value}\n"));
        lines.chain(credentials).collect()
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
            Err(Error::Bucket { fault: Fault::Other(said), .. }) if said.contains(NO_FILE) => {
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

    /// What the engine answers, told of this bucket alone. The credentials go by the environment, never by the
    /// command line.
    async fn answer(&self, program: &Path, asked: impl FnOnce(Tool) -> Tool) -> Result<Answer> {
        let place = || self.to_string();
        if let Some(said) = self.away().await {
            return Err(Error::Bucket { place: place(), fault: Fault::Away(said) });
        }
        let quiet = ["--no-config", "--log-level-console=error", "--log-level-stderr=off"];
        let file = ["--log-level-file=off", "--repo=1", ENGINES_PATIENCE];
        let options = self.options();
        let tool = Tool::new(program)
            .env("PGBACKREST_REPO1_S3_KEY", &self.key)
            .env("PGBACKREST_REPO1_S3_KEY_SECRET", &self.secret)
            .args(quiet)
            .args(file)
            .args(options.iter().map(|(key, value)| format!("--repo1-{key}={value}")));
        let answer = asked(tool).run().await?;
        if !answer.ended_well {
            let said = format!("{}\n{}", answer.out, answer.errors);
            let fault = Fault::of(&said, answer.complaint());
            return Err(Error::Bucket { place: place(), fault });
        }
        Ok(answer)
    }

    /// Why nobody answers, if so: the engine would try on for longer than anybody waits.
    async fn away(&self) -> Option<String> {
        let host = match self.in_path {
            true => self.endpoint.clone(),
            false => format!("{}.{}", self.name, self.endpoint),
        };
        let port = self.port.and_then(|port| u16::try_from(port).ok()).unwrap_or(443);
        match timeout(PATIENCE, TcpStream::connect((host.as_str(), port))).await {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(format!("{host}, port {port}: {error}")),
            Err(_) => Some(format!("{host}, port {port}, does not answer within 5 s")),
        }
    }
}

impl Fault {
    fn of(said: &str, complaint: String) -> Fault {
        let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
        if says(&["unable to verify certificate", "unable to find hostname", "CryptoError"]) {
            Fault::Untrusted
        } else if says(&["NoSuchBucket"]) {
            Fault::Missing
        } else if says(&[
            " failed with 403 ",
            "SignatureDoesNotMatch",
            "InvalidAccessKeyId",
            "AccessDenied",
        ]) {
            let codes = said.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
            Fault::Refused(codes.map_or("403", |(code, _)| code).to_owned())
        } else if says(&["HostConnectError", "unable to get address", "timeout", "ServiceError"]) {
            Fault::Away(complaint)
        } else {
            Fault::Other(complaint)
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn mend(&self) -> &'static str {
        match self {
            Fault::Away(_) => {
                "look whether endpoint and port in agent.toml are right, and whether this host may reach them"
            }
            Fault::Untrusted => {
                "name the certificate of who vouches for it as ca_file; if nobody should have to, somebody else answers"
            }
            Fault::Missing => "make it, or mend bucket and region in agent.toml",
            Fault::Refused(_) => {
                "mend its key and secret in the file of secrets beside agent.toml; they must be allowed to list, \
                 read, write and delete there"
            }
            Fault::Other(_) => {
                "compare its block in agent.toml with what the store's owner says of it"
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Away(said) => write!(f, "it can't be reached: {said}"),
            Fault::Untrusted => f.write_str("the certificate of whoever answers is not trusted"),
            Fault::Missing => f.write_str("there is no such bucket"),
            Fault::Refused(code) => {
                write!(f, "its key or secret is wrong, or not allowed there ({code})")
            }
            Fault::Other(said) => f.write_str(said),
        }
    }
}

/// As its owner would write it.
impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}{} at {}", self.name, self.path.display(), self.endpoint)
    }
}

/// Without what opens it.
impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({self})")
    }
}
