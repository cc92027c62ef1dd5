//! One Muster per data folder: an advisory lock that the kernel lets go when the process ends,
//! however it ends.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use nix::unistd::{Uid, geteuid};

use super::owner::user_name;
use super::{Error, Result};

/// The right to work in a data folder, held until the last clone is dropped.
#[derive(Clone, Debug)]
pub struct DataLock {
    _held: Arc<Held>,
}

/// A locked file. It is let go of in so many words: closed alone it would stay locked for as long as a child that
/// another thread is just starting has it, too.
#[derive(Debug)]
struct Held(File);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.unlock(); // closing it is what is left then
    }
}

impl DataLock {
    /// Takes the data folder for this process, making it where it is missing.
    pub fn take(folder: &Path) -> Result<DataLock> {
        make(folder)?;
        let path = folder.join("muster.lock");
        let locked = || Error::Locked { folder: folder.to_owned(), holder: holder(&path) };
        if let Some(owner) = stranger(folder)? {
            let held = DataLock::is_held(folder).unwrap_or(false); // it may be closed to us
            let refusal = Error::Strangers { folder: folder.to_owned(), owner };
            return Err(if held { locked() } else { refusal });
        }
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false) // it holds the other's process id until the lock is ours
            .read(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(Error::io("open", &path))?;

        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(locked()),
            Err(TryLockError::Error(source)) => return Err(Error::io("lock", &path)(source)),
        }
        // Only words for the next one, and a full disk takes none.
        let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(DataLock { _held: Arc::new(Held(file)) })
    }

    /// Whether another process holds the data folder; makes nothing, and lets go at once.
    pub fn is_held(folder: &Path) -> Result<bool> {
        let path = folder.join("muster.lock");
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(Error::io("open", &path)(error)),
        };
        match file.try_lock_shared() {
            Ok(()) => {
                drop(Held(file));
                Ok(false)
            }
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(source)) => Err(Error::io("lock", &path)(source)),
        }
    }
}

fn make(folder: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => Error::NoFolder(folder.to_owned()),
        _ => Error::io("make the data folder", folder)(error),
    })
}

/// Who owns the folder, where it is not this user: whatever root made in it, that user's own
/// Muster could not use any more.
fn stranger(folder: &Path) -> Result<Option<String>> {
    let owner = folder.metadata().map_err(Error::io("look at", folder))?.uid();
    if owner == geteuid().as_raw() {
        return Ok(None);
    }
    Ok(Some(user_name(Uid::from_raw(owner))))
}

fn holder(path: &Path) -> String {
    match std::fs::read_to_string(path) {
        Ok(text) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_taker_is_told_who_holds_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataLock::take(folder.path()).unwrap();

        let words = DataLock::take(folder.path()).unwrap_err().to_string();
        assert!(words.contains(&folder.path().display().to_string()), "{words}");
        assert!(words.contains(&format!("process {}", std::process::id())), "{words}");

        let clone = first.clone();
        drop(first);
        assert!(DataLock::is_held(folder.path()).unwrap());
        assert!(DataLock::take(folder.path()).is_err(), "a clone still holds it");
        drop(clone);
        assert!(!DataLock::is_held(folder.path()).unwrap(), "who looks holds nothing");
        assert!(!DataLock::is_held(&folder.path().join("none")).unwrap());
        DataLock::take(folder.path()).unwrap();
    }

    #[test]
    fn it_is_let_go_of_though_another_has_the_same_file_open_still() {
        let folder = tempfile::tempdir().unwrap();
        let lock = DataLock::take(folder.path()).unwrap();
        let childs = lock._held.0.try_clone().unwrap(); // as a fork has it until it starts its program
        drop(lock);
        assert!(!DataLock::is_held(folder.path()).unwrap());
        DataLock::take(folder.path()).unwrap();
        drop(childs);
    }
}
