//! A small disk of a test's own: a file system in memory, in a mount namespace that nobody else
//! sees, so that it can be full and harm nobody.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::unistd::{Gid, Uid};

/// Takes all room that is left.
const FILLER: &str = "filler";

/// Mounts it, says so, and keeps the namespace until its input ends.
const HOLD: &str = r#"
    mount -t tmpfs -o "size=$2m,mode=700" muster "$1" && echo mounted && read -r _
"#;

/// A disk over a folder, there as long as this.
pub struct Disk {
    /// Keeps the namespace: the end of its input ends it, also when this process is killed.
    holder: Child,
    folder: PathBuf,
}

impl Disk {
    /// A disk of so many MiB over a folder. A machine that allows none fails the test.
    pub fn over(folder: &Path, mib: u32) -> Disk {
        let mut holder = Command::new("unshare")
            .args(["--mount", "--propagation", "private", "sh", "-c", HOLD, "sh"])
            .arg(folder)
            .arg(mib.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("unshare, of util-linux, gives a test a disk of its own");
        let mut said = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut said).unwrap();
        if said.trim() != "mounted" {
            let mut why = String::new();
            holder.stderr.take().unwrap().read_to_string(&mut why).unwrap();
            panic!(
                "this machine allows no disk of a test's own, so full disks stay untried; run the \
                 tests as root, in a container with --cap-add SYS_ADMIN: {why}"
            );
        }
        Disk { holder, folder: folder.to_owned() }
    }

    /// A command that sees the disk; its folder is the root's.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--mount=/proc/{}/ns/mnt", self.holder.id())).arg("--").arg(program);
        command
    }

    /// The same as another user.
    pub fn command_of(&self, (uid, gid): (Uid, Gid), program: impl AsRef<OsStr>) -> Command {
        let mut command = self.command("setpriv");
        command.args([
            "--clear-groups".to_owned(),
            format!("--reuid={uid}"),
            format!("--regid={gid}"),
        ]);
        command.arg("--").arg(program);
        command
    }

    /// The disk's folder, as it is reached from outside.
    pub fn outside(&self) -> PathBuf {
        let folder = self.folder.strip_prefix("/").unwrap();
        Path::new("/proc").join(self.holder.id().to_string()).join("root").join(folder)
    }

    /// Takes all the room that is left.
    pub fn fill(&self) {
        let path = self.outside().join(FILLER);
        let mut filler = File::options().create(true).append(true).open(path).unwrap();
        for size in [1 << 20, 1 << 12, 1] {
            let refusal = until_full(&mut filler, &vec![b'x'; size]);
            assert_eq!(refusal.kind(), ErrorKind::StorageFull, "{refusal}");
        }
    }

    /// Gives the room back.
    pub fn make_room(&self) {
        std::fs::remove_file(self.outside().join(FILLER)).unwrap();
    }
}

fn until_full(filler: &mut File, piece: &[u8]) -> std::io::Error {
    loop {
        if let Err(error) = filler.write_all(piece) {
            return error;
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}
