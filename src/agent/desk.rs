//! A folder for what is read and thrown away, one a look.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

use super::Protected;

/// Those that this process has made.
static MADE: AtomicU64 = AtomicU64::new(0);

/// Removed when this is dropped, or else by the next one.
#[derive(Debug)]
pub(super) struct Desk(PathBuf);

impl Desk {
    /// Makes it, and removes those of processes that are gone.
    pub(super) fn of(protected: &Protected<'_>) -> std::io::Result<Desk> {
        let all = protected.folder().join("desk");
        sweep(&all);
        let own =
            all.join(format!("{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed)));
        let _ = std::fs::remove_dir_all(&own); // of an earlier process of that number
        DirBuilder::new().recursive(true).mode(0o700).create(&own)?;
        Ok(Desk(own))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn sweep(all: &Path) {
    for entry in std::fs::read_dir(all).into_iter().flatten().flatten() {
        let pid = entry.file_name().to_str().and_then(|name| name.split('-').next()?.parse().ok());
        if pid.is_none_or(|pid| kill(Pid::from_raw(pid), None) == Err(Errno::ESRCH)) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
