//! Reads `agent.toml`, if nobody but the host's owner could have written it.

use std::fmt;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use super::{Settings, judge};
use crate::domain::plan::Finding;
use crate::domain::plan::source::read_tables;

const OTHERS_WRITE: u32 = 0o022;
const STICKY: u32 = 0o1000;

/// Why it can't be followed.
#[derive(Debug)]
pub enum Refusal {
    /// There is none.
    Missing(PathBuf),
    /// It can't be read.
    Unreadable(PathBuf, io::Error),
    /// Somebody else could have changed it.
    Exposed(PathBuf, &'static str),
    /// What stands in it is wrong.
    Wrong(PathBuf, Vec<Finding>),
}

/// Reads and judges it.
///
/// # Errors
/// All that is wrong with it.
pub fn read(file: &Path) -> Result<Settings, Refusal> {
    let text = std::fs::read_to_string(file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Refusal::Missing(file.to_owned()),
        _ => Refusal::Unreadable(file.to_owned(), error),
    })?;
    guarded(file)?;
    read_tables(&text, judge::judge).map_err(|found| Refusal::Wrong(file.to_owned(), found))
}

fn guarded(file: &Path) -> Result<(), Refusal> {
    let unreadable = |error| Refusal::Unreadable(file.to_owned(), error);
    let exposed = |why| Err(Refusal::Exposed(file.to_owned(), why));
    let found = file.metadata().map_err(unreadable)?;
    if found.uid() != 0 && found.uid() != geteuid().as_raw() {
        return exposed("it belongs to neither root nor this user");
    }
    if found.mode() & OTHERS_WRITE != 0 {
        return exposed("others than its owner may write it");
    }
    let folder = file.canonicalize().map_err(unreadable)?;
    let folder = folder.parent().unwrap_or(Path::new("/")).metadata().map_err(unreadable)?;
    if folder.mode() & 0o002 != 0 && folder.mode() & STICKY == 0 {
        return exposed("everybody may put another file in its place");
    }
    Ok(())
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Missing(file) => write!(
                f,
                "there is no {}; write one (docs/PROTECT.md has a whole example), or name another \
                 with --config",
                file.display()
            ),
            Refusal::Unreadable(file, error) => {
                write!(f, "{} can't be read: {error}; let this user read it", file.display())
            }
            Refusal::Exposed(file, why) => write!(
                f,
                "{} is not followed: {why}. It says what Muster may touch on this host; look at what \
                 stands in it, then run: chmod go-w {}",
                file.display(),
                file.display()
            ),
            Refusal::Wrong(file, found) => {
                write!(f, "{} can't be followed:", file.display())?;
                found.iter().try_for_each(|finding| write!(f, "\n  {}:{finding}", file.display()))
            }
        }
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const WHOLE: &str = r#"
[[database]]
name = "main"
data_dir = "/var/lib/postgresql/15/main"

[[repository]]
name = "disk"
kind = "folder"
path = "/backup/muster"

[limits]
disk_floor = "2 GB"
"#;

    fn refused(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("agent.toml");
        std::fs::write(&file, text).unwrap();
        read(&file).unwrap_err().to_string()
    }

    #[test]
    fn what_is_left_out_is_as_debian_has_it() {
        let settings = read_tables(WHOLE, judge::judge).unwrap();

        let main = settings.database("main").unwrap();
        assert_eq!((main.port, main.user.as_str()), (5432, "postgres"));
        assert_eq!(main.socket, Path::new("/var/run/postgresql"));
        assert_eq!(settings.limits.disk_floor, super::super::Size::gigabytes(2));
        assert_eq!(settings.limits.processes, 2);
        assert_eq!(settings.database("other"), None);
    }

    #[test]
    fn every_mistake_is_named_at_once_with_its_line_and_column() {
        let wrong = WHOLE
            .replace("data_dir", "data_folder")
            .replace("\"folder\"", "\"s3\"")
            .replace("/backup", "backup")
            .replace("2 GB", "much");

        let words = refused(&wrong);

        for expected in [
            "agent.toml:4:1: error: database.main.data_folder: the key “data_folder” is not known",
            "the key “data_dir” is missing",
            "“much” is no size; write it as 500 MB, 2 GB or 1 TB",
        ] {
            assert!(words.contains(expected), "{expected:?} is not in:\n{words}");
        }
        let words = refused(&WHOLE.replace("\"2 GB\"", "2"));
        assert!(words.contains("it must be a size in quotation marks, such as"), "{words}");
        let words = refused(&wrong.replace("data_folder", "data_dir").replace("much", "1 GB"));
        for expected in [
            "agent.toml:8:8: error: repository.disk.kind: buckets do not work in this version yet",
            "agent.toml:9:8: error: repository.disk.path: this must be a whole path",
        ] {
            assert!(words.contains(expected), "{expected:?} is not in:\n{words}");
        }
    }

    #[test]
    fn names_are_such_that_folders_can_bear_them_and_differ() {
        for name in ["../etc", "Main", "1", "", "global", "a b", "é"] {
            let words = refused(&WHOLE.replace("\"main\"", &format!("{name:?}")));
            assert!(words.contains("a name has small letters"), "{name}: {words}");
        }
        let twice = format!("{WHOLE}\n{}", WHOLE.split("[[repository]]").next().unwrap());
        assert!(refused(&twice).contains("there is a “main” already"));
    }

    #[test]
    fn two_repositories_are_refused_until_they_work() {
        let second = "\n[[repository]]\nname = \"other\"\nkind = \"folder\"\npath = \"/o\"\n";
        assert!(refused(&format!("{WHOLE}{second}")).contains("one repository is what"));
    }

    #[test]
    fn a_file_that_others_may_change_is_refused_however_good_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("agent.toml");
        std::fs::write(&file, WHOLE).unwrap();
        let chmod = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        for mode in [0o620, 0o602, 0o666] {
            chmod(&file, mode);
            let words = read(&file).unwrap_err().to_string();
            assert!(words.contains("others than its owner may write it"), "{mode:o}: {words}");
        }
        chmod(&file, 0o644);
        read(&file).unwrap();
        chmod(folder.path(), 0o777);
        assert!(matches!(read(&file), Err(Refusal::Exposed(..))));
        chmod(folder.path(), 0o1777);
        read(&file).unwrap();
    }

    #[test]
    fn a_missing_file_says_where_an_example_is() {
        let words = read(Path::new("/nowhere/agent.toml")).unwrap_err().to_string();
        assert!(words.contains("docs/PROTECT.md"), "{words}");
    }
}
