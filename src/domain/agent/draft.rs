//! A draft: what an owner of Muster's would have the owner of a host allow. It is words until it is built into
//! `agent.toml` there, from these fields alone, after each was judged again: nothing of it is copied as text.

mod store;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

pub use self::store::{Bucket, Container, Store};
use super::facts::Cluster;
use super::rules;
use crate::domain::id::{DraftId, SiteId};

/// Stands before the bytes that are signed.
pub const PREFIX: &[u8] = b"muster drafts 1\n";
/// What nobody has answered for so long is offered no more.
pub const LAPSES_AFTER: Duration = Duration::days(7);
/// Letters of its id by which people name one.
const CODE: usize = 6;

/// What is to be protected, and where backups go. An agent from before a repository could be drafted alone finds the
/// cluster missing, and says that it is older than its Muster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The cluster; none where a repository alone is added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Database>,
    /// The repository to add; none where `agent.toml` names one already.
    #[serde(default)]
    pub repository: Option<Repository>,
}

/// A cluster, as its agent saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// What Muster is to call it.
    pub name: String,
    /// Its data folder.
    pub data_dir: String,
    /// Its port.
    pub port: u16,
    /// The folder of its socket.
    pub socket: String,
    /// The database role to work as.
    pub user: String,
    /// The service that Muster may start and stop it by; none: it may not.
    #[serde(default)]
    pub unit: Option<String>,
}

/// A place for backups: a folder, or a path in a bucket or a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// What Muster is to call it.
    pub name: String,
    /// Its folder, or the path in its bucket or container.
    pub path: String,
    /// Which; none for a folder.
    #[serde(rename = "bucket", default)]
    pub store: Option<Store>,
}

/// How a draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for the host's owner.
    Open,
    /// Whoever made it, or another owner, took it back.
    Withdrawn,
    /// A later one took its place.
    Replaced,
    /// Nobody answered in time.
    Lapsed,
    /// The host's owner wrote it into `agent.toml`.
    Allowed,
    /// The host's owner does not want it.
    Refused,
}

/// A name that means no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no state of a draft")]
pub struct NoState(String);

/// Asks for the drafts that are open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Random, so that no earlier answer fits.
    pub challenge: String,
}

/// Those that are, as they are signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// For which site.
    pub site: SiteId,
    /// The question, as it came.
    pub question: Question,
    /// The oldest first.
    pub drafts: Vec<Offered>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Its identity.
    pub id: DraftId,
    /// Who made it.
    pub made_by: String,
    /// What it says.
    pub draft: Draft,
}

/// What the host's owner says to one. It may be told twice, and counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Which.
    pub draft: DraftId,
    /// Whether it stands in `agent.toml` now.
    pub allowed: bool,
}

impl Draft {
    /// What is wrong with its words, each with the name of its field. The same rules hold for `agent.toml`.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        if self.database.is_none() && self.repository.is_none() {
            return vec![("where", "this names neither a database nor a repository")];
        }
        let data_dir = self.database.as_ref().map(|it| it.data_dir.as_str());
        let database = self.database.iter().flat_map(Database::judged);
        let repository = self.repository.iter().flat_map(|it| it.judged(data_dir));
        let judged = database.chain(repository);
        judged.filter_map(|(field, judged)| Some((field, judged.err()?))).collect()
    }

    /// What it is for, as a sentence goes on: “to protect main”.
    #[must_use]
    pub fn purpose(&self) -> String {
        match (&self.database, &self.repository) {
            (Some(database), _) => format!("to protect {}", database.name),
            (None, Some(repository)) => format!("to add the repository {}", repository.name),
            (None, None) => "of nothing".to_owned(), // which nobody makes
        }
    }

    /// Its blocks, as they are added to `agent.toml`.
    #[must_use]
    pub fn blocks(&self) -> String {
        let mut lines = Vec::new();
        if let Some(database) = &self.database {
            database.add_to(&mut lines);
        }
        if let Some(repository) = &self.repository {
            lines.extend((!lines.is_empty()).then(String::new));
            repository.add_to(&mut lines);
        }
        lines.iter().flat_map(|line| [line, "\n"]).collect()
    }
}

impl Repository {
    fn judged(&self, data_dir: Option<&str>) -> Vec<(&'static str, rules::Judged)> {
        let name = ("repository", rules::name(&self.name));
        match &self.store {
            None => vec![name, ("folder", rules::backups(&self.path, data_dir))],
            Some(store) => {
                let mut judged = vec![name, ("path", rules::path(&self.path))];
                judged.extend(store.judged());
                judged
            }
        }
    }

    fn add_to(&self, lines: &mut Vec<String>) {
        let kind = self.store.as_ref().map_or("folder", Store::kind);
        lines.extend(["[[repository]]".to_owned(), line("name", &self.name), line("kind", kind)]);
        lines.extend(self.store.iter().flat_map(Store::lines));
        lines.push(line("path", &self.path));
    }

    /// Where backups go, for people.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.store {
            None => self.path.clone(),
            Some(store) => place_in(&store.name(), &self.path, store.endpoint()),
        }
    }
}

/// How a path in a part of a store is named, in drafts and by hosts: by that it is known that they mean one place.
#[must_use]
pub fn place_in(name: &str, path: &str, endpoint: &str) -> String {
    format!("{name}{path} at {endpoint}")
}

/// One line of a block: the text is quoted whatever stands in it.
fn line(key: &str, text: &str) -> String {
    format!("{key} = {}", toml_edit::Value::from(text))
}

impl Database {
    /// Of a cluster that an agent found; none where too little is known of it.
    #[must_use]
    pub fn of(cluster: &Cluster, name: &str, user: &str, service: bool) -> Option<Database> {
        Some(Database {
            name: name.to_owned(),
            data_dir: cluster.data_dir.clone(),
            port: cluster.port,
            socket: cluster.socket.clone()?,
            user: user.to_owned(),
            unit: cluster.unit.clone().filter(|_| service),
        })
    }

    fn judged(&self) -> Vec<(&'static str, rules::Judged)> {
        vec![
            ("name", rules::name(&self.name)),
            ("cluster", rules::path(&self.data_dir)),
            ("cluster", rules::port(self.port.into())),
            ("cluster", rules::socket(&self.socket)),
            ("user", rules::plain(&self.user)),
            ("service", self.unit.as_deref().map_or(Ok(()), rules::unit)),
        ]
    }

    fn add_to(&self, lines: &mut Vec<String>) {
        let Database { name, data_dir, port, socket, user, unit } = self;
        lines.extend(["[[database]]".to_owned(), line("name", name), line("data_dir", data_dir)]);
        lines.extend([format!("port = {port}"), line("socket", socket), line("user", user)]);
        lines.extend(unit.iter().map(|unit| line("unit", unit)));
    }
}

impl State {
    const KEPT: [State; 5] =
        [State::Open, State::Withdrawn, State::Replaced, State::Allowed, State::Refused];

    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Withdrawn => "withdrawn",
            State::Replaced => "replaced",
            State::Lapsed => "lapsed",
            State::Allowed => "allowed",
            State::Refused => "refused",
        }
    }

    /// As it stands by now.
    #[must_use]
    pub fn by_now(self, since: OffsetDateTime, now: OffsetDateTime) -> State {
        if self == State::Open && now - since >= LAPSES_AFTER { State::Lapsed } else { self }
    }
}

impl std::str::FromStr for State {
    type Err = NoState;

    fn from_str(name: &str) -> Result<State, NoState> {
        let known = State::KEPT.into_iter().find(|it| it.name() == name);
        known.ok_or_else(|| NoState(name.to_owned()))
    }
}

impl DraftId {
    /// The short word by which the page and the host's terminal name a draft: its last letters, which are random.
    #[must_use]
    pub fn code(self) -> String {
        let text = self.0.simple().to_string();
        text[text.len() - CODE..].to_owned()
    }
}

#[cfg(test)]
mod tests;
