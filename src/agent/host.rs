//! One host and what is protected on it: settings, folders, the engine of each database.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use nix::unistd::{geteuid, gethostname};

use super::elsewhere::Other;
use super::settings::{self, Credentials, Database, Kind, Secrets, Settings};
use super::{Error, Protected, Result, lead};
use crate::clock::Clock;
use crate::domain::id::{IncidentId, OrderId};
use crate::domain::shell::quoted;
use crate::pgserver;
use crate::recovery::{self, Bucket, Engine, Repository, Store};

/// Where what an agent works with lies.
#[derive(Debug, Clone)]
pub struct Place {
    /// `agent.toml`.
    pub config: PathBuf,
    /// The agent's own folder.
    pub state: PathBuf,
    /// Where programs are looked for first.
    pub search: OsString,
}

impl Place {
    /// What it works with; none where there is no `agent.toml`, by which it protects nothing.
    ///
    /// # Errors
    /// As root, and where the file can't be followed.
    pub fn host(&self) -> Result<Option<Host>> {
        match self.config.try_exists() {
            Ok(false) => Ok(None),
            _ => self.open().map(Some), // which says why it can't be read
        }
    }

    /// The same where there must be one.
    ///
    /// # Errors
    /// As root, and where the file is missing or can't be followed.
    pub fn open(&self) -> Result<Host> {
        if geteuid().is_root() {
            return Err(Error::Root);
        }
        let settings = settings::read(&self.config)?;
        let secrets = settings::read_secrets(&self.config, &settings)?;
        let Place { state, search, .. } = self.clone();
        Ok(Host {
            settings,
            secrets,
            state,
            search,
            clock: Clock::of_host(),
            errand: None,
            other: None,
        })
    }

    /// How a deed of its agent is typed.
    #[must_use]
    pub fn typed(&self, deed: &str) -> String {
        let all =
            [("--config", &self.config, settings::FILE), ("--state", &self.state, settings::STATE)];
        let others = all.into_iter().filter(|(_, path, default)| *path != Path::new(default));
        let named: String =
            others.map(|(key, path, _)| format!(" {key} {}", shell_word(path))).collect();
        format!("muster agent{named} {deed}")
    }
}

fn shell_word(path: &Path) -> String {
    quoted(&path.display().to_string())
}

/// What a person at Muster had an agent do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// The order.
    pub order: OrderId,
    /// Who asked for it.
    pub by: String,
    /// For which incident.
    pub incident: Option<IncidentId>,
    /// Whether that is a drill.
    pub drill: bool,
}

/// What an agent works with.
#[derive(Debug, Clone)]
pub struct Host {
    /// What stands in `agent.toml`.
    pub settings: Settings,
    /// What opens its buckets and containers.
    secrets: Secrets,
    /// The agent's own folder.
    pub state: PathBuf,
    /// Where programs are looked for first.
    pub search: OsString,
    /// The host's time.
    pub clock: Clock,
    /// The order by which something is done; none where it is done by hand, or by the schedule.
    pub errand: Option<Errand>,
    /// Whose its databases are, where they are another host's.
    pub other: Option<Other>,
}

impl Host {
    /// The database of that name, in the repository that its log goes to.
    ///
    /// # Errors
    /// Where there is none, no repository, or no engine.
    pub fn protected(&self, name: &str) -> Result<Protected<'_>> {
        let database = self.database(name)?;
        self.within(database, self.lead(database)?)
    }

    /// The same in the repository of that name; where none is named, in the one that its log goes to.
    ///
    /// # Errors
    /// Where there is none of that name either.
    pub fn protected_in(&self, name: &str, repository: Option<&str>) -> Result<Protected<'_>> {
        let Some(wanted) = repository else { return self.protected(name) };
        let unknown = || {
            let names = self.settings.repository.iter().map(|it| it.name.clone()).collect();
            Error::UnknownRepository { name: wanted.to_owned(), names }
        };
        let named = self.settings.repository.iter().find(|it| it.name == wanted);
        self.within(self.database(name)?, named.ok_or_else(unknown)?)
    }

    /// The same in each repository, the one that its log goes to first.
    ///
    /// # Errors
    /// As in one.
    pub fn protected_everywhere(&self, name: &str) -> Result<Vec<Protected<'_>>> {
        let database = self.database(name)?;
        let lead = self.lead(database)?;
        let others = self.settings.repository.iter().filter(|it| it.name != lead.name);
        [lead].into_iter().chain(others).map(|it| self.within(database, it)).collect()
    }

    fn database(&self, name: &str) -> Result<&Database> {
        self.settings.database(name).ok_or_else(|| {
            let names = self.settings.database.iter().map(|it| it.name.clone()).collect();
            Error::Unknown { name: name.to_owned(), names }
        })
    }

    fn within<'a>(
        &'a self,
        database: &'a Database,
        repository: &'a settings::Repository,
    ) -> Result<Protected<'a>> {
        let lead = &self.lead(database)?.name;
        let (repository_name, repository) = self.repository(repository);
        let program = Engine::find(&self.search)?;
        let engine = Engine::new(program, repository.config(), &database.name, &database.data_dir);
        Ok(Protected { host: self, database, repository, repository_name, lead, engine })
    }

    /// The repository that leads: the one that took the lead last, else the first of `agent.toml`.
    fn lead(&self, database: &Database) -> Result<&settings::Repository> {
        let taken = lead::named(&self.folder(&database.name));
        let all = &self.settings.repository;
        let taken = taken.and_then(|taken| all.iter().find(|it| it.name == taken));
        taken.or(all.first()).ok_or(Error::NoRepository)
    }

    /// All repositories, in the order of `agent.toml`.
    pub fn repositories(&self) -> impl Iterator<Item = (&str, Repository)> {
        self.settings.repository.iter().map(|it| self.repository(it))
    }

    fn repository<'a>(&'a self, it: &'a settings::Repository) -> (&'a str, Repository) {
        (&it.name, Repository::new(self.place(it), self.repository_folder(&it.name)))
    }

    /// The agent's folder for a database.
    pub(super) fn folder(&self, database: &str) -> PathBuf {
        lead::folder(&self.state, database)
    }

    /// The agent's folder for a repository.
    pub(super) fn repository_folder(&self, name: &str) -> PathBuf {
        self.state.join("repositories").join(name)
    }

    fn place(&self, it: &settings::Repository) -> recovery::Place {
        match self.store(it) {
            None => recovery::Place::Folder(it.path.clone()),
            Some(store) => recovery::Place::Bucket(Bucket {
                endpoint: it.store().unwrap_or_default().to_owned(),
                port: it.port,
                path: it.path.clone(),
                in_path: it.in_path(),
                ca_file: it.ca_file.clone(),
                store,
            }),
        }
    }

    /// None for a folder. What a kind needs was asked for when the settings and the secrets were read.
    fn store(&self, it: &settings::Repository) -> Option<Store> {
        let word = |word: &Option<String>| word.clone().unwrap_or_default();
        let Credentials { key, secret, .. } = self.secrets.of(&it.name)?.clone();
        match it.kind {
            Kind::Folder => None,
            Kind::S3 => Some(Store::S3 {
                bucket: word(&it.bucket),
                region: word(&it.region),
                key,
                secret: word(&secret),
            }),
            Kind::Azure => Some(Store::Azure {
                account: word(&it.account),
                container: word(&it.container),
                key,
            }),
        }
    }

    /// What the host calls itself.
    #[must_use]
    pub fn name(&self) -> String {
        gethostname().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Who asked for what is done: whoever ordered it at Muster, else the user who runs this.
    #[must_use]
    pub fn requester(&self) -> String {
        self.errand.as_ref().map_or_else(|| self.user(), |errand| errand.by.clone())
    }

    /// Who runs this.
    #[must_use]
    pub fn user(&self) -> String {
        pgserver::user_name(geteuid())
    }
}
