//! Looks how the data folder's Postgres stands, and changes nothing: for who only asks.

use sqlx::postgres::PgConnectOptions;

use super::setup::{Config, cluster_in};
use super::{DataLock, Result, binaries, cluster, running, socket};

/// How it stands.
#[derive(Debug, Clone)]
pub enum Look {
    /// A Muster keeps it running; so it is reached.
    Runs(Box<PgConnectOptions>),
    /// A Muster holds the data folder, and its Postgres takes no connections.
    NotReady,
    /// No Muster holds the data folder.
    Rests {
        /// Whether a cluster was ever made there.
        made: bool,
    },
}

/// Looks; where nothing runs also whether it could be started.
///
/// # Errors
/// What would keep it from starting, so far as that can be seen from outside.
pub fn look(config: &Config) -> Result<Look> {
    if DataLock::is_held(&config.data)? {
        let socket = running::ready_socket(&config.data);
        let options = socket.map(|folder| Box::new(socket::options(&folder)));
        return Ok(options.map_or(Look::NotReady, Look::Runs));
    }
    let path = cluster_in(&config.data);
    let made_by = cluster::made_by(&path)?;
    binaries::find(&config.search, &path, made_by)?;
    Ok(Look::Rests { made: made_by.is_some() })
}
