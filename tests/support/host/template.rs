//! Clusters as `initdb` leaves them, each made once in a test's process and copied from then on: made anew for each
//! host they would cost a minute of a run.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use nix::unistd::{Gid, Uid};

use super::ground::{bin, command_of, folder};
use super::run;

/// Removes a folder when its input ends, which the kernel does at the latest: statics are never dropped.
const KEEP: &str = "read -r _; rm -rf \"$1\"";

static MADE: Mutex<BTreeMap<String, Template>> = Mutex::new(BTreeMap::new());

struct Template {
    data: PathBuf,
    _keeper: Child,
}

/// The data folder of a cluster of this user's that nobody ever started.
pub fn of(user: (Uid, Gid), checksums: &str) -> PathBuf {
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.entry(checksums.to_owned()).or_insert_with(|| make(user, checksums)).data.clone()
}

fn make(user: (Uid, Gid), checksums: &str) -> Template {
    let folder = folder().keep();
    let _keeper = keep(&folder);
    let data = folder.join("data");
    let mut initdb = command_of(user, &bin("initdb"));
    initdb.arg("-D").arg(&data).args(["-U", "owner", "-A", "trust", "-E", "UTF8"]);
    initdb.args(["--locale=C.UTF-8", "--no-sync", "--wal-segsize=1", checksums]);
    assert!(run(&mut initdb).good);
    Template { data, _keeper }
}

fn keep(folder: &Path) -> Child {
    let mut keeper = Command::new("sh");
    keeper.args(["-c", KEEP, "sh"]).arg(folder).stdin(Stdio::piped()).process_group(0);
    keeper.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}
