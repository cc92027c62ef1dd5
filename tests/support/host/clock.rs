//! Another clock for a host's processes, and for none else.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// The engines, which the agent starts without its own environment.
const ENGINES: [&str; 2] = ["pgbackrest", "restic"];

/// A clock that is off.
pub struct FalseClock {
    /// Programs that read it, to be found first.
    programs: PathBuf,
    by: &'static str,
}

impl FalseClock {
    pub fn over(programs: &Path, by: &'static str) -> FalseClock {
        let clock = FalseClock { programs: programs.to_owned(), by };
        std::fs::create_dir(programs).unwrap();
        for name in ENGINES {
            let set = clock
                .variables()
                .map(|(name, value)| format!("export {name}='{value}'\n"))
                .concat();
            let file = programs.join(name);
            std::fs::write(&file, format!("#!/bin/sh\n{set}exec /usr/bin/{name} \"$@\"\n"))
                .unwrap();
            std::fs::set_permissions(&file, Permissions::from_mode(0o755)).unwrap();
        }
        clock
    }

    /// What a process is started with that reads it.
    pub fn environment(&self, path: &str) -> [(&'static str, String); 4] {
        let [library, by, monotonic] = self.variables();
        [library, by, monotonic, ("PATH", format!("{}:{path}", self.programs.display()))]
    }

    fn variables(&self) -> [(&'static str, String); 3] {
        let arch = std::env::consts::ARCH;
        let library = format!("/usr/lib/{arch}-linux-gnu/faketime/libfaketimeMT.so.1");
        assert!(Path::new(&library).exists(), "scripts/install-test.sh installs faketime");
        let one = |value: &str| value.to_owned();
        [
            ("LD_PRELOAD", library),
            ("FAKETIME", one(self.by)),
            ("FAKETIME_DONT_FAKE_MONOTONIC", one("1")),
        ]
    }
}
