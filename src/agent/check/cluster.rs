//! Whether the cluster is the one that `agent.toml` means, runs, and is ours to read.

use std::os::unix::fs::MetadataExt as _;

use nix::unistd::{Uid, geteuid};

use super::super::Protected;
use super::named;
use crate::domain::finding::Finding;
use crate::pgserver::user_name;
use crate::recovery::{self, Live};

pub(super) async fn check(protected: &Protected<'_>) -> (Option<Live>, Vec<Finding>) {
    let check = || named(protected.name(), "database");
    if let Some(finding) = strangers(protected) {
        return (None, vec![finding]);
    }
    let live = match Live::look(&protected.options()).await {
        Ok(live) => live,
        Err(error) => return (None, vec![away(protected, &error)]),
    };
    if let Some(finding) = another(protected, &live).or_else(|| unopened(protected)) {
        return (None, vec![finding]);
    }
    if live.standby {
        let mend =
            "protect the primary that it follows; standbys are not backed up by this version";
        return (None, vec![Finding::bad(check(), "it is a standby", mend)]);
    }
    let words = format!(
        "Postgres {} runs; system identifier {}, timeline {}",
        live.version, live.system_identifier, live.timeline
    );
    (Some(live), vec![Finding::ok(check(), words)])
}

fn strangers(protected: &Protected<'_>) -> Option<Finding> {
    let data = &protected.database.data_dir;
    let check = named(protected.name(), "database");
    let Ok(found) = data.metadata() else {
        let words = format!("there is no {} that this user can see", data.display());
        return Some(Finding::bad(
            check,
            words,
            "put its data folder into agent.toml (SQL: show data_directory)",
        ));
    };
    if found.uid() == geteuid().as_raw() {
        return None;
    }
    let owner = user_name(Uid::from_raw(found.uid()));
    let words =
        format!("{} belongs to {owner}, and this is {}", data.display(), protected.host.user());
    Some(Finding::bad(
        check,
        words,
        format!("run muster agent as {owner}: sudo -u {owner} muster agent …"),
    ))
}

fn away(protected: &Protected<'_>, error: &recovery::Error) -> Finding {
    let database = protected.database;
    let why =
        std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    let words = format!("it does not answer: {why}");
    let mend = format!(
        "start it; if it runs, compare socket ({}), port ({}) and user ({}) in agent.toml with it",
        database.socket.display(),
        database.port,
        database.user
    );
    Finding::bad(named(protected.name(), "database"), words, mend)
}

fn another(protected: &Protected<'_>, live: &Live) -> Option<Finding> {
    let real = |path: &std::path::Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (said, wanted) = (real(&live.data_directory), real(&protected.database.data_dir));
    if said == wanted {
        return None;
    }
    let words = format!(
        "what answers on this socket and port keeps its data in {}, and agent.toml names {}",
        said.display(),
        wanted.display()
    );
    let mend = "mend data_dir, socket or port in agent.toml, so that all three mean one cluster";
    Some(Finding::bad(named(protected.name(), "database"), words, mend))
}

/// What no server here could open would never be proved.
fn unopened(protected: &Protected<'_>) -> Option<Finding> {
    let error = protected.program("postgres").err()?;
    let mend = "until then nothing of it is backed up or proved; its log is archived all the same";
    Some(Finding::bad(named(protected.name(), "database"), error.to_string(), mend))
}
