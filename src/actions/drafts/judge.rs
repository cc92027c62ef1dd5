//! What an owner chose and typed, against what is known of the host.

use std::path::Path;

use super::Wanted;
use crate::actions::Wrong;
use crate::domain::agent::draft::{Database, Draft, Repository};
use crate::domain::agent::facts::{Cluster, Facts};
use crate::domain::agent::rules;

/// Why a cluster can't be drafted for, in words for a list of them; nothing where it can.
#[must_use]
pub fn hindrance(facts: &Facts, cluster: &Cluster) -> Option<String> {
    if let Some(name) = &cluster.protected_as {
        return Some(format!("protected already, as {name}"));
    }
    if facts.refused.is_some() {
        return Some("the host’s agent.toml is not followed: its page says why".to_owned());
    }
    if cluster.owner != facts.user {
        let (owner, user) = (&cluster.owner, &facts.user);
        return Some(format!(
            "it belongs to {owner}, and this agent runs as {user}: it takes an agent of its own"
        ));
    }
    if !cluster.running {
        return Some("it does not run: start it, then look again".to_owned());
    }
    let known = Database::of(cluster, "main", "postgres", false);
    let fits =
        known.is_some_and(|it| Draft { database: Some(it), repository: None }.faults().is_empty());
    let says = "its data folder or its socket has a path that agent.toml can’t hold";
    (!fits).then(|| says.to_owned())
}

/// Whether another repository may be drafted for a host: there is one already, and its `agent.toml` is followed.
#[must_use]
pub fn may_grow(facts: &Facts) -> bool {
    facts.config.is_some() && facts.refused.is_none() && !facts.repositories.is_empty()
}

/// A database to protect.
pub(super) fn protecting(facts: &Facts, wanted: &Wanted) -> Result<Draft, Vec<Wrong>> {
    let cluster = facts.clusters.iter().find(|one| one.data_dir == wanted.data_dir);
    let gone =
        || vec![wrong("cluster", "its agent does not see this cluster any more; choose again")];
    let cluster = cluster.ok_or_else(gone)?;
    if let Some(why) = hindrance(facts, cluster) {
        return Err(vec![wrong("cluster", &format!("This can’t be protected now: {why}."))]);
    }
    let database = Database::of(cluster, &wanted.name, &wanted.user, wanted.service);
    let database = Some(database.ok_or_else(gone)?);
    let draft = Draft { database, repository: wanted.repository.clone() };
    let mut found = faults(&draft);
    if facts.protects.iter().flatten().any(|name| *name == wanted.name) {
        let words = format!("the host’s agent.toml names a “{}” already", wanted.name);
        found.push(wrong("name", &words));
    }
    match (&wanted.repository, facts.repositories.is_empty()) {
        (None, true) => found.push(wrong("where", "Say where its backups go.")),
        (Some(_), false) => {
            let words =
                "the host’s agent.toml names where backups go already; look at the page anew";
            found.push(wrong("where", words));
        }
        _ => {}
    }
    if found.is_empty() { Ok(draft) } else { Err(found) }
}

/// A repository alone, under the first name that is free.
pub(super) fn adding(facts: &Facts, wanted: Option<&Repository>) -> Result<Draft, Vec<Wrong>> {
    if !may_grow(facts) {
        let words = "the host’s agent.toml names no repository beside which another one could be added, or is not \
                     followed: its page says more";
        return Err(vec![wrong("where", words)]);
    }
    let Some(mut new) = wanted.cloned() else {
        return Err(vec![wrong("where", "Say where they go.")]);
    };
    new.name = free(&new.name, facts);
    let (more, draft) = (misplaced(facts, &new), Draft { database: None, repository: Some(new) });
    let mut found = faults(&draft);
    if found.is_empty() {
        found.extend(more);
    }
    if found.is_empty() { Ok(draft) } else { Err(found) }
}

/// Why a place that is well said is none for backups. The host's own command looks where links lead.
fn misplaced(facts: &Facts, new: &Repository) -> Option<Wrong> {
    let folder = new.store.is_none();
    let field = if folder { "folder" } else { "path" };
    let data = facts.clusters.iter().map(|one| one.data_dir.as_str());
    if folder && let Err(words) = rules::backups(&new.path, data) {
        return Some(wrong(field, words));
    }
    let other = neighbour(facts, new)?;
    Some(wrong(field, &format!("“{other}” lies there already; name another place.")))
}

/// This name, or with a number behind it.
fn free(name: &str, facts: &Facts) -> String {
    let taken = |name: &String| facts.repositories.iter().any(|it| it.name == *name);
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut names = [name.to_owned()].into_iter().chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default() // there is no end of them
}

/// The repository that lies in the same place, or one within the other.
fn neighbour<'a>(facts: &'a Facts, new: &Repository) -> Option<&'a str> {
    let place = new.place();
    let (before, after) = place.split_once(&new.path)?;
    let path = |place: &'a str| place.strip_prefix(before)?.strip_suffix(after);
    let within = |one: &str, other: &str| Path::new(one).starts_with(other);
    let near = |path: &str| within(path, &new.path) || within(&new.path, path);
    let found = facts.repositories.iter().find(|it| path(&it.place).is_some_and(near));
    found.map(|it| it.name.as_str())
}

fn faults(draft: &Draft) -> Vec<Wrong> {
    draft.faults().into_iter().map(|(field, words)| wrong(field, words)).collect()
}

fn wrong(field: &'static str, words: &str) -> Wrong {
    Wrong { field, words: words.to_owned() }
}
