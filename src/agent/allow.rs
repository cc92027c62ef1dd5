//! What the owner of a host allows: a draft of Muster's becomes a block of `agent.toml`. Every word of it is judged
//! here again and held against what runs and lies on this host; the block is built here; and the file is written only
//! where it then means what it meant before, and this one database or repository more.

mod apart;
mod cluster;
mod difference;
mod file;
mod meant;
mod refusal;

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Uid, geteuid};

pub use self::cluster::Protecting;
use self::file::Writing;
use self::meant::{added, joined, kind, missing, repository_of};
pub use self::refusal::AllowError;
use super::Place;
use super::joined::{Identity, IdentityError};
use super::settings::{self, Credentials, Kind, Settings};
use crate::domain::agent::draft::{self, Draft, Offered};
use crate::domain::cut::line;
use crate::pgserver::user_name;

/// Letters of a foreign word that are shown.
const LONGEST: usize = 200;

type Result<T> = std::result::Result<T, AllowError>;

/// Who allows here, and for which agent.
#[derive(Debug)]
pub struct Desk {
    place: Place,
    /// Who the agent is.
    pub who: Identity,
    user: (Uid, Gid),
}

/// A draft, held against this host: what would change.
#[derive(Debug)]
pub struct Proposal {
    /// The database to protect; none where a repository alone is added.
    pub protecting: Option<Protecting>,
    /// What would change in `agent.toml`, as a unified diff; nothing where all of it stands there already.
    pub difference: Option<String>,
    /// A bucket or a container, by its name, whose credentials are wanted.
    pub locked: Option<(String, Kind)>,
    /// The folder for backups, where there is none yet.
    pub missing: Option<PathBuf>,
    before: Option<String>,
    after: String,
}

impl Desk {
    /// Where the agent of this folder keeps its things.
    ///
    /// # Errors
    /// Where no agent has joined, and where this user may not allow.
    pub fn open(place: &Place) -> Result<Desk> {
        let of = |source| IdentityError::Folder { folder: place.state.clone(), source };
        let found = match place.state.metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(IdentityError::NotJoined(place.state.clone()).into());
            }
            found => found.map_err(of)?,
        };
        let user = (Uid::from_raw(found.uid()), Gid::from_raw(found.gid()));
        if !geteuid().is_root() && geteuid() != user.0 {
            let (folder, owner) = (place.state.clone(), user_name(user.0));
            return Err(AllowError::Stranger { folder, owner });
        }
        let who = Identity::load(&place.state)?;
        if !file::is_ours(&place.config) {
            return Err(AllowError::NotYours(place.config.clone()));
        }
        if let Some(folder) = file::closed_to(user, &place.config) {
            return Err(AllowError::Closed { folder, user: user_name(user.0) });
        }
        Ok(Desk { place: place.clone(), who, user })
    }

    /// The agent's user.
    #[must_use]
    pub fn user(&self) -> String {
        user_name(self.user.0)
    }

    /// Holds a draft against this host. Changes nothing.
    ///
    /// # Errors
    /// Why it is not followed.
    pub fn look(&self, draft: &Draft) -> Result<Proposal> {
        let faults = draft.faults().into_iter();
        let faults: Vec<_> = faults.map(|(field, words)| format!("{field}: {words}")).collect();
        if !faults.is_empty() {
            return Err(AllowError::Hostile(faults));
        }
        let database = draft.database.as_ref();
        let unit = database.map(|it| self.cluster(it)).transpose()?.flatten();
        let file = &self.place.config;
        let before = file::read(file)?;
        if before.is_some() {
            settings::guard(file, self.user.0)?;
        }
        let standing = settings::parse_text(file, before.as_deref().unwrap_or_default())?;
        let (added, wanted) = added(&standing, draft)?;
        if let Some(new) = repository_of(draft) {
            self.apart(&wanted, &new)?;
        }
        let after = joined(before.as_deref().unwrap_or_default(), &added);
        let read_back = settings::parse_text(file, &after).map_err(AllowError::Unfit)?;
        if read_back != wanted {
            return Err(AllowError::Otherwise(file.clone()));
        }
        let difference =
            (!added.is_empty()).then(|| difference::unified(file, before.as_deref(), &after));
        Ok(Proposal {
            protecting: database.map(|it| self.protecting(&wanted, it, unit)).transpose()?,
            locked: self.locked(draft)?,
            missing: missing(draft),
            difference,
            before,
            after,
        })
    }

    /// The database as it would stand in `agent.toml`.
    fn protecting(
        &self,
        wanted: &Settings,
        database: &draft::Database,
        unit: Option<String>,
    ) -> Result<Protecting> {
        let meant = wanted.database(&database.name).cloned();
        let database = meant.ok_or_else(|| AllowError::Otherwise(self.place.config.clone()))?;
        Ok(Protecting { command: self.command(&database.name), database, unit })
    }

    /// The draft's bucket or container, where nothing opens it yet.
    fn locked(&self, draft: &Draft) -> Result<Option<(String, Kind)>> {
        let wanted = draft.repository.as_ref().map(|it| (it.name.clone(), kind(it)));
        let wanted = wanted.filter(|(_, kind)| *kind != Kind::Folder);
        let kept = file::read(&settings::secrets_of(&self.place.config))?.unwrap_or_default();
        let known = settings::parse_secrets(&self.place.config, &kept)?;
        Ok(wanted.filter(|(name, _)| known.of(name).is_none()))
    }

    /// Keeps what opens a bucket or a container, where the agent's user alone may read it.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn keep(&self, credentials: &Credentials) -> Result<()> {
        let path = settings::secrets_of(&self.place.config);
        let before = file::read(&path)?;
        let Credentials { name, key, secret } = credentials;
        let lines = [("name", Some(name)), ("key", Some(key)), ("secret", secret.as_ref())];
        let lines = lines.into_iter().filter_map(|(word, text)| {
            Some(format!("{word} = {}\n", toml_edit::Value::from(text?.as_str())))
        });
        let block = format!("[[repository]]\n{}", lines.collect::<String>());
        let after = joined(before.as_deref().unwrap_or_default(), &block);
        settings::parse_secrets(&self.place.config, &after)?;
        file::write(&path, before.as_deref(), &after, Writing::Secret(self.user))
    }

    /// Makes the folder for backups, for the agent's user alone. Those that it lies in are made as any are.
    ///
    /// # Errors
    /// When it can't.
    pub fn make_folder(&self, folder: &Path) -> Result<()> {
        file::make_folder(folder, self.user)
    }

    /// Writes `agent.toml`, whole or not at all; what stood there stays as it is.
    ///
    /// # Errors
    /// When somebody else changed it meanwhile, or it can't be written.
    pub fn write(&self, proposal: &Proposal) -> Result<()> {
        if proposal.difference.is_none() {
            return Ok(());
        }
        file::write(
            &self.place.config,
            proposal.before.as_deref(),
            &proposal.after,
            Writing::Settings,
        )
    }
}

/// Who made a draft, as a terminal may show it.
#[must_use]
pub fn made_by(offered: &Offered) -> String {
    line(&offered.made_by, LONGEST)
}

#[cfg(test)]
mod tests;
