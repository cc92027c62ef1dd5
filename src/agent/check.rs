//! What Muster may do on this host, and what keeps it from doing it, each with the way to mend it.

mod actions;
mod archiving;
mod cluster;
mod elsewhere;
mod kit;
mod plan;
mod room;
mod service;

use super::{Error, Host, Place, Protected, Result, backlog, dump};
use crate::domain::finding::{Finding, Report};
use crate::recovery::engine::{Version, newest_server};
use crate::recovery::{Engine, Live};

pub(super) use archiving::{failing as archiving_fails, settings as archiving_settings};

/// Looks at everything, and changes nothing.
///
/// # Errors
/// As root, and where `agent.toml` is missing or can't be followed.
pub async fn check(place: &Place) -> Result<Report> {
    let host = &place.open()?;
    let mut found = vec![Finding::ok("agent.toml", may(host))];
    let version = match Engine::find(&host.search) {
        Ok(program) => Version::of(&program).await,
        Err(error) => Err(error),
    };
    found.push(match &version {
        Ok(version) => Finding::ok("engine", format!("pgBackRest {version}")),
        Err(error) => Finding::bad("engine", "backups can't be made", error.to_string()),
    });
    found.extend(dump::check(host));
    if host.settings.database.is_empty() && host.settings.elsewhere.is_empty() {
        let mend = "add a [[database]] block; docs/PROTECT.md has a whole example";
        found.push(Finding::bad(
            "databases",
            "agent.toml names none, so nothing is protected",
            mend,
        ));
    }
    if host.settings.repository.is_empty() && !host.settings.database.is_empty() {
        let mend = Error::NoRepository.to_string();
        found.push(Finding::bad("repository", "backups have nowhere to go", mend));
    }
    for (name, repository) in host.repositories() {
        found.extend(room::check(host, name, &repository).await);
    }
    found.extend(host.settings.action.iter().map(actions::check));
    for database in &host.settings.database {
        found.push(service::check(host, database).await);
        if let Ok(protected) = host.protected(&database.name) {
            let (live, of_it) = database_check(&protected, version.as_ref().ok().copied()).await;
            found.extend(of_it);
            found.extend(backlog::check(&protected, live.as_ref()));
        }
    }
    let others = host.settings.elsewhere.iter();
    found.extend(others.map(|block| elsewhere::check(place, host, block)));
    found.extend(kit::check(place, host));
    Ok(Report(found))
}

fn may(host: &Host) -> String {
    let names: Vec<_> = host.settings.database.iter().map(|it| it.name.as_str()).collect();
    match names.as_slice() {
        [] => "it can be followed".to_owned(),
        names => format!(
            "Muster may back up, restore beside and prove {}{}{}; nothing else",
            names.join(", "),
            started(host),
            run(host)
        ),
    }
}

fn started(host: &Host) -> String {
    let with = host.settings.database.iter().filter(|it| it.service().is_some());
    let names: Vec<_> = with.map(|it| it.name.as_str()).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(", and start and stop {}", names.join(", "))
    }
}

fn run(host: &Host) -> String {
    let names: Vec<_> = host.settings.action.iter().map(|it| it.name.as_str()).collect();
    if names.is_empty() { String::new() } else { format!(", and run {}", names.join(", ")) }
}

/// What is to be said of one database before a backup: the cluster, whether the engine knows it, and
/// whether there is a place for it.
pub(super) async fn before_backup(protected: &Protected<'_>) -> (Option<Live>, Vec<Finding>) {
    let version = Version::of(protected.engine.program()).await.ok();
    let (live, mut found) = cluster::check(protected).await;
    if let Some(live) = &live {
        found.extend(engine_knows(protected.name(), version, live));
    }
    let (host, name) = (protected.host, protected.repository_name);
    found.extend(room::check(host, name, &protected.repository).await);
    (live, found)
}

/// What is to be said of where the backups of a database go, and, where its log goes there too, of the database.
pub(super) async fn database(protected: &Protected<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if protected.leads() {
        let version = Version::of(protected.engine.program()).await.ok();
        found = database_check(protected, version).await.1;
    }
    found.extend(
        room::check(protected.host, protected.repository_name, &protected.repository).await,
    );
    found
}

async fn database_check(
    protected: &Protected<'_>,
    version: Option<Version>,
) -> (Option<Live>, Vec<Finding>) {
    let (live, mut found) = cluster::check(protected).await;
    let Some(live) = live else {
        found.push(Finding::unseen(named(protected.name(), "archiving"), "the database"));
        return (None, found);
    };
    found.extend(engine_knows(protected.name(), version, &live));
    found.extend(archiving::settings(protected, &live));
    found.extend(archiving::working(protected, &live));
    found.extend(plan::check(protected).await);
    (Some(live), found)
}

/// That the engine does not know the server that runs, which explains what it complained of.
pub(super) async fn too_old(protected: &Protected<'_>) -> Option<Error> {
    if !protected.is_here() {
        return None;
    }
    let version = Version::of(protected.engine.program()).await.ok();
    let live = Live::look(&protected.options()).await.ok()?;
    engine_knows(protected.name(), version, &live).map(|found| Error::Refused(vec![found]))
}

fn engine_knows(name: &str, version: Option<Version>, live: &Live) -> Option<Finding> {
    let version = version?;
    let newest = newest_server(version);
    if newest.is_some_and(|newest| newest >= live.major) {
        return None;
    }
    let words = match newest {
        Some(newest) => format!(
            "pgBackRest {version} knows Postgres up to {newest}, and this one is {}",
            live.version
        ),
        None => format!("pgBackRest {version} is too old; 2.41 and later are known to work"),
    };
    let mend = "install a newer pgbackrest, as apt.postgresql.org has it";
    Some(Finding::bad(named(name, "engine"), words, mend))
}

pub(super) fn named(name: &str, what: &str) -> String {
    format!("{name}: {what}")
}
