//! Whether backups have a place: its disk, its key, and the agent's own folder.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use nix::unistd::{AccessFlags, access, geteuid};

use super::super::Host;
use super::super::settings::Size;
use crate::domain::finding::Finding;
use crate::pgserver::user_name;
use crate::recovery::{self, Engine, Place, Repository, free_bytes};

pub(super) async fn check(host: &Host, name: &str, repository: &Repository) -> Vec<Finding> {
    let check = format!("repository {name}");
    let mut found = match repository.place() {
        Place::Folder(path) => folder(host, &check, path),
        Place::Bucket(_) => Vec::new(),
    };
    found.extend(key(host, &check, repository).await);
    if let Some(mend) = writable(&host.state) {
        let words = format!("this user may not write the agent's folder {}", host.state.display());
        found.push(Finding::bad("state", words, mend));
    }
    found
}

fn folder(host: &Host, check: &str, path: &Path) -> Vec<Finding> {
    let check = || check.to_owned();
    let mut found = match writable(path) {
        Some(mend) => {
            let words = format!("this user may not write {}", path.display());
            vec![Finding::bad(check(), words, mend)]
        }
        None => vec![free(host, &check(), path)],
    };
    if let Some(shared) = host.settings.database.iter().find(|it| one_disk(&it.data_dir, path)) {
        let words =
            format!("it lies on the same disk as {}: one broken disk takes both", shared.name);
        let mend = "put it on another disk, or on a share of another machine";
        found.push(Finding::warn(check(), words, mend));
    }
    found
}

/// How to make a folder writable that isn't, or can't be made.
fn writable(path: &Path) -> Option<String> {
    let there = path.ancestors().find(|it| it.exists()).unwrap_or(Path::new("/"));
    if there.is_dir() && access(there, AccessFlags::W_OK | AccessFlags::X_OK).is_ok() {
        return None;
    }
    let user = user_name(geteuid());
    Some(format!("as root run: install -d -m 700 -o {user} {}", path.display()))
}

fn free(host: &Host, check: &str, path: &Path) -> Finding {
    let Ok(free) = free_bytes(path).map(Size) else {
        let words = format!("the free room at {} is not known", path.display());
        return Finding::warn(check.to_owned(), words, "look whether its disk is mounted");
    };
    let floor = host.settings.limits.disk_floor;
    if free < floor {
        let words =
            format!("{free} are free at {}, less than the floor of {floor}", path.display());
        return Finding::bad(
            check.to_owned(),
            words,
            "make room, or put the repository on a larger disk",
        );
    }
    Finding::ok(check.to_owned(), format!("{}, {free} free", path.display()))
}

fn one_disk(data: &Path, repository: &Path) -> bool {
    let disk = |path: &Path| {
        let there = path.ancestors().find(|it| it.exists())?;
        there.metadata().ok().map(|found| found.dev())
    };
    disk(data).is_some() && disk(data) == disk(repository)
}

/// Whether it opens, and by which key; a bucket is reached for it.
async fn key(host: &Host, check: &str, repository: &Repository) -> Vec<Finding> {
    let check = || check.to_owned();
    let mut found = Vec::new();
    let Ok(engine) = Engine::find(&host.search) else { return found }; // which is said already
    let holds = match repository.holds_something(&engine).await {
        Ok(holds) => holds,
        Err(recovery::Error::Bucket { place, fault }) => {
            return vec![Finding::bad(check(), format!("{place}: {fault}"), fault.mend())];
        }
        Err(error) => {
            return vec![Finding::bad(check(), error.to_string(), "look at it, then ask again")];
        }
    };
    if let Place::Bucket(bucket) = repository.place() {
        found.push(Finding::ok(check(), format!("{bucket} answers, and its key opens it")));
    }
    if repository.has_key() {
        let words = format!("its key is {}", repository.key().display());
        found.push(Finding::ok(check(), words));
    } else if holds {
        let words =
            format!("it holds backups, and its key {} is missing", repository.key().display());
        let mend = "put the key back, as a copy of the agent's folder has it; nothing else opens these backups";
        found.push(Finding::bad(check(), words, mend));
    }
    found
}
