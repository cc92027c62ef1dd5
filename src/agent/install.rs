//! The service that keeps `muster agent run` at work: a unit that shuts it in, for the user that owns the
//! clusters, and the rule by which that user may start and stop theirs.

mod polkit;
mod unit;

use std::fs::{File, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use nix::unistd::Uid;

use super::settings::{self, Service, Settings};
use crate::pgserver::user_name;

/// Where the host's owner keeps units.
pub const UNITS: &str = "/etc/systemd/system";
/// Where the rule belongs.
pub const RULE: &str = "/etc/polkit-1/rules.d/60-muster-agent.rules";
/// What the unit is called.
pub const UNIT: &str = "muster-agent.service";

/// Why no service can be made.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// `agent.toml` can't be followed.
    #[error(transparent)]
    Settings(#[from] settings::Refusal),
    /// Nobody knows whose service it would be.
    #[error(
        "{0} names no database, and the agent runs as the user that owns the database's files; add a \
         [[database]] block first (docs/PROTECT.md has a whole example)"
    )]
    NoDatabase(PathBuf),
    /// A data folder isn't there.
    #[error("the data folder {} of “{name}” can't be looked at: {source}; mend data_dir in agent.toml", .folder.display())]
    NoData {
        /// Whose.
        name: String,
        /// Which.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The agent would run as root.
    #[error(
        "the data folder {} of “{name}” belongs to root, and the agent never runs as root; Postgres does not \
         either, so data_dir in agent.toml means another folder", .folder.display()
    )]
    Root {
        /// Whose.
        name: String,
        /// Which.
        folder: PathBuf,
    },
    /// One agent can't be two users.
    #[error(
        "the databases belong to different users ({}), and an agent runs as one; write an agent.toml for each \
         user, and run one of them by hand: muster agent --config FILE --state FOLDER run", .0.join(", ")
    )]
    Owners(Vec<String>),
    /// The user could not start the program.
    #[error(
        "{user} can't run {}: its folders or its mode keep others out; as root run: install -m 0755 {} \
         /usr/local/bin/muster, then: /usr/local/bin/muster agent install", .program.display(), .program.display()
    )]
    Closed {
        /// Who.
        user: String,
        /// The program.
        program: PathBuf,
    },
    /// Systemd takes no such path.
    #[error(
        "systemd starts no program whose path holds quotes or backslashes, as {} does; as root copy it to \
         /usr/local/bin/muster", .0.display()
    )]
    Odd(PathBuf),
    /// Somebody else's unit bears the name.
    #[error("{} was not written by muster agent install; look at it, and move it away first", .0.display())]
    Foreign(PathBuf),
    /// It can't be written.
    #[error("{} can't be written: {source}; run this as root, or see what it would write with --print", .file.display())]
    Write {
        /// What.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What would be installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Who runs it.
    pub user: String,
    /// The unit's text.
    pub unit: String,
    /// The rule by which that user may start and stop the clusters' units; none where none is named.
    pub rule: Option<String>,
}

/// What came of writing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// There was none.
    New,
    /// There was another.
    Changed,
    /// It stood there already.
    Same,
}

impl Draft {
    /// For this program, by that `agent.toml`, keeping its notes in `state`. Changes nothing.
    ///
    /// # Errors
    /// Where it could not work.
    pub fn of(program: &Path, file: &Path, state: &Path) -> Result<Draft, InstallError> {
        let settings = settings::parse(file)?;
        let owner = owner(&settings, file)?;
        settings::guard(file, owner)?;
        let user = user_name(owner);
        if !may_run(program, owner) {
            return Err(InstallError::Closed { user, program: program.to_owned() });
        }
        if program.to_string_lossy().contains(|c: char| c.is_control() || "\"'\\".contains(c)) {
            return Err(InstallError::Odd(program.to_owned()));
        }
        let unit = unit::text(&user, [program, file, state], &settings);
        let units = settings.database.iter().filter_map(|database| match database.service() {
            Some(Service::Unit(unit)) => Some(unit),
            _ => None,
        });
        let rule = polkit::rule(&user, &units.collect::<Vec<_>>());
        Ok(Draft { user, unit, rule })
    }

    /// Puts the unit into a folder, whole or not at all; one that is another's stays.
    ///
    /// # Errors
    /// Where it can't.
    pub fn write(&self, folder: &Path) -> Result<Written, InstallError> {
        let file = folder.join(UNIT);
        let failed = |source| InstallError::Write { file: file.clone(), source };
        let written = match std::fs::read_to_string(&file) {
            Ok(text) if text == self.unit => return Ok(Written::Same),
            Ok(text) if text.starts_with(unit::HEAD) => Written::Changed,
            Ok(_) => return Err(InstallError::Foreign(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Written::New,
            Err(error) => return Err(failed(error)),
        };
        replace(&file, &self.unit).map_err(failed)?;
        Ok(written)
    }
}

/// Everybody may read it, whatever the mask of who installs it.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let beside = file.with_extension("service.new");
    let mut draft = File::create(&beside)?;
    draft.write_all(text.as_bytes())?;
    draft.set_permissions(Permissions::from_mode(0o644))?;
    draft.sync_all()?;
    std::fs::rename(&beside, file)
}

/// The one user that owns all data folders, and the kits of other hosts that were opened.
fn owner(settings: &Settings, file: &Path) -> Result<Uid, InstallError> {
    let mut owners = Vec::new();
    let kits = settings.elsewhere.iter().map(|it| ("elsewhere", &it.kit));
    let folders = settings.database.iter().map(|it| (it.name.as_str(), &it.data_dir)).chain(kits);
    for (name, folder) in folders {
        let (name, folder) = (name.to_owned(), folder.clone());
        let found = match folder.metadata() {
            Ok(found) => Uid::from_raw(found.uid()),
            Err(source) => return Err(InstallError::NoData { name, folder, source }),
        };
        if found.is_root() {
            return Err(InstallError::Root { name, folder });
        }
        owners.push((name, found));
    }
    let Some((_, first)) = owners.first() else {
        return Err(InstallError::NoDatabase(file.to_owned()));
    };
    if owners.iter().any(|(_, owner)| owner != first) {
        let words = owners.iter().map(|(name, owner)| format!("{name}: {}", user_name(*owner)));
        return Err(InstallError::Owners(words.collect()));
    }
    Ok(*first)
}

/// Whether a program may be run by that user, as far as modes say: what is open to its group alone
/// counts as closed.
fn may_run(program: &Path, user: Uid) -> bool {
    program.ancestors().all(|part| {
        let Ok(found) = part.metadata() else { return false };
        let bit = if found.uid() == user.as_raw() { 0o100 } else { 0o001 };
        found.mode() & bit != 0
    })
}
