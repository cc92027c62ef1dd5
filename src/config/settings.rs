//! All settings together, and the one way to get them.

use super::data::{self, Data, Database};
use super::flags::Flags;
use super::log::{self, Log};
use super::mail::{self, Mail};
use super::problem::Problems;
use super::server::{self, Server};
use super::sources::Sources;
use super::surroundings::Surroundings;
use super::tls_files::{self, TlsFiles};
use super::watching::{self, Watching};

/// Every setting, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address and names.
    pub server: Server,
    /// The certificate to serve https with; none where a proxy ends TLS, or nobody does.
    pub tls: Option<TlsFiles>,
    /// Folders and key ring.
    pub data: Data,
    /// Which Postgres.
    pub database: Database,
    /// Mail.
    pub mail: Mail,
    /// Who watches it.
    pub watching: Watching,
    /// Log.
    pub log: Log,
}

/// Reads all settings, or says everything that is wrong with them.
///
/// # Errors
/// Each [`Problem`](super::Problem) names its flag, variable, or file and line.
pub fn read(flags: &Flags, around: &Surroundings) -> Result<Settings, Problems> {
    let mut sources = Sources::gather(flags, around);
    let tls = tls_files::read(&mut sources);
    let settings = Settings {
        server: server::read(&mut sources, tls.is_some()),
        tls,
        data: data::read(&mut sources, around),
        database: data::read_database(&mut sources),
        mail: mail::read(&mut sources),
        watching: watching::read(&mut sources),
        log: log::read(&mut sources),
    };
    let problems = sources.into_problems();
    if problems.is_empty() { Ok(settings) } else { Err(Problems(problems)) }
}
