//! Databases of another host, proved on this one too: by that host's kit, opened into a folder that `agent.toml` of
//! this one names. Nothing of theirs is touched but what lies in their repositories, and that is only read.

use std::path::{Path, PathBuf};

use super::joined::{self, Identity, IdentityError};
use super::settings::Elsewhere;
use super::{Host, Place, Protected};
use crate::domain::id::SiteId;
use crate::recovery;

/// Why another host's databases can't be proved here.
#[derive(Debug, thiserror::Error)]
pub enum NotThere {
    /// There is no opened kit.
    #[error(
        "{folder} holds no opened site kit; as the agent's user: muster agent kit open FILE --into {folder}",
        folder = .0.display()
    )]
    NoKit(PathBuf),
    /// The kit does not say whose it is.
    #[error(
        "the kit in {} was made before its host joined this Muster; make a new one there, and open that",
        .0.display()
    )]
    Stranger(PathBuf),
    /// It is this host's own.
    #[error("the kit in {} is this host's own, whose databases are proved here anyway", .0.display())]
    Own(PathBuf),
    /// This agent has not joined.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// What lies in it can't be followed.
    #[error(transparent)]
    Agent(#[from] super::Error),
}

/// Whose databases a host's are, where they are another one's.
#[derive(Debug, Clone)]
pub struct Other {
    /// The site that they belong to.
    pub site: SiteId,
    /// What people call it.
    pub name: String,
    /// Where the agent of the host that proves them keeps what is its own.
    pub(super) home: PathBuf,
}

impl Place {
    /// The host whose kit was opened into a folder, as far as it is of use here: its databases and repositories, by
    /// this host's limits and actions.
    ///
    /// # Errors
    /// Why it is of no use.
    pub fn other(&self, here: &Host, block: &Elsewhere) -> Result<Host, NotThere> {
        let kit = &block.kit;
        let place = Place {
            config: kit.join("agent.toml"),
            state: kit.clone(),
            search: self.search.clone(),
        };
        let own = Identity::load(&self.state)?.joined;
        let mut host = place.host()?.ok_or_else(|| NotThere::NoKit(kit.clone()))?;
        let joined = joined::of_kit(kit).filter(|it| it.order_key == own.order_key);
        let joined = joined.ok_or_else(|| NotThere::Stranger(kit.clone()))?;
        if joined.site == own.site {
            return Err(NotThere::Own(kit.clone()));
        }
        host.settings.limits = here.settings.limits.clone();
        host.settings.action.clone_from(&here.settings.action);
        let (site, name, home) = (joined.site, joined.name, self.state.clone());
        host.other = Some(Other { site, name, home });
        Ok(host)
    }
}

impl Host {
    /// Where the agent that works keeps who it is, its schedule and its evidence.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.other.as_ref().map_or(&self.state, |other| &other.home)
    }

    /// The site whose databases these are, where it is another than the one that works.
    #[must_use]
    pub fn of(&self) -> Option<SiteId> {
        self.other.as_ref().map(|other| other.site)
    }

    /// Each database in each repository that can be there for another host: a bucket or a container, and a folder that
    /// is on this host too, as a share is.
    pub fn shared(&self) -> impl Iterator<Item = (&str, &str)> {
        let reached = self.repositories().filter(|(_, it)| match it.place() {
            recovery::Place::Folder(path) => path.is_dir(),
            recovery::Place::Bucket(_) => true,
        });
        let names: Vec<&str> = reached.map(|(name, _)| name).collect();
        let databases = self.settings.database.iter();
        databases.flat_map(move |it| names.clone().into_iter().map(|name| (it.name.as_str(), name)))
    }
}

impl Protected<'_> {
    /// Whether the cluster itself may be looked at: it is this host's, and its data folder is there.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.host.other.is_none() && !matches!(self.database.data_dir.try_exists(), Ok(false))
    }
}
