//! Files of a host's owner: read, and put in place whole, with the owner and the mode that they had.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, chown, lchown,
};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::unistd::{AccessFlags, Gid, Uid, access, geteuid};

use super::{AllowError, Result};

/// Whose a file is to be, where it is new.
#[derive(Debug, Clone, Copy)]
pub(super) enum Writing {
    /// Whoever writes it; everybody may read it.
    Settings,
    /// This user's alone, be it new or not.
    Secret((Uid, Gid)),
}

/// Whether this user is the one who says what stands in it.
pub(super) fn is_ours(file: &Path) -> bool {
    match file.metadata() {
        Ok(found) => geteuid().is_root() || found.uid() == geteuid().as_raw(),
        Err(_) => {
            let folder = file.ancestors().skip(1).find(|folder| folder.exists());
            folder.is_some_and(|folder| access(folder, AccessFlags::W_OK).is_ok())
        }
    }
}

/// What stands in it; none where there is no such file.
pub(super) fn read(file: &Path) -> Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(AllowError::Write { file: file.to_owned(), source }),
    }
}

/// Writes it, if `before` is what stands there still. A link is followed, so that the file it leads to changes.
pub(super) fn write(file: &Path, before: Option<&str>, after: &str, how: Writing) -> Result<()> {
    let failed = |source| AllowError::Write { file: file.to_owned(), source };
    let real = match before {
        Some(_) => file.canonicalize().map_err(failed)?,
        None => file.to_owned(),
    };
    let folder = real.parent().unwrap_or(Path::new("/"));
    open_folders(folder).map_err(failed)?;
    let beside = beside(&real);
    let put = put(&real, &beside, after, how).map_err(failed);
    let unchanged = put.and_then(|()| Ok(read(&real)?.as_deref() == before));
    let placed = unchanged.and_then(|unchanged| {
        if !unchanged {
            return Err(AllowError::Changed(file.to_owned()));
        }
        fs::rename(&beside, &real).and_then(|()| File::open(folder)?.sync_all()).map_err(failed)
    });
    if placed.is_err() {
        let _ = fs::remove_file(&beside); // where it can't be removed it is overwritten the next time
    }
    placed
}

fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.new"))
}

fn put(file: &Path, beside: &Path, text: &str, how: Writing) -> io::Result<()> {
    match fs::remove_file(beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut draft = OpenOptions::new().write(true).create_new(true).mode(0o600).open(beside)?;
    draft.write_all(text.as_bytes())?;
    let (owner, mode) = match (how, file.metadata()) {
        (Writing::Secret((uid, gid)), _) => (Some((uid.as_raw(), gid.as_raw())), 0o600),
        (Writing::Settings, Ok(found)) => (Some((found.uid(), found.gid())), found.mode() & 0o7777),
        (Writing::Settings, Err(_)) => (None, 0o644),
    };
    if let Some((uid, gid)) = owner {
        chown(beside, Some(uid), Some(gid))?;
    }
    draft.set_permissions(Permissions::from_mode(mode))?;
    draft.sync_all()
}

/// The first of the folders that a file lies in which this user can't enter. Another user than this process' is asked
/// by a process of its own, for groups count too; where none can be started nothing is said.
pub(super) fn closed_to((uid, gid): (Uid, Gid), file: &Path) -> Option<PathBuf> {
    let mut folders: Vec<&Path> = file.ancestors().skip(1).filter(|it| it.exists()).collect();
    folders.reverse();
    let enters = |folder: &Path| {
        if geteuid() == uid {
            return access(folder, AccessFlags::X_OK).is_ok();
        }
        let mut test = Command::new("setpriv");
        test.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--init-groups");
        test.args(["--", "test", "-x"]).arg(folder).stdin(Stdio::null()).stderr(Stdio::null());
        test.status().map_or(true, |ended| ended.success())
    };
    folders.into_iter().find(|folder| !enters(folder)).map(Path::to_owned)
}

/// Makes those that are missing such that anybody may enter them, whatever the mask of who makes them.
fn open_folders(folder: &Path) -> io::Result<()> {
    let missing = folder.ancestors().take_while(|it| !it.exists());
    for folder in missing.collect::<Vec<_>>().into_iter().rev() {
        DirBuilder::new().mode(0o755).create(folder)?;
        fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// Makes a folder for a user alone, and those that it lies in as any are.
pub(super) fn make_folder(folder: &Path, (uid, gid): (Uid, Gid)) -> Result<()> {
    let around = folder.parent().unwrap_or(Path::new("/"));
    let made = open_folders(around).and_then(|()| DirBuilder::new().mode(0o700).create(folder));
    let given = made.and_then(|()| lchown(folder, Some(uid.as_raw()), Some(gid.as_raw())));
    given.map_err(|source| AllowError::Write { file: folder.to_owned(), source })
}
