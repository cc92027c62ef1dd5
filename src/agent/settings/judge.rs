//! What `agent.toml` must keep besides its form.

use std::path::Path;

use super::{Database, Elsewhere, Kind, Repository, Settings, action, service};
use crate::domain::agent::rules::{self, Judged};
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;

/// Ten years.
const MOST_DAYS: u32 = 3_650;
const MOST_FULLS: u32 = 1_000;

pub(super) fn judge(settings: &Settings, report: &mut Report) {
    let root = Place::default();
    let databases: Vec<_> = settings.database.iter().map(|it| it.name.as_str()).collect();
    let repositories: Vec<_> = settings.repository.iter().map(|it| it.name.as_str()).collect();
    let actions: Vec<_> = settings.action.iter().map(|it| it.name.as_str()).collect();
    names((&databases, rules::name), &root.at("database"), report);
    names((&repositories, rules::name), &root.at("repository"), report);
    names((&actions, action::name), &root.at("action"), report);
    for (index, database) in settings.database.iter().enumerate() {
        judge_database(database, &root.at("database").at(index), report);
    }
    for (index, repository) in settings.repository.iter().enumerate() {
        judge_repository(repository, &root.at("repository").at(index), report);
    }
    for (index, action) in settings.action.iter().enumerate() {
        action::judge(action, &root.at("action").at(index), report);
    }
    kits(&settings.elsewhere, &root.at("elsewhere"), report);
    apart(&settings.repository, &root.at("repository"), report);
    let limits = root.at("limits");
    if !(1..=64).contains(&settings.limits.processes) {
        report.error(limits.at("processes"), "this must be from 1 to 64");
    }
    if settings.limits.keep_days > MOST_DAYS {
        report.error(limits.at("keep_days"), "this must be from 0 to 3650");
    }
    if !(1..=MOST_FULLS).contains(&settings.limits.keep_fulls) {
        report.error(limits.at("keep_fulls"), "this must be from 1 to 1000");
    }
    if let Some(scratch) = &settings.limits.scratch {
        path(scratch, limits.at("scratch"), report);
    }
}

fn judge_database(database: &Database, place: &Place, report: &mut Report) {
    path(&database.data_dir, place.at("data_dir"), report);
    note(rules::socket(&database.socket.to_string_lossy()), place.at("socket"), report);
    note(rules::port(database.port), place.at("port"), report);
    note(rules::plain(&database.user), place.at("user"), report);
    note(rules::plain(&database.check_role), place.at("check_role"), report);
    if database.check_role == database.user {
        let says = "checks never run as the role that Muster works as; name one that can only read";
        report.error(place.at("check_role"), says);
    }
    service::judge(database, place, report);
}

fn judge_repository(repository: &Repository, place: &Place, report: &mut Report) {
    path(&repository.path, place.at("path"), report);
    let kind = repository.kind;
    let words = [
        ("endpoint", &repository.endpoint),
        ("bucket", &repository.bucket),
        ("region", &repository.region),
        ("account", &repository.account),
        ("container", &repository.container),
    ];
    let others = [
        ("port", repository.port.is_some()),
        ("ca_file", repository.ca_file.is_some()),
        ("uri_style", repository.uri_style.is_some()),
    ];
    for (key, given) in words.map(|(key, value)| (key, value.is_some())).into_iter().chain(others) {
        judge_key(kind, (key, given), place, report);
    }
    for (key, value) in words.into_iter().filter(|(key, _)| kind.knows(key)) {
        value.iter().for_each(|value| note(rules::store(value), place.at(key), report));
    }
    if let Some(port) = repository.port {
        note(rules::port(port), place.at("port"), report);
    }
    if let Some(file) = &repository.ca_file {
        path(file, place.at("ca_file"), report);
    }
}

/// Whether a key belongs there, and is there where it must be.
fn judge_key(kind: Kind, (key, given): (&'static str, bool), place: &Place, report: &mut Report) {
    let noun = kind.noun();
    if !given && kind.needs().contains(&key) {
        let says = format!("the key “{key}” is missing, which a {noun} needs");
        report.error(place.clone(), says);
    }
    if given && !kind.knows(key) {
        let others = Kind::ALL.into_iter().filter(|other| other.knows(key));
        let others: Vec<_> = others.map(|other| format!("kind = {:?}", other.name())).collect();
        let says = format!("a {noun} has none; it belongs to {}", others.join(" and "));
        report.error(place.at(key), says);
    }
}

/// Two repositories in one place would be one, and lost with it.
fn apart(all: &[Repository], place: &Place, report: &mut Report) {
    let inside = |one: &Repository, other: &Repository| {
        let store = |it: &Repository| {
            let Repository { bucket, account, container, .. } = it.clone();
            (it.store().map(str::to_owned), bucket, account, container)
        };
        store(one) == store(other) && one.path.starts_with(&other.path)
    };
    for (index, repository) in all.iter().enumerate() {
        let one = |other: &&Repository| inside(repository, other) || inside(other, repository);
        if let Some(other) = all[..index].iter().find(one) {
            let says = format!("“{}” lies there already; name another place", other.name);
            report.error(place.at(index).at("path"), says);
        }
    }
}

fn kits(all: &[Elsewhere], place: &Place, report: &mut Report) {
    for (index, Elsewhere { kit }) in all.iter().enumerate() {
        let at = || place.at(index).at("kit");
        path(kit, at(), report);
        if all[..index].iter().any(|other| other.kit == *kit) {
            report.error(at(), "this folder is named already; each kit has one of its own");
        }
    }
}

fn names((names, rule): (&[&str], fn(&str) -> Judged), place: &Place, report: &mut Report) {
    for (index, name) in names.iter().enumerate() {
        let at = || place.at(index).at("name");
        note(rule(name), at(), report);
        if names[..index].contains(name) {
            report.error(at(), format!("there is a “{name}” already; give this one another name"));
        }
    }
}

fn path(path: &Path, place: Place, report: &mut Report) {
    note(rules::path(&path.to_string_lossy()), place, report);
}

pub(super) fn note(judged: Judged, place: Place, report: &mut Report) {
    if let Err(says) = judged {
        report.error(place, says);
    }
}
