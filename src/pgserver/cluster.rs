//! Makes a cluster, all or nothing: it is built beside its place and moved there when done.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Stdio;

use super::setup::Setup;
use super::{Error, Result, USER};

const LOCALE: &str = if cfg!(target_os = "linux") { "C.UTF-8" } else { "C" };

/// What a new cluster is told, beside what every start says on its command line.
const SETTINGS: &str = "
# Muster's own settings. Changes below are kept; the address, the socket and the log's place are not
# settings here, since every start names them.
archive_mode = on               # needs a restart, so it is on from the start
archive_command = '/bin/true'   # needs none, so backups can be switched on at any time
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_filename = 'postgres-%a.log'  # one file per weekday, overwritten a week later
log_truncate_on_rotation = on
log_rotation_age = '1d'
log_rotation_size = 0
";

/// The major version that made the cluster, if there is a cluster.
pub(super) fn made_by(cluster: &Path) -> Result<Option<u32>> {
    let path = cluster.join("PG_VERSION");
    match std::fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().map(Some).map_err(|_| Error::NoVersion(path)),
        Err(e) if e.kind() == ErrorKind::NotFound && !cluster.exists() => Ok(None),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Err(Error::NoVersion(path))
        }
        Err(e) => Err(Error::io("read", &path)(e)),
    }
}

/// Makes the cluster that `setup` describes.
pub(super) fn create(setup: &Setup, data: &Path) -> Result<()> {
    sweep(data);
    let unfinished = data.join(format!("postgres.new-{}", std::process::id()));
    let made = make(setup, &unfinished, data);
    if made.is_err() {
        sweep(data); // it may hold the very room that is missing
    }
    made.map_err(|error| match error {
        Error::Full(_) => Error::NoRoom(data.to_owned()),
        other => other,
    })
}

fn make(setup: &Setup, unfinished: &Path, data: &Path) -> Result<()> {
    setup.owner.folder(unfinished)?;
    initdb(setup, unfinished)?;

    let conf = unfinished.join("postgresql.conf");
    OpenOptions::new()
        .append(true)
        .open(&conf)
        .and_then(|mut file| file.write_all(SETTINGS.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(Error::io("write", &conf))?;

    std::fs::rename(unfinished, &setup.cluster)
        .and_then(|()| File::open(data)?.sync_all())
        .map_err(Error::io("put into its place", &setup.cluster))
}

fn initdb(setup: &Setup, folder: &Path) -> Result<()> {
    let program = setup.binaries.program("initdb");
    let output = setup
        .owner
        .command(&program)
        .arg("--pgdata")
        .arg(folder)
        .args(["--data-checksums", "--encoding=UTF8", "--username", USER])
        .args(["--auth-local=trust", "--auth-host=reject"]) // the socket's folder is the guard
        .args(["--lc-messages=C", &format!("--locale={LOCALE}")])
        .stderr(Stdio::piped())
        .output()
        .map_err(Error::io("run", &program))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains(super::NO_SPACE) {
        return Err(Error::Full(folder.to_owned()));
    }
    Err(Error::Init(said.trim().to_owned()))
}

/// Removes what an `initdb` that failed or was killed left behind; what resists does no harm.
fn sweep(data: &Path) {
    for entry in std::fs::read_dir(data).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with("postgres.new-") {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_a_version_is_not_taken_for_a_cluster_or_for_free_room() {
        let data = tempfile::tempdir().unwrap();
        let cluster = data.path().join("postgres");

        assert_eq!(made_by(&cluster).unwrap(), None);
        std::fs::create_dir(&cluster).unwrap();
        assert!(matches!(made_by(&cluster), Err(Error::NoVersion(_))));
        std::fs::write(cluster.join("PG_VERSION"), "15\n").unwrap();
        assert_eq!(made_by(&cluster).unwrap(), Some(15));
    }
}
