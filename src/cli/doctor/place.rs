//! The data folder: whose it is, and the room in it.

use std::path::Path;

use nix::sys::statvfs::statvfs;
use nix::unistd::{AccessFlags, access};

use super::Finding;
use crate::config::Settings;

const MIB: u64 = 1024 * 1024;
/// Below this nothing is safe: Postgres stops when it can't write.
const FULL: u64 = 256 * MIB;
/// Below this somebody should look.
const SCARCE: u64 = 2048 * MIB;

pub(super) fn check(settings: &Settings) -> Vec<Finding> {
    let folder = &settings.data.dir;
    let shown = folder.display();
    if !folder.exists() {
        let words = format!("{shown} is not there yet");
        let mend =
            "muster serve makes it when it first starts; is this the right user and setting?";
        return vec![Finding::warn("data folder", words, mend)];
    }
    if !folder.is_dir() {
        let mend = "move away what lies there, or name a folder: MUSTER_DATA_DIR";
        return vec![Finding::bad("data folder", format!("{shown} is no folder"), mend)];
    }
    let all = AccessFlags::R_OK | AccessFlags::W_OK | AccessFlags::X_OK;
    if let Err(error) = access(folder, all) {
        let words = format!("{shown} can't be used: {}", error.desc());
        let mend = "ask as the user that runs muster, and let that user own the folder";
        return vec![Finding::bad("data folder", words, mend)];
    }
    let cluster = folder.join("postgres"); // it may be a link to another disk
    let room = [folder.as_path(), &cluster].into_iter().filter_map(room).min();
    vec![Finding::ok("data folder", shown.to_string()), disk(room)]
}

#[expect(clippy::useless_conversion, reason = "other systems count in smaller numbers")]
fn room(folder: &Path) -> Option<u64> {
    let disk = statvfs(folder).ok()?;
    Some(u64::from(disk.blocks_available()).saturating_mul(u64::from(disk.fragment_size())))
}

fn disk(room: Option<u64>) -> Finding {
    let Some(room) = room else {
        return Finding::warn("disk", "how much room is left is unknown", "look by hand: df -h");
    };
    let words = match room / MIB {
        mib @ ..10_240 => format!("{mib} MB of room"),
        mib => format!("{} GB of room", mib / 1024),
    };
    let mend = "make room, or move the data folder; a full disk stops the database";
    match room {
        ..FULL => Finding::bad("disk", words, mend),
        FULL..SCARCE => Finding::warn("disk", words, mend),
        _ => Finding::ok("disk", words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Health;

    #[test]
    fn little_room_is_to_be_looked_at_and_hardly_any_is_bad() {
        for (room, health, words) in [
            (Some(FULL - 1), Health::Bad, "255 MB of room"),
            (Some(FULL), Health::Warn, "256 MB of room"),
            (Some(SCARCE), Health::Ok, "2048 MB of room"),
            (Some(40 * 1024 * MIB), Health::Ok, "40 GB of room"),
            (None, Health::Warn, "how much room is left is unknown"),
        ] {
            let finding = disk(room);
            assert_eq!((finding.health, finding.words.as_str()), (health, words));
        }
    }
}
