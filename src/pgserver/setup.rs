//! Everything that must stand before Postgres can be started, looked up and made in order.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use tracing::info;

use super::binaries::{self, Binaries};
use super::owner::Owner;
use super::{Error, Result, cluster, socket};

/// Where Muster's own Postgres lives and from what it is made.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data folder; the cluster is `postgres` in it.
    pub data: PathBuf,
    /// A short folder of this user's, for the socket of a data folder with a long path
    /// (`XDG_RUNTIME_DIR`).
    pub runtime: Option<PathBuf>,
    /// The folders to look through first for the server programs (`PATH`).
    pub search: OsString,
}

/// A cluster that is ready to be started, and all that starting it takes.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) binaries: Binaries,
    pub(super) owner: Owner,
    pub(super) cluster: PathBuf,
    pub(super) socket: PathBuf,
    pub(super) log: PathBuf,
    /// A settings file in place of the cluster's own.
    pub(super) settings: Option<PathBuf>,
}

impl Setup {
    /// Finds the programs and makes a missing cluster. The caller holds the data folder's lock.
    pub(super) fn prepare(config: &Config) -> Result<Setup> {
        let data = config.data.canonicalize().map_err(Error::io("find", &config.data))?;
        let path = cluster_in(&data);
        let path = path.canonicalize().unwrap_or(path); // it may be a link to another disk
        let made_by = cluster::made_by(&path)?;
        let binaries = binaries::find(&config.search, &path, made_by)?;
        let owner = Owner::of_this_process()?;
        owner.let_through(&data)?;

        let log = data.join("log");
        owner.folder(&log)?;
        let setup = Setup {
            binaries,
            owner,
            socket: make_socket(config, &data, owner)?,
            cluster: path,
            log,
            settings: None,
        };
        if made_by.is_some() {
            owner.owns(&setup.cluster)?;
        } else {
            info!(
                postgres.major = setup.binaries.major,
                "making a Postgres {} cluster in {}",
                setup.binaries.major,
                setup.cluster.display()
            );
            cluster::create(&setup, &data)?;
        }
        Ok(setup)
    }
}

/// The cluster's folder in a data folder.
pub(super) fn cluster_in(data: &Path) -> PathBuf {
    data.join("postgres")
}

fn make_socket(config: &Config, data: &Path, owner: Owner) -> Result<PathBuf> {
    // Root's own runtime folder is closed to the user as which Postgres runs.
    let runtime = config.runtime.as_deref().filter(|_| !owner.stepped_down);
    let folder = socket::folder(data, runtime);
    owner.folder(&folder)?;
    if !folder.starts_with(data) {
        info!(
            "the path {} is too long for a socket; it is in {} instead",
            data.display(),
            folder.display()
        );
    }
    Ok(folder)
}
