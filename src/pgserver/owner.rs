//! As whom Postgres runs, and what that user must be able to reach.

use std::fs::{DirBuilder, File, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{
    DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown, fchown,
};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::fcntl::OFlag;
use nix::unistd::{Uid, User, getegid, geteuid};

use super::gently::gently;
use super::{Error, Result, USER};

/// The user as which Postgres and its tools run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner {
    uid: u32,
    gid: u32,
    /// Muster itself is root and must step down for each program it starts.
    pub(super) stepped_down: bool,
}

impl Owner {
    /// This process' own user, or for root the user made for Postgres.
    pub(super) fn of_this_process() -> Result<Owner> {
        let uid = geteuid();
        if !uid.is_root() {
            let gid = getegid().as_raw();
            return Ok(Owner { uid: uid.as_raw(), gid, stepped_down: false });
        }
        let user = User::from_name(USER).ok().flatten().ok_or(Error::NoUser)?;
        Ok(Owner { uid: user.uid.as_raw(), gid: user.gid.as_raw(), stepped_down: true })
    }

    /// The same, behind everything else that the host does.
    pub(super) fn gently(&self, program: &Path) -> Command {
        let (starter, before) = gently();
        let mut command = self.command(Path::new(starter));
        command.args(before).arg(program);
        command
    }

    /// A command that runs as this user, away from the terminal's Ctrl-C, with an environment
    /// that can't change what Postgres does.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C")
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if self.stepped_down {
            command.uid(self.uid).gid(self.gid); // std drops root's supplementary groups too
        }
        command
    }

    /// Makes a folder that this user alone may enter, or checks that it is one.
    pub(super) fn folder(&self, path: &Path) -> Result<()> {
        let made = match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => true,
            Err(e) if e.kind() == ErrorKind::AlreadyExists => false,
            Err(e) => return Err(Error::io("make the folder", path)(e)),
        };
        // By handle from here on, so that nobody can put a link in its place between two steps.
        let as_folder = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW;
        let Ok(dir) = File::options().read(true).custom_flags(as_folder.bits()).open(path) else {
            return Err(Error::NotOurs(path.to_owned()));
        };
        if made && self.stepped_down {
            fchown(&dir, Some(self.uid), Some(self.gid)).map_err(Error::io("give away", path))?;
        } // else it is this user's, and under its unit even chown(2) to itself is refused
        if dir.metadata().map_err(Error::io("look at", path))?.uid() != self.uid {
            return Err(Error::NotOurs(path.to_owned()));
        }
        dir.set_permissions(Permissions::from_mode(0o700)).map_err(Error::io("close", path))
    }

    /// Checks that a cluster is this user's: Postgres runs on no other.
    pub(super) fn owns(&self, cluster: &Path) -> Result<()> {
        if cluster.metadata().map_err(Error::io("look at", cluster))?.uid() == self.uid {
            return Ok(());
        }
        let user = user_name(self.uid.into());
        Err(Error::StrangersCluster { cluster: cluster.to_owned(), user })
    }

    /// Lets this user through the data folder, which stays root's, and checks the way to it.
    pub(super) fn let_through(&self, data: &Path) -> Result<()> {
        if !self.stepped_down {
            return Ok(());
        }
        chown(data, None, Some(self.gid))
            .and_then(|()| data.metadata())
            .and_then(|m| std::fs::set_permissions(data, Permissions::from_mode(m.mode() | 0o010)))
            .map_err(Error::io("let Postgres' user through", data))?;
        for folder in data.ancestors() {
            let found = folder.metadata().map_err(Error::io("look at", folder))?;
            if !self.may_enter(found.uid(), found.gid(), found.mode()) {
                return Err(Error::Closed(folder.to_owned()));
            }
        }
        Ok(())
    }

    fn may_enter(&self, uid: u32, gid: u32, mode: u32) -> bool {
        let bit = match () {
            () if uid == self.uid => 0o100,
            () if gid == self.gid => 0o010,
            () => 0o001,
        };
        mode & bit != 0
    }
}

/// A command as the user of our Postgres.
///
/// # Errors
/// For root, where that user is missing.
pub fn command_of_owner(program: &Path) -> Result<Command> {
    Ok(Owner::of_this_process()?.command(program))
}

/// Makes a folder that the user of our Postgres alone may enter, or checks that it is one.
///
/// # Errors
/// When it is somebody else's, or can't be made.
pub fn own_folder(path: &Path) -> Result<()> {
    Owner::of_this_process()?.folder(path)
}

/// What the host calls a user; the number, where it knows none of it.
#[must_use]
pub fn user_name(user: Uid) -> String {
    let known = User::from_uid(user).ok().flatten();
    known.map_or_else(|| user.to_string(), |user| user.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Owner = Owner { uid: 7, gid: 8, stepped_down: true };

    #[test]
    fn the_nearest_permission_decides_who_may_enter() {
        assert!(OWNER.may_enter(7, 0, 0o700));
        assert!(!OWNER.may_enter(0, 0, 0o700));
        assert!(OWNER.may_enter(0, 8, 0o710));
        assert!(!OWNER.may_enter(0, 8, 0o701), "the group's bits hide those of the others");
        assert!(OWNER.may_enter(0, 0, 0o711));
    }

    #[test]
    fn a_folder_that_is_a_link_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        let link = parent.path().join("link");
        std::os::unix::fs::symlink("/etc", &link).unwrap();
        let me = Owner { uid: geteuid().as_raw(), gid: getegid().as_raw(), stepped_down: false };

        assert!(matches!(me.folder(&link), Err(Error::NotOurs(_))));
        me.folder(&parent.path().join("fresh")).unwrap();
        me.folder(&parent.path().join("fresh")).unwrap();
    }
}
