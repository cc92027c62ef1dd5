//! One repository: its key, which is made on the host and never shown, and the engine's settings.

use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, symlink};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::bucket::Bucket;
use super::{Error, Result};

const KEY_BYTES: usize = 32;
/// What lies in a repository that the key opens.
pub(super) const HOLDS: [&str; 3] = ["archive", "backup", "dumps"];

/// A cluster, as the engine's settings name it.
#[derive(Debug, Clone)]
pub struct Stanza {
    /// Its name.
    pub name: String,
    /// Its data folder.
    pub data_dir: PathBuf,
    /// Its port.
    pub port: u32,
    /// Its socket's folder.
    pub socket: PathBuf,
    /// The role to work as.
    pub user: String,
}

/// Where a repository lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a folder.
    Folder(PathBuf),
    /// In a bucket, or a container.
    Bucket(Bucket),
}

/// A repository, and what the agent keeps for it.
#[derive(Debug, Clone)]
pub struct Repository {
    place: Place,
    state: PathBuf,
}

impl Repository {
    /// The repository in that place; `state` is the agent's folder for it.
    #[must_use]
    pub fn new(place: Place, state: PathBuf) -> Repository {
        Repository { place, state }
    }

    /// Where the backups lie.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The engine's settings.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        Repository::config_in(&self.state)
    }

    /// The engine's settings of the repository whose folder that is.
    #[must_use]
    pub fn config_in(state: &Path) -> PathBuf {
        state.join("pgbackrest.conf")
    }

    /// The key's file.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.state.join("key")
    }

    /// Whether a key was made.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.key().is_file()
    }

    /// Whether anything lies in the repository, which a bucket is asked for by the engine.
    ///
    /// # Errors
    /// Why the bucket can't be used.
    pub async fn holds_something(&self, engine: &Path) -> Result<bool> {
        match &self.place {
            Place::Folder(path) => Ok(HOLDS.iter().any(|folder| path.join(folder).exists())),
            Place::Bucket(bucket) => bucket.holds_something(engine).await,
        }
    }

    /// Makes what the engine needs: folders, the key at first use, and its settings.
    ///
    /// # Errors
    /// When the key is missing for backups that there are, or something can't be written.
    pub async fn prepare(&self, engine: &Path, stanzas: &[Stanza], processes: u32) -> Result<()> {
        for folder in ["", "log", "spool", "lock"] {
            make_folder(&self.state.join(folder))?;
        }
        if !self.has_key() {
            if self.holds_something(engine).await? {
                return Err(Error::KeyLost { repository: self.place.to_string(), key: self.key() });
            }
            write_once(&self.key(), &new_key()?)?;
        }
        let key = std::fs::read_to_string(self.key()).map_err(Error::io("read", &self.key()))?;
        let text = self.settings(key.trim(), stanzas, processes);
        if std::fs::read_to_string(self.config()).ok().as_deref() == Some(text.as_str()) {
            return Ok(());
        }
        replace(&self.config(), text.as_bytes())
    }

    fn settings(&self, key: &str, stanzas: &[Stanza], processes: u32) -> String {
        let state = self.state.display();
        let mut text = format!(
            "# Written by muster agent, and again whenever agent.toml changes.\n\
             [global]\n{}repo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass={key}\n\
             repo1-retention-full=9999999\ncompress-type=zst\ncompress-level=3\nstart-fast=y\n\
             process-max={processes}\nlog-level-file=off\nlog-path={state}/log\nspool-path={state}/spool\n\
             lock-path={state}/lock\n",
            self.place.settings()
        );
        for Stanza { name, data_dir, port, socket, user } in stanzas {
            text += &format!(
                "\n[{name}]\npg1-path={}\npg1-port={port}\npg1-socket-path={}\npg1-user={user}\n\
                 pg1-database=postgres\n",
                data_dir.display(),
                socket.display()
            );
        }
        text
    }
}

impl Place {
    fn settings(&self) -> String {
        match self {
            Place::Folder(path) => format!("repo1-path={}\n", path.display()),
            Place::Bucket(bucket) => bucket.settings(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Folder(path) => path.display().fmt(f),
            Place::Bucket(bucket) => bucket.fmt(f),
        }
    }
}

fn new_key() -> Result<String> {
    let mut bytes = [0; KEY_BYTES];
    let failed = |_| Error::Engine { doing: "making a key", said: "no randomness".to_owned() };
    SystemRandom::new().fill(&mut bytes).map_err(failed)?;
    Ok(format!("{}\n", URL_SAFE_NO_PAD.encode(bytes)))
}

/// Keeps a file that nobody else may read, in a folder that is made where it is missing: whole, or as
/// it was before.
///
/// # Errors
/// When it can't be written.
pub fn keep(path: &Path, bytes: &[u8]) -> Result<()> {
    make_folder(path.parent().unwrap_or(Path::new("/")))?;
    replace(path, bytes)
}

/// Puts a link to a file in place of the one before, in a folder that is made where it is missing: at any moment
/// there is the one or the other.
///
/// # Errors
/// When it can't be made.
pub fn link(path: &Path, to: &Path) -> Result<()> {
    make_folder(path.parent().unwrap_or(Path::new("/")))?;
    let beside = beside(path);
    let _ = std::fs::remove_file(&beside); // of a process that died
    symlink(to, &beside).map_err(Error::io("write", &beside))?;
    std::fs::rename(&beside, path).map_err(Error::io("write", path))?;
    sync_folder(path)
}

pub(super) fn make_folder(path: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(Error::io("make the folder", path))
}

/// Writes a file that nobody else may read, unless another process has made it meanwhile.
fn write_once(path: &Path, text: &str) -> Result<()> {
    let beside = beside(path);
    write(&beside, text.as_bytes())?;
    let linked = std::fs::hard_link(&beside, path); // which never takes the place of what is there
    let _ = std::fs::remove_file(&beside);
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(Error::io("write", path)(error))
        }
        _ => sync_folder(path),
    }
}

/// Puts a file that nobody else may read in place of the one before, whole or not at all.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = beside(path);
    write(&beside, bytes)?;
    std::fs::rename(&beside, path).map_err(Error::io("write", path))?;
    sync_folder(path)
}

fn beside(path: &Path) -> PathBuf {
    path.with_extension(format!("{}.new", std::process::id()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(Error::io("replace", path)(error));
        }
        _ => {}
    }
    let mut options = OpenOptions::new();
    let mut file = options
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(Error::io("write", path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io("write", path))
}

fn sync_folder(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io("write", folder))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn stanza() -> Stanza {
        let path = PathBuf::from("/d");
        Stanza {
            name: "main".into(),
            data_dir: path.clone(),
            port: 1,
            socket: path,
            user: "p".into(),
        }
    }

    fn repository(folder: &tempfile::TempDir) -> Repository {
        let place = Place::Folder(folder.path().join("repo"));
        Repository::new(place, folder.path().join("state"))
    }

    #[tokio::test]
    async fn the_key_is_made_once_and_nobody_else_may_read_it_or_the_settings() {
        let folder = tempfile::tempdir().unwrap();
        let repository = repository(&folder);

        repository.prepare(Path::new("/"), &[stanza()], 2).await.unwrap();
        let key = std::fs::read_to_string(repository.key()).unwrap();
        repository.prepare(Path::new("/"), &[stanza()], 3).await.unwrap();

        assert_eq!(std::fs::read_to_string(repository.key()).unwrap(), key);
        assert_eq!(key.trim().len(), 43);
        for file in [repository.key(), repository.config()] {
            let mode = file.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", file.display());
        }
        let settings = std::fs::read_to_string(repository.config()).unwrap();
        assert!(
            settings.contains(&format!("repo1-cipher-pass={key}"))
                && settings.contains("process-max=3\n")
        );
    }

    #[tokio::test]
    async fn no_second_key_is_made_for_backups_whose_key_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let repository = repository(&folder);
        std::fs::create_dir_all(folder.path().join("repo/backup")).unwrap();

        let words =
            repository.prepare(Path::new("/"), &[stanza()], 2).await.unwrap_err().to_string();

        assert!(words.contains("is missing. Put the key back"), "{words}");
        assert!(!repository.has_key());
    }
}
