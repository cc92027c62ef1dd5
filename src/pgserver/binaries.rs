//! Finds the server programs, which packages put outside the search path.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Error, Result};

/// The oldest major version that Muster's SQL is tried with.
const OLDEST: u32 = 15;

/// Folders that hold one folder per version, and the path from there to the programs.
const VERSIONED: [(&str, &str); 5] = [
    ("/usr/lib/postgresql", "bin"),
    ("/usr", "bin"),
    ("/usr/local", "bin"),
    ("/usr/local/opt", "bin"),
    ("/opt/homebrew/opt", "bin"),
];

/// One installed server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) folder: PathBuf,
    pub(super) major: u32,
}

impl Binaries {
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Picks the server for a cluster: of its own major version, or for a new one the first in the
/// search path, else the newest.
pub(super) fn find(search: &OsStr, cluster: &Path, made_by: Option<u32>) -> Result<Binaries> {
    pick(installed(std::env::split_paths(search)), installed(versioned()), made_by).ok_or_else(
        || match made_by {
            Some(made_by) if made_by < OLDEST => {
                Error::TooOld { cluster: cluster.to_owned(), made_by }
            }
            Some(made_by) => Error::OtherMajor { cluster: cluster.to_owned(), made_by },
            None => Error::NoServer,
        },
    )
}

fn pick(chosen: Vec<Binaries>, others: Vec<Binaries>, made_by: Option<u32>) -> Option<Binaries> {
    let fits = |b: &Binaries| b.major >= OLDEST && made_by.is_none_or(|major| major == b.major);
    let newest = others.into_iter().filter(fits).max_by_key(|b| b.major);
    chosen.into_iter().find(fits).or(newest)
}

/// `/usr/lib/postgresql/17/bin`, `/usr/pgsql-17/bin`, `/usr/local/opt/postgresql@17/bin` and so on.
fn versioned() -> impl Iterator<Item = PathBuf> {
    VERSIONED.into_iter().flat_map(|(parent, programs)| {
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        entries.map(move |entry| entry.path().join(programs))
    })
}

fn installed(folders: impl Iterator<Item = PathBuf>) -> Vec<Binaries> {
    folders
        .filter(|folder| folder.is_absolute() && folder.join("initdb").is_file())
        .filter_map(|folder| Some(Binaries { major: version_in(&folder)?, folder }))
        .collect()
}

fn version_in(folder: &Path) -> Option<u32> {
    let answer = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    version(&String::from_utf8_lossy(&answer.stdout))
}

/// Reads the major version out of `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn version(answer: &str) -> Option<u32> {
    let number = answer.strip_prefix("postgres (PostgreSQL) ")?;
    let digits = number.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(major: u32) -> Binaries {
        Binaries { folder: format!("/pg/{major}").into(), major }
    }

    #[test]
    fn the_major_version_is_read_from_releases_and_previews() {
        assert_eq!(version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(version("postgres (PostgreSQL) 19devel\n"), Some(19));
        assert_eq!(version("something else 15"), None);
    }

    #[test]
    fn a_new_cluster_takes_the_search_path_first_and_else_the_newest() {
        let others = vec![at(15), at(17), at(16)];

        assert_eq!(pick(vec![at(16)], others.clone(), None), Some(at(16)));
        assert_eq!(pick(vec![at(13)], others, None), Some(at(17)));
        assert_eq!(pick(vec![at(13)], vec![at(14)], None), None);
    }

    #[test]
    fn an_existing_cluster_takes_its_own_version_alone() {
        let others = vec![at(15), at(17)];

        assert_eq!(pick(vec![at(16)], others.clone(), Some(15)), Some(at(15)));
        assert_eq!(pick(vec![at(16)], others, Some(18)), None);
    }

    #[test]
    fn a_missing_version_is_named_with_the_way_to_mend_it() {
        let refused = |made_by| {
            find(OsStr::new(""), Path::new("/d/postgres"), Some(made_by)).unwrap_err().to_string()
        };
        let words = refused(99);
        assert!(words.contains("/d/postgres was made by Postgres 99"), "{words}");
        assert!(words.contains("apt-get install postgresql-99"), "{words}");
        let words = refused(9);
        assert!(words.contains("by Postgres 9, and Muster works with 15 and later"), "{words}");
    }
}
