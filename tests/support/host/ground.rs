//! What a host stands on: a folder, a user that owns nothing else, the programs.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::unistd::{Gid, Uid, User, getegid, geteuid};
use tempfile::TempDir;

use super::super::program::{MUSTER, executable};

/// A program of the server, none of which need lie in the search path.
pub fn bin(name: &str) -> PathBuf {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/postgres-bin.sh");
    let said = Command::new(script).output().unwrap().stdout;
    let folder = PathBuf::from(String::from_utf8(said).unwrap().trim());
    let server = folder.join("postgres").canonicalize().unwrap(); // beside a link not all need lie
    server.with_file_name(name)
}

/// A command of that user's, without anything of our environment.
pub fn command_of(user: (Uid, Gid), program: &Path) -> Command {
    let mut command = bare(Command::new(program));
    if geteuid().is_root() {
        command.uid(user.0.as_raw()).gid(user.1.as_raw());
    }
    command
}

/// Nothing of our environment, and nothing to read.
pub fn bare(mut command: Command) -> Command {
    command.env_clear().env("PATH", env!("PATH")).current_dir("/").stdin(Stdio::null());
    command
}

pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::Builder::new().prefix("muster-agent-").tempdir_in(base).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let (uid, gid) = owner();
    chown(folder.path(), Some(uid.as_raw()), Some(gid.as_raw())).unwrap();
    folder
}

/// This user, and for root one that owns nothing else.
pub fn owner() -> (Uid, Gid) {
    if !geteuid().is_root() {
        return (geteuid(), getegid());
    }
    let user = ["muster", "nobody"].iter().find_map(|name| User::from_name(name).unwrap()).unwrap();
    (user.uid, user.gid)
}

/// The program where that user may run it: root's own folders are closed to others.
pub struct Program {
    pub path: PathBuf,
    _folder: Option<TempDir>,
}

pub fn program(user: (Uid, Gid)) -> Program {
    let mut try_it = Command::new(MUSTER);
    try_it.arg("--version").uid(user.0.as_raw()).gid(user.1.as_raw()).stdout(Stdio::null());
    if !geteuid().is_root() || try_it.status().is_ok_and(|status| status.success()) {
        return Program { path: PathBuf::from(MUSTER), _folder: None };
    }
    let folder = tempfile::tempdir().unwrap(); // not on memory, where nothing may be run at times
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = folder.path().join("muster");
    if std::fs::hard_link(MUSTER, &path).is_err() {
        executable(Path::new(MUSTER), &path);
    }
    Program { path, _folder: Some(folder) }
}
