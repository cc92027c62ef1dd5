//! Another clock for a host's processes, and for none else.

use std::path::{Path, PathBuf};

use crate::support::program::script;

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
            let set = false_clock(by).map(|(name, value)| format!("export {name}='{value}'\n"));
            let text = format!("#!/bin/sh\n{}exec /usr/bin/{name} \"$@\"\n", set.concat());
            script(&programs.join(name), &text);
        }
        clock
    }

    /// What a process is started with that reads it.
    pub fn environment(&self, path: &str) -> [(&'static str, String); 4] {
        let [library, by, monotonic] = false_clock(self.by);
        [library, by, monotonic, ("PATH", format!("{}:{path}", self.programs.display()))]
    }
}

/// What makes one process read a clock that is off by this; what it measures by keeps its own.
pub fn false_clock(by: &str) -> [(&'static str, String); 3] {
    let arch = std::env::consts::ARCH;
    let library = format!("/usr/lib/{arch}-linux-gnu/faketime/libfaketimeMT.so.1");
    assert!(Path::new(&library).exists(), "scripts/install-test.sh installs faketime");
    let one = |value: &str| value.to_owned();
    [("LD_PRELOAD", library), ("FAKETIME", one(by)), ("FAKETIME_DONT_FAKE_MONOTONIC", one("1"))]
}
