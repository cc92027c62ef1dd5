//! Which repository Postgres archives to. Its log goes to one alone, the lead, so that another one that is away
//! holds nothing up; the agent copies it onward from there.

use std::path::{Path, PathBuf};

use super::{Error, Protected, Result};
use crate::recovery::{self, Live};

/// Settings of the engine that `archive_command` names: a link to those of the repository that leads, read
/// anew for each segment, so that another one takes over without a word to Postgres.
const SETTINGS: &str = "archive.conf";

/// Where that link lies.
#[must_use]
pub fn settings(folder: &Path) -> PathBuf {
    folder.join(SETTINGS)
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
    let config = settings(&protected.folder());
    if !protected.engine.is_archive_command(&config, &live.archive_command) {
        let command = protected.engine.archive_command(&config);
        return Err(Error::Fixed { name: protected.name().to_owned(), command });
    }
    protected.prepare().await?;
    protected.engine.create_stanza().await?;
    keep(protected)
}
