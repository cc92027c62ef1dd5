//! What settings depend on besides what is given: the environment, the folder, the user.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

/// The process's surroundings, as an argument, so that tests can make their own.
#[derive(Clone)]
pub struct Surroundings {
    /// Environment variables.
    pub environment: Vec<(OsString, OsString)>,
    /// The folder that relative paths start from.
    pub folder: PathBuf,
    /// Whether the process runs as root.
    pub root: bool,
    /// The settings file that is read where none is named and none lies in the folder.
    pub system_file: PathBuf,
}

impl Surroundings {
    /// Those of this process.
    ///
    /// # Errors
    /// The current folder is gone or can't be read.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn of_this_process() -> io::Result<Surroundings> {
        Ok(Surroundings {
            environment: std::env::vars_os().collect(),
            folder: std::env::current_dir()?,
            root: nix::unistd::Uid::effective().is_root(),
            system_file: PathBuf::from("/etc/muster/muster.toml"),
        })
    }

    /// The user's own folder, if the environment names one.
    pub(super) fn home(&self) -> Option<PathBuf> {
        self.folder_of("HOME")
    }

    /// A short folder of this user's that lasts while they are signed in.
    #[must_use]
    pub fn runtime_folder(&self) -> Option<PathBuf> {
        self.folder_of("XDG_RUNTIME_DIR")
    }

    /// Where programs are looked for.
    #[must_use]
    pub fn search_path(&self) -> OsString {
        self.variable("PATH").cloned().unwrap_or_default()
    }

    fn folder_of(&self, name: &str) -> Option<PathBuf> {
        self.variable(name).map(PathBuf::from).filter(|folder| folder.is_absolute())
    }

    /// One environment variable.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&OsString> {
        self.environment.iter().find(|(named, _)| named == name).map(|(_, value)| value)
    }
}
