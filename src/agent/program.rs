//! Programs that `agent.toml` names.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use nix::unistd::{AccessFlags, access, geteuid};

/// Why one is not run, and how to mend that: what others can change does what they want.
pub(super) fn unfit(program: &Path) -> Option<(&'static str, &'static str)> {
    let Ok(found) = program.metadata() else {
        return Some(("is not there", "mend its path in agent.toml"));
    };
    if !found.is_file() || access(program, AccessFlags::X_OK).is_err() {
        return Some(("can't be run by this user", "as root run: chmod 0755 on it"));
    }
    let owned = found.uid() == 0 || found.uid() == geteuid().as_raw();
    if !owned || found.mode() & 0o022 != 0 {
        let mend = "let it belong to root, and let nobody else write it: chown root, chmod 0755";
        return Some(("can be changed by others", mend));
    }
    None
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_program_is_run_unless_others_could_change_it_or_it_can_not_run() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("up");
        let said = || unfit(&program).map(|(why, _)| why);
        assert_eq!(said(), Some("is not there"));
        std::fs::write(&program, "").unwrap();
        for (mode, expected) in [
            (0o644, Some("can't be run by this user")),
            (0o775, Some("can be changed by others")),
            (0o757, Some("can be changed by others")),
            (0o755, None),
        ] {
            std::fs::set_permissions(&program, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(said(), expected, "{mode:o}");
        }
    }
}
