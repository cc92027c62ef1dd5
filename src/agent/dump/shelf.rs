//! Which dumps there are: as the repository lists them, and between two looks as they were noted here.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use tokio::time::timeout;

use super::Store;
use crate::agent::{Protected, Result, notes};
use crate::domain::recovery::dump::{Dump, Dumps, Manifest};
use crate::recovery::dump::MANIFEST;
use crate::recovery::restic::Snapshot;
use crate::recovery::{self};

/// A look takes a second of work, since the key is made hard to guess.
const LOOK_EVERY: Duration = Duration::HOUR;
/// After one that failed.
const LOOK_AGAIN: Duration = Duration::minutes(10);

/// Others wait for this look.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// What is noted.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Noted {
    #[serde(with = "time::serde::rfc3339::option", default)]
    looked: Option<OffsetDateTime>,
    /// Why the last look failed, if it did.
    #[serde(default)]
    failed: Option<String>,
    /// The oldest first.
    #[serde(default)]
    dumps: Vec<Dump>,
}

/// As it is told.
pub(super) fn of(manifest: &Manifest) -> Dump {
    let parts = manifest.databases.iter().map(|it| &it.part).chain([&manifest.globals]);
    Dump {
        label: manifest.label.clone(),
        at: manifest.began,
        bytes: Some(parts.chain(&manifest.settings).map(|part| part.bytes).sum()),
        databases: Some(manifest.databases.len() as u64),
        verified: None,
        proved_at: None,
    }
}

/// The dumps of a database, as they were last seen; the repository is looked at when that was long ago.
///
/// # Errors
/// When notes can't be read, or written.
pub async fn dumps(protected: &Protected<'_>) -> Result<Dumps> {
    let mut noted = read(protected)?;
    let now = protected.host.clock.now();
    let every = if noted.failed.is_some() { LOOK_AGAIN } else { LOOK_EVERY };
    let is_late = noted.looked.is_none_or(|at| now - at >= every || at > now);
    let found = Store::of(protected);
    let unable = match &found {
        Err(error) => Some(error.to_string()),
        Ok(_) => super::programs(protected).err().map(|error| error.to_string()),
    };
    if let (Ok(store), true) = (&found, is_late) {
        let hangs = |_| Err("the repository does not answer".to_owned());
        let listed = timeout(PATIENCE, store.list()).await;
        let listed = listed.map_or_else(hangs, |it| it.map_err(|error| error.to_string()));
        let before = std::mem::replace(&mut noted, read(protected)?).dumps;
        noted.looked = Some(now);
        noted.failed = listed.as_ref().err().cloned();
        if let Ok(listed) = listed {
            noted.dumps = merged(&listed, &before, &noted.dumps);
        }
        write(protected, &noted)?;
    }
    let why = unable.or_else(|| noted.failed.clone());
    Ok(Dumps::of(protected.repository_name, proved(protected, noted.dumps)?, why))
}

/// The dumps that the repository lists now, with their proofs, the oldest first.
pub(super) async fn all(store: &Store<'_>) -> Result<(Vec<Snapshot>, Vec<Dump>)> {
    let listed = store.list().await?;
    let mut noted = read(store.protected)?;
    noted.dumps = complete(&listed, &noted.dumps);
    (noted.looked, noted.failed) = (Some(store.now()), None);
    write(store.protected, &noted)?;
    Ok((listed, proved(store.protected, noted.dumps)?))
}

/// Notes one that was made.
pub(super) fn note(protected: &Protected<'_>, dump: &Dump) -> Result<()> {
    let mut noted = read(protected)?;
    noted.dumps.push(dump.clone());
    noted.failed = None;
    write(protected, &noted)
}

/// Where dumps were made, a repository without any is another one, or not there.
pub(super) fn refuse_if_gone(protected: &Protected<'_>) -> Result<()> {
    let Some(last) = read(protected)?.dumps.pop() else { return Ok(()) };
    let said = format!(
        "{} held the dump {}, and holds none now; see whether its disk or share is there. If it was emptied \
         on purpose, remove {}",
        protected.repository.place(),
        last.label,
        file(protected).display()
    );
    Err(recovery::Error::Engine { doing: "looking for dumps", said }.into())
}

/// What was listed, and what was made while that was done.
fn merged(listed: &[Snapshot], before: &[Dump], noted: &[Dump]) -> Vec<Dump> {
    let mut all = complete(listed, noted);
    let lacks = |all: &[Dump], dump: &Dump| all.iter().all(|it| it.label != dump.label);
    let made = noted.iter().filter(|dump| lacks(before, dump) && lacks(&all, dump));
    let made: Vec<Dump> = made.cloned().collect();
    all.extend(made);
    all
}

/// Those whose manifest was written; what else is known of them is what was noted.
fn complete(listed: &[Snapshot], noted: &[Dump]) -> Vec<Dump> {
    let known: BTreeMap<&str, &Dump> = noted.iter().map(|it| (it.label.as_str(), it)).collect();
    let whole = listed.iter().filter(|it| it.file == MANIFEST);
    let mut all: Vec<Dump> = whole
        .map(|it| match known.get(it.dump.as_str()) {
            Some(dump) => (*dump).clone(),
            None => Dump {
                label: it.dump.clone(),
                at: it.at,
                bytes: None,
                databases: Some(databases(listed, &it.dump)),
                verified: None,
                proved_at: None,
            },
        })
        .collect();
    all.sort_by_key(|dump| dump.at);
    all
}

fn databases(listed: &[Snapshot], label: &str) -> u64 {
    listed.iter().filter(|it| it.dump == label && it.file.ends_with(".dump")).count() as u64
}

fn proved(protected: &Protected<'_>, mut dumps: Vec<Dump>) -> Result<Vec<Dump>> {
    let proofs = notes::evidence(protected)?;
    for dump in &mut dumps {
        let proof = proofs.iter().rfind(|it| it.label == dump.label);
        dump.verified = proof.map(|proof| proof.holds);
        dump.proved_at = proof.map(|proof| proof.began);
    }
    Ok(dumps)
}

fn read(protected: &Protected<'_>) -> Result<Noted> {
    Ok(notes::read(&file(protected))?.unwrap_or_default())
}

fn write(protected: &Protected<'_>, noted: &Noted) -> Result<()> {
    notes::write(&file(protected), noted)
}

fn file(protected: &Protected<'_>) -> PathBuf {
    protected.folder().join(format!("dumps in {}.json", protected.repository_name))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_dump_without_its_manifest_is_none() {
        let at = datetime!(2026-11-14 03:00 UTC);
        let one = |dump: &str, file: &str| Snapshot {
            id: format!("{dump}{file}"),
            at,
            dump: dump.to_owned(),
            file: file.to_owned(),
        };
        let listed =
            [one("A", "1.dump"), one("A", "2.dump"), one("A", MANIFEST), one("B", "1.dump")];

        let found = complete(&listed, &[]);

        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].label.as_str(), found[0].databases, found[0].bytes),
            ("A", Some(2), None)
        );
        let noted = Dump { bytes: Some(7), ..found[0].clone() };
        assert_eq!(complete(&listed, std::slice::from_ref(&noted)), std::slice::from_ref(&noted));
        let made = Dump { label: "B".to_owned(), ..noted.clone() };
        let now = [noted.clone(), made.clone()];
        assert_eq!(merged(&listed, std::slice::from_ref(&noted), &now), now, "made meanwhile");
        assert_eq!(merged(&listed, &now, &now), [noted], "it is gone");
    }
}
