//! A disk of its own, whose power can be cut: a file system on a loop device. At the cut
//! everything that was not yet handed to the device is thrown away.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::time::sleep;

/// Room for a cluster and what it keeps for its recovery.
const SIZE: u64 = 2 * 1024 * 1024 * 1024;
/// How long whoever used it may take to let go.
const BOUND: Duration = Duration::from_secs(30);
/// Ends a file system at once: what is in memory alone is dropped, the journal is not written out
/// (`EXT4_IOC_SHUTDOWN` with `NOLOGFLUSH`). The kernel's own tests cut the power so.
const CUT: &str = "import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))";

/// The disk, mounted where `at` says.
pub(super) struct Disk {
    image: PathBuf,
    at: PathBuf,
}

impl Disk {
    /// A new one, empty.
    pub(super) fn new(folder: &Path) -> Result<Disk, String> {
        let disk = Disk { image: folder.join("disk"), at: folder.join("mounted") };
        let image = std::fs::File::create(&disk.image).map_err(|error| error.to_string())?;
        image.set_len(SIZE).map_err(|error| error.to_string())?;
        std::fs::create_dir(&disk.at).map_err(|error| error.to_string())?;
        told("mkfs.ext4", &[Path::new("-q"), Path::new("-F"), &disk.image])?;
        disk.mount()?;
        Ok(disk)
    }

    pub(super) fn at(&self) -> &Path {
        &self.at
    }

    pub(super) fn mount(&self) -> Result<(), String> {
        told("mount", &[Path::new("-o"), Path::new("loop"), &self.image, &self.at])
    }

    /// From this moment nothing reaches the disk, and what had not, never will.
    pub(super) fn cut_power(&self) -> Result<(), String> {
        told("python3", &[Path::new("-c"), Path::new(CUT), &self.at])
    }

    /// Writes out all that is in memory.
    pub(super) fn sync(&self) -> Result<(), String> {
        told("sync", &[Path::new("-f"), &self.at])
    }

    pub(super) async fn unmount(&self) -> Result<(), String> {
        let begun = Instant::now();
        loop {
            match told("umount", &[&self.at]) {
                Err(_) if begun.elapsed() < BOUND => sleep(Duration::from_millis(100)).await,
                done => return done,
            }
        }
    }
}

/// Runs a program; what it said is the error.
fn told(program: &str, words: &[&Path]) -> Result<(), String> {
    let done = Command::new(program).args(words).output();
    let done = done.map_err(|error| format!("{program} can't be run: {error}"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Err(format!(
        "this machine does not allow a power cut to be tried: {program}: {}. It takes root, Linux \
         with ext4, and a free loop device (/dev/loop*)",
        said.trim()
    ))
}
