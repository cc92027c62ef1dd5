//! The cluster that a draft means, held against what runs on this host.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use nix::unistd::{Uid, geteuid};

use super::{AllowError, Desk, LONGEST, Result};
use crate::agent::clusters::Running;
use crate::agent::lead;
use crate::agent::settings::Database;
use crate::domain::agent::draft;
use crate::domain::cut::line;
use crate::pgserver::{self, user_name};
use crate::recovery::Owner;

/// A database that is to be protected.
#[derive(Debug)]
pub struct Protecting {
    /// As it would stand in `agent.toml`.
    pub database: Database,
    /// Its service, where one is recognised.
    pub unit: Option<String>,
    /// What Postgres is to run for each segment.
    pub command: String,
}

impl Desk {
    /// The service of the cluster that a draft means, where one is recognised: it runs here, is the agent's user's,
    /// and is just as the draft says.
    pub(super) fn cluster(&self, database: &draft::Database) -> Result<Option<String>> {
        let data = Path::new(&database.data_dir);
        let shown = line(&database.data_dir, LONGEST);
        let no = |words: String| Err(AllowError::Cluster(words));
        let Ok(found) = data.metadata() else {
            return no(format!("there is no data folder {shown} on this host"));
        };
        if found.uid() != self.user.0.as_raw() || found.uid() == 0 {
            let (owner, user) = (user_name(Uid::from_raw(found.uid())), self.user());
            return no(format!("{shown} belongs to {owner}, and the agent runs as {user}"));
        }
        let Some(running) = Running::at(data) else {
            return no(format!("no server runs on {shown}"));
        };
        let unit = running.unit();
        let same =
            running.port == database.port && running.socket.as_ref() == Some(&database.socket);
        if !same {
            let words = format!(
                "the server on {shown} listens at port {} in {}, and the draft says port {} in {}",
                running.port,
                running.socket.as_deref().unwrap_or("no folder"),
                database.port,
                line(&database.socket, LONGEST)
            );
            return no(words);
        }
        if database.unit.is_some() && database.unit != unit {
            let words =
                "the service that the draft names is not the one that keeps this server running";
            return no(words.to_owned());
        }
        Ok(unit)
    }

    /// What Postgres is to run for each segment of the database of that name.
    pub(super) fn command(&self, name: &str) -> String {
        lead::command(&lead::settings(&lead::folder(&self.place.state, name)), name)
    }

    /// The cluster, asked and told as its owner. As root that is another user.
    ///
    /// # Errors
    /// When the server's own programs are not found.
    pub fn owner(&self, it: &Protecting) -> std::result::Result<Owner, pgserver::Error> {
        let Database { data_dir, socket, port, user, .. } = &it.database;
        Ok(Owner {
            psql: pgserver::program_for(data_dir, &self.place.search, "psql")?,
            account: geteuid().is_root().then_some(self.user),
            socket: socket.clone(),
            port: *port,
            role: user.clone(),
        })
    }
}
