//! Where a backup is restored to, and what is there before and after.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::PathBuf;

use super::super::engine::end_on;
use super::super::tool::{Mark, end_marked};
use super::super::{Error, Result};
use super::settings;
use crate::pgserver::{self, ScratchConfig};

/// Where, and with what.
#[derive(Debug, Clone)]
pub struct Room {
    /// A folder of its own.
    pub folder: PathBuf,
    /// The folders to look through first for the server programs (`PATH`).
    pub search: OsString,
    /// The role to work as.
    pub user: String,
    /// What the live cluster has now of that which a copy must have at least.
    pub least: Vec<(String, u64)>,
    /// Whether the live cluster has tablespaces; they are restored into the folder, too.
    pub tablespaces: bool,
    /// Whether it is kept when whoever restores it has ended: then it comes through a power cut, too.
    pub kept: bool,
}

impl Room {
    /// Where the cluster is restored to.
    #[must_use]
    pub fn cluster(&self) -> PathBuf {
        self.folder.join("cluster")
    }

    /// How the server of the cluster here is started.
    pub(in crate::recovery) fn server(&self) -> ScratchConfig {
        ScratchConfig {
            cluster: self.cluster(),
            folder: self.folder.clone(),
            settings: settings::file(self),
            search: self.search.clone(),
        }
    }

    /// Stops and removes whatever an earlier restore left here.
    ///
    /// # Errors
    /// When something resists.
    pub fn clear(&self) -> Result<()> {
        end_marked(&Mark(&self.folder));
        pgserver::end_scratch(&self.cluster(), &self.folder)?;
        end_on(&self.cluster());
        for name in ["cluster", "tablespaces", "run", "log", "settings", "dump"] {
            let path = self.folder.join(name);
            match std::fs::remove_dir_all(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(Error::io("remove", &path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
