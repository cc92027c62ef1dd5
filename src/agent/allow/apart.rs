//! Whether a folder for backups is a place of its own on this host, wherever links lead.

use std::path::{Path, PathBuf};

use super::{AllowError, Desk, LONGEST, Result};
use crate::agent::clusters;
use crate::agent::settings::{Kind, Repository, Settings};
use crate::domain::agent::rules;
use crate::domain::cut::line;

impl Desk {
    /// Holds a repository's folder against what lies on this host. A bucket is none of its folders.
    pub(super) fn apart(&self, settings: &Settings, new: &Repository) -> Result<()> {
        if new.kind != Kind::Folder {
            return Ok(());
        }
        let place = real(&new.path);
        let data: Vec<String> =
            data_dirs(settings).map(|it| real(&it).display().to_string()).collect();
        let judged = rules::backups(&place.to_string_lossy(), data.iter().map(String::as_str));
        let fault =
            judged.err().map(str::to_owned).or_else(|| self.neighbour(settings, new, &place));
        let shown = || line(&new.path.to_string_lossy(), LONGEST);
        fault.map_or(Ok(()), |why| Err(AllowError::Place { place: shown(), why }))
    }

    /// Whose that place is already.
    fn neighbour(&self, settings: &Settings, new: &Repository, place: &Path) -> Option<String> {
        if place.starts_with(real(&self.place.state)) {
            return Some("the agent keeps its keys there; name another place".to_owned());
        }
        let mut others =
            settings.repository.iter().filter(|it| it.kind == Kind::Folder && it.name != new.name);
        let other = others.find(|other| {
            let other = real(&other.path);
            place.starts_with(&other) || other.starts_with(place)
        })?;
        Some(format!("“{}” lies there already; name another place", other.name))
    }
}

/// Those of the databases that are protected, and of all others that are found.
fn data_dirs(settings: &Settings) -> impl Iterator<Item = PathBuf> {
    let named = settings.database.iter().map(|it| it.data_dir.clone());
    named.chain(clusters::find(&[], None).into_iter().map(|it| it.data_dir.into()))
}

/// Where a path leads, as far as it is there.
fn real(path: &Path) -> PathBuf {
    let there = path.ancestors().find_map(|part| Some((part, part.canonicalize().ok()?)));
    let (part, real) = there.unwrap_or((path, path.to_owned()));
    path.strip_prefix(part).map_or_else(|_| path.to_owned(), |rest| real.join(rest))
}
