//! Which repository Postgres archives to. Its log goes to one alone, the lead, so that another one that is away
//! holds nothing up; the agent copies it onward from there.

use std::path::{Path, PathBuf};

use super::{Error, Protected, Result};
use crate::domain::agent::archiving;
use crate::recovery::{self, Live};

/// Settings of the engine that `archive_command` names: a link to those of the repository that leads, read
/// anew for each segment, so that another one takes over without a word to Postgres.
const SETTINGS: &str = "archive.conf";

/// The agent's folder for a database.
#[must_use]
pub fn folder(state: &Path, database: &str) -> PathBuf {
    state.join("databases").join(database)
}

/// Where that link lies in it.
#[must_use]
pub fn settings(folder: &Path) -> PathBuf {
    folder.join(SETTINGS)
}

/// What Postgres' `archive_command` must be to follow these settings, which may be changed under it: they are
/// read anew for each segment.
#[must_use]
pub fn command(settings: &Path, database: &str) -> String {
    archiving::command(&settings.to_string_lossy(), database)
}

/// Whether a command is that one; the program may be named with its folder.
pub(super) fn is_command(found: &str, settings: &Path, database: &str) -> bool {
    archiving::is_command(found, &command(settings, database))
}

/// The repository that leads by the link in that folder of a database's; none before its first backup.
pub(super) fn named(folder: &Path) -> Option<String> {
    let target = std::fs::read_link(settings(folder)).ok()?;
    Some(target.parent()?.file_name()?.to_str()?.to_owned())
}

/// Makes sure that the link is there for a repository that leads.
///
/// # Errors
/// When it can't be written.
pub(super) fn keep(protected: &Protected<'_>) -> Result<()> {
    if named(&protected.folder()).as_deref() == Some(protected.repository_name) {
        return Ok(());
    }
    Ok(recovery::link(&settings(&protected.folder()), &protected.repository.config())?)
}

/// Has Postgres archive to this repository from now on; what it lacks of the log is copied to it once the one
/// that led before answers.
///
/// # Errors
/// When it can't be used, or `archive_command` names another's settings.
pub async fn take(protected: &Protected<'_>) -> Result<()> {
    let live = Live::look(&protected.options()).await?;
    let command = protected.archive_command();
    if !archiving::is_command(&live.archive_command, &command) {
        return Err(Error::Fixed { name: protected.name().to_owned(), command });
    }
    protected.prepare().await?;
    protected.engine.create_stanza().await?;
    keep(protected)
}
