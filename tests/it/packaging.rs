//! The service unit that is handed out: systemd understands all of it, and it stays shut.

use std::process::Command;

const UNIT: &str = include_str!("../../packaging/muster.service");
/// The most that systemd's own count of what a service could do may come to, of 100.
const EXPOSURE: &str = "--threshold=20";

#[test]
fn systemd_finds_no_fault_in_the_unit_and_little_that_it_could_do() {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("muster.service");
    let here = UNIT.replace("/usr/local/bin/muster", env!("CARGO_BIN_EXE_muster"));
    assert_ne!(here, UNIT, "it starts the program by its whole path");
    std::fs::write(&unit, here).unwrap();

    for words in [&["verify"][..], &["security", "--offline=true", EXPOSURE]] {
        let done = Command::new("systemd-analyze").args(words).arg(&unit).output();
        let done = done.expect("systemd-analyze is installed (apt-get install systemd)");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success() && said.is_empty(), "{words:?}: {said}");
    }
}
