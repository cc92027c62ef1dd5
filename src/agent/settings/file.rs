//! Reads `agent.toml`, if nobody but the host's owner could have written it.

use std::fmt;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, geteuid};

use super::{Kind, Settings, judge};
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
    /// The secrets lie open.
    Open(PathBuf),
    /// A bucket or a container has none.
    NoSecret(PathBuf, Kind, String),
    /// What stands in it is wrong.
    Wrong(PathBuf, Vec<Finding>),
}

/// Reads and judges it.
///
/// # Errors
/// All that is wrong with it.
pub fn read(file: &Path) -> Result<Settings, Refusal> {
    let text = text(file)?;
    guard(file, geteuid())?;
    judged(file, &text)
}

/// What stands in it, whoever wrote it; nothing may be done by it before `guard`.
///
/// # Errors
/// What is wrong with its words.
pub fn parse(file: &Path) -> Result<Settings, Refusal> {
    judged(file, &text(file)?)
}

/// What this text would mean in its place.
///
/// # Errors
/// What is wrong with its words.
pub fn parse_text(file: &Path, text: &str) -> Result<Settings, Refusal> {
    judged(file, text)
}

fn text(file: &Path) -> Result<String, Refusal> {
    std::fs::read_to_string(file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Refusal::Missing(file.to_owned()),
        _ => Refusal::Unreadable(file.to_owned(), error),
    })
}

fn judged(file: &Path, text: &str) -> Result<Settings, Refusal> {
    read_tables(text, judge::judge).map_err(|found| Refusal::Wrong(file.to_owned(), found))
}

/// Whether nobody but root and the agent's own user could have written it.
///
/// # Errors
/// Who else could.
pub fn guard(file: &Path, user: Uid) -> Result<(), Refusal> {
    let unreadable = |error| Refusal::Unreadable(file.to_owned(), error);
    let exposed = |why| Err(Refusal::Exposed(file.to_owned(), why));
    let found = file.metadata().map_err(unreadable)?;
    if found.uid() != 0 && found.uid() != user.as_raw() {
        return exposed("it belongs to neither root nor the agent's user");
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
            Refusal::Open(file) => write!(
                f,
                "{} is not used: it holds secrets, and must belong to this user, who alone may read it; make new \
                 ones if others could read it, then run as root: chown {} {} && chmod 600 {}",
                file.display(),
                geteuid(),
                file.display(),
                file.display()
            ),
            Refusal::NoSecret(file, kind, name) => {
                let (wanted, secret) = match kind {
                    Kind::Azure => ("key (base64, as Azure shows it, and nothing else)", ""),
                    _ => ("key and secret", "\n  secret = \"…\""),
                };
                write!(
                    f,
                    "{} has no {wanted} for the {} “{name}”; write there, in a file that this user alone may read \
                     (chmod 600):\n  [[repository]]\n  name = {name:?}\n  key = \"…\"{secret}",
                    file.display(),
                    kind.noun()
                )
            }
            Refusal::Wrong(file, found) => {
                write!(f, "{} can't be followed:", file.display())?;
                found.iter().try_for_each(|finding| write!(f, "\n  {}:{finding}", file.display()))
            }
        }
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests;
