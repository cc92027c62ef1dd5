//! The program itself, as a process on a folder of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use muster::config::Surroundings;
use nix::unistd::Pid;

/// The program as this test run built it.
pub const MUSTER: &str = env!("CARGO_BIN_EXE_muster");

/// Gives a command nothing of this process's surroundings but where it may work: a free port, a data
/// folder and a key ring.
pub fn surround(command: &mut Command, data: &Path, ring: &Path) {
    command
        .env_clear()
        .env("PATH", env!("PATH"))
        .env("MUSTER_LISTEN", "127.0.0.1:0")
        .env("MUSTER_DATA_DIR", data)
        .env("MUSTER_KEYRING", ring);
}

/// A copy that can be started at once, by everybody. Another process makes it: one that this process
/// held open for writing could be "busy" in a child that another thread starts at that moment.
pub fn executable(from: &Path, at: &Path) {
    let made = Command::new("install").args(["-m", "755"]).args([from, at]).status().unwrap();
    assert!(made.success(), "{} is copied to {}", from.display(), at.display());
}

/// A script, in the same way.
pub fn script(at: &Path, text: &str) {
    let draft = at.with_extension("draft");
    std::fs::write(&draft, text).unwrap();
    executable(&draft, at);
    std::fs::remove_file(draft).unwrap();
}

/// The postmaster that runs, or ran, in this data folder.
pub fn postmaster(data: &Path) -> Option<Pid> {
    let file = std::fs::read_to_string(data.join("postgres/postmaster.pid")).ok()?;
    Some(Pid::from_raw(file.lines().next()?.parse().ok()?))
}

/// What scripts/install-test.sh brought.
pub fn installed(name: &str) -> PathBuf {
    let around = Surroundings::of_this_process().unwrap();
    let named = |name: &str| around.variable(name).map(PathBuf::from);
    let cache = named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache"))).unwrap();
    cache.join("muster-tests").join(name)
}
