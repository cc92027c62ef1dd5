//! What an agent keeps in its folder: row counts of each backup, and the evidence of proofs.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::joined::Identity;
use super::{Error, Host, Protected, Result};
use crate::domain::recovery::evidence::PREFIX;
use crate::domain::recovery::{Evidence, Lsn};
use crate::domain::timeline::Digest;
use crate::recovery::{self, Database};

/// The ending of what stands beside evidence that Muster has heard of.
const TOLD: &str = "told";
/// The ending of the agent's signature over evidence.
const SIGNATURE: &str = "sig";

/// How many rows each table had before a backup began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    /// When they were counted.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) at: OffsetDateTime,
    /// Where the log was then.
    pub(super) lsn: Lsn,
    /// Database by database.
    pub(super) databases: Vec<Database>,
    /// Of which server; notes of earlier releases do not say.
    #[serde(default)]
    pub(super) server: Option<Server>,
}

/// What must be known of a server to find one's way among its backups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Server {
    /// Its version, as `15.18`.
    pub(super) version: String,
    /// Its own identifier.
    pub(super) system_identifier: String,
    /// The size of its segments, in bytes.
    pub(super) segment: u64,
}

/// Keeps the counts of a backup.
pub(super) fn keep_counts(protected: &Protected<'_>, label: &str, counts: &Counts) -> Result<()> {
    write(&counts_file(protected, label), counts)
}

/// The counts of a backup, if they were kept.
pub(super) fn counts(protected: &Protected<'_>, label: &str) -> Result<Option<Counts>> {
    read(&counts_file(protected, label))
}

/// The folder of proofs' evidence.
pub(super) const PROOFS: &str = "evidence";

/// Keeps evidence in a folder of the agent's; returns its file.
pub(super) fn keep_evidence(host: &Host, folder: &str, evidence: &Evidence) -> Result<PathBuf> {
    let file = host.home().join(folder).join(format!("{}.json", evidence.id));
    let bytes = text(&file, evidence)?;
    recovery::keep(&file, &bytes)?;
    if let Ok(who) = Identity::load(host.home()) {
        let signature = who.sealed(PREFIX, &bytes).signature;
        recovery::keep(&file.with_extension(SIGNATURE), signature.as_bytes())?;
    }
    Ok(file)
}

/// Whether the agent's signature lies beside it.
pub(super) fn is_signed(file: &Path) -> bool {
    file.with_extension(SIGNATURE).exists()
}

/// The SHA-256 of the newest evidence in a folder of the agent's: its names are in the order of time.
pub(super) fn last_digest(state: &Path, folder: &str) -> Option<String> {
    let newest = documents(&state.join(folder)).max()?;
    Some(Digest::of_bytes(&std::fs::read(newest).ok()?).to_string())
}

/// The last proof of each recovery point of a database, in the order in which they were made.
pub(super) fn evidence(protected: &Protected<'_>) -> Result<Vec<Evidence>> {
    let mut all: Vec<Evidence> = Vec::new();
    for file in documents(&protected.host.home().join(PROOFS)) {
        all.extend(read(&file)?);
    }
    let (name, repository) = (protected.name(), protected.repository_name);
    let of = protected.host.of();
    all.retain(|it| it.of == of && it.database == name && it.repository == repository);
    all.sort_by_key(|it| it.began);
    Ok(all)
}

/// Evidence that Muster has not heard of.
pub(super) struct Untold {
    /// What was found.
    pub(super) evidence: Evidence,
    /// Its file.
    pub(super) file: PathBuf,
}

impl Untold {
    /// Whether it is of that database of this host, and does not hold.
    pub(super) fn is_against(&self, database: &str) -> bool {
        let Evidence { of, database: proved, holds, .. } = &self.evidence;
        of.is_none() && proved == database && !holds
    }
}

/// All evidence in the agent's folder that Muster has not heard of; what can't be read is left out,
/// for `muster agent points` to complain of.
pub(super) fn untold(state: &Path) -> Vec<Untold> {
    let files = documents(&state.join(PROOFS));
    let files = files.filter(|file| !file.with_extension(TOLD).exists());
    let read = |file: PathBuf| Some(Untold { evidence: read(&file).ok()??, file });
    files.filter_map(read).collect()
}

/// Muster has heard of it; where that can't be noted it hears of it again, and keeps it once.
pub(super) fn tick_off(file: &Path) {
    let _ = std::fs::write(file.with_extension(TOLD), []);
}

/// The backup is gone, so they are of no use; what stays behind disturbs nothing.
pub(super) fn drop_counts(protected: &Protected<'_>, label: &str) {
    let _ = std::fs::remove_file(counts_file(protected, label));
}

fn counts_file(protected: &Protected<'_>, label: &str) -> PathBuf {
    protected.folder().join("counts").join(format!("{label}.json"))
}

/// The JSON files of a folder; none where there is no such folder.
pub(super) fn documents(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path());
    files.filter(|file| file.extension().is_some_and(|end| end == "json"))
}

pub(super) fn write(file: &Path, value: &impl Serialize) -> Result<()> {
    Ok(recovery::keep(file, &text(file, value)?)?)
}

pub(super) fn text(file: &Path, value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(|e| Error::Notes(file.to_owned(), e))
}

pub(super) fn read<T: DeserializeOwned>(file: &Path) -> Result<Option<T>> {
    let bytes = match std::fs::read(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(|error| recovery::Error::io("read", file)(error))?,
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|e| Error::Notes(file.to_owned(), e))
}
