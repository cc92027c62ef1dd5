//! Behind everything that the host does for those who use it: last at the processor, and at the disk where the
//! kernel's scheduler for it tells them apart.

use std::path::Path;

const FOLDERS: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];

/// The program that starts another one so, and what stands before that one's name. Of the two, `ionice` is not on
/// every host.
#[must_use]
pub fn gently() -> (&'static str, &'static [&'static str]) {
    let is_there = |name: &str| FOLDERS.iter().any(|folder| Path::new(folder).join(name).exists());
    match is_there("ionice") {
        true => ("ionice", &["-c", "2", "-n", "7", "nice", "-n", "10"]),
        false => ("nice", &["-n", "10"]),
    }
}
