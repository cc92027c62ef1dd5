//! What a draft means in `agent.toml`: the text that is added, and all that the file is to mean then.

use std::path::PathBuf;

use super::{AllowError, Result};
use crate::agent::settings::{self, Database, Kind, Settings};
use crate::domain::agent::draft::{self, Draft, Store};

/// What is to be added for a draft, and what `agent.toml` is to mean then. What stands there already is not
/// added again.
pub(super) fn added(standing: &Settings, draft: &Draft) -> Result<(String, Settings)> {
    let mut wanted = standing.clone();
    let mut adding = draft.clone();
    match repository_of(draft) {
        Some(new) => match standing.repository.iter().find(|it| it.name == new.name) {
            Some(old) if *old == new => adding.repository = None,
            Some(old) => return Err(AllowError::Taken("repository", old.name.clone())),
            None => wanted.repository.push(new),
        },
        None if standing.repository.is_empty() => return Err(AllowError::NoRepository),
        None => {}
    }
    if let Some(new) = draft.database.clone().map(settings_of) {
        match standing.database(&new.name) {
            Some(old) if *old == new && adding.repository.is_none() => adding.database = None,
            Some(old) => return Err(AllowError::Taken("database", old.name.clone())),
            None => wanted.database.push(new),
        }
    }
    Ok((adding.blocks(), wanted))
}

fn settings_of(it: draft::Database) -> Database {
    Database {
        name: it.name,
        data_dir: it.data_dir.into(),
        port: it.port.into(),
        socket: it.socket.into(),
        user: it.user,
        check_role: settings::CHECK_ROLE.to_owned(),
        unit: it.unit,
        start: None,
        stop: None,
    }
}

/// The draft's repository, as it would stand there.
pub(super) fn repository_of(draft: &Draft) -> Option<settings::Repository> {
    let it = draft.repository.clone()?;
    let kind = kind(&it);
    let folder = settings::Repository::folder(it.name, it.path.into());
    Some(match it.store {
        None => folder,
        Some(Store::S3(bucket)) => settings::Repository {
            kind,
            endpoint: Some(bucket.endpoint),
            bucket: Some(bucket.name),
            region: Some(bucket.region),
            port: bucket.port.map(Into::into),
            ca_file: bucket.ca_file.map(Into::into),
            ..folder
        },
        Some(Store::Azure(container)) => settings::Repository {
            kind,
            account: Some(container.account),
            container: Some(container.name),
            endpoint: container.endpoint,
            port: container.port.map(Into::into),
            ca_file: container.ca_file.map(Into::into),
            ..folder
        },
    })
}

/// What a draft's place is.
pub(super) fn kind(repository: &draft::Repository) -> Kind {
    match &repository.store {
        None => Kind::Folder,
        Some(Store::S3(_)) => Kind::S3,
        Some(Store::Azure(_)) => Kind::Azure,
    }
}

/// The draft's folder for backups, where it is not there.
pub(super) fn missing(draft: &Draft) -> Option<PathBuf> {
    let folder = draft.repository.as_ref().filter(|it| kind(it) == Kind::Folder)?;
    Some(PathBuf::from(&folder.path)).filter(|path| !path.exists())
}

/// A text with a block at its end; nothing before it changes.
pub(super) fn joined(text: &str, block: &str) -> String {
    if block.is_empty() {
        return text.to_owned();
    }
    let ends = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let apart = if text.trim().is_empty() { "" } else { "\n" };
    format!("{text}{ends}{apart}{block}")
}
