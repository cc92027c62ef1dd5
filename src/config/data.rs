//! Where Muster keeps what it knows: folder, key ring, database.

use std::path::PathBuf;

use super::key;
use super::secret::Secret;
use super::sources::{Sources, Text, path};
use super::surroundings::Surroundings;

/// Folders and the key ring; all paths are whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    /// The private Postgres and everything else that is ours alone.
    pub dir: PathBuf,
    /// The keys, never inside the data folder: a copy of the one must not carry the other.
    pub keyring: PathBuf,
    /// The status page as files, for any static server.
    pub status_dir: PathBuf,
}

/// Which Postgres.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// One that others run; none means Muster's own, in the data folder.
    pub url: Option<Secret>,
}

pub(super) fn read(sources: &mut Sources, around: &Surroundings) -> Data {
    let dir = sources.one(key::DATA_DIR, path).or_else(|| usual_dir(around));
    if dir.is_none() {
        let words = "name a data folder, for HOME, beneath which it would lie, is not set";
        sources.refuse(key::DATA_DIR, words.to_owned());
    }
    let dir = dir.unwrap_or_default();
    let keyring = sources.one(key::KEYRING, path).unwrap_or_else(|| beside(&dir));
    if !dir.as_os_str().is_empty() && keyring.starts_with(&dir) {
        let words = "the key ring must lie outside the data folder, so that a copy of the one \
                     does not carry the other";
        sources.refuse(key::KEYRING, words.to_owned());
    }
    let status_dir = sources.one(key::STATUS_DIR, path).unwrap_or_else(|| dir.join("status"));
    Data { dir, keyring, status_dir }
}

pub(super) fn read_database(sources: &mut Sources) -> Database {
    Database { url: sources.one(key::DATABASE_URL, postgres_url) }
}

fn usual_dir(around: &Surroundings) -> Option<PathBuf> {
    if around.root {
        return Some(PathBuf::from("/var/lib/muster"));
    }
    Some(around.home()?.join(".local/share/muster"))
}

/// `/var/lib/muster` has its key ring at `/var/lib/muster.keyring`.
fn beside(dir: &std::path::Path) -> PathBuf {
    let mut whole = dir.as_os_str().to_owned();
    whole.push(".keyring");
    PathBuf::from(whole)
}

fn postgres_url(text: &Text) -> Result<Secret, &'static str> {
    let wanted = "postgres://user:password@host:5432/database";
    let rest = ["postgres://", "postgresql://"].iter().find_map(|s| text.text.strip_prefix(s));
    let named = rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace));
    named.then(|| Secret::new(&text.text)).ok_or(wanted)
}
