//! Which engine knows which server: an older engine refuses a newer server, or misreads it.

use std::fmt;
use std::path::Path;

use super::super::tool::Tool;
use super::super::{Error, Result};

/// The engine's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
}

/// The engine's version from which on it knows a server's major version.
const KNOWS: [(Version, u32); 4] = [
    (Version { major: 2, minor: 57 }, 18),
    (Version { major: 2, minor: 54 }, 17),
    (Version { major: 2, minor: 48 }, 16),
    (Version { major: 2, minor: 41 }, 15),
];

/// The newest major version of Postgres that an engine knows; none where it is too old for any that
/// Muster protects.
#[must_use]
pub fn newest_server(engine: Version) -> Option<u32> {
    KNOWS.iter().find(|(since, _)| engine >= *since).map(|(_, server)| *server)
}

impl Version {
    /// Asks a program for its own.
    ///
    /// # Errors
    /// When it can't be run, or is no pgBackRest.
    pub async fn of(program: &Path) -> Result<Version> {
        let answer = Tool::new(program).arg("version").run().await?;
        Version::read(&answer.out)
            .ok_or(Error::Unreadable { doing: "asking pgBackRest for its version" })
    }

    /// Reads `pgBackRest 2.45`.
    fn read(text: &str) -> Option<Version> {
        let mut numbers =
            text.trim().strip_prefix("pgBackRest ")?.split(|c: char| !c.is_ascii_digit());
        let mut next = || numbers.next()?.parse().ok();
        Some(Version { major: next()?, minor: next()? })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_knows_servers_up_to_one() {
        for (said, newest) in [
            ("pgBackRest 2.45\n", Some(15)),
            ("pgBackRest 2.40", None),
            ("pgBackRest 2.48", Some(16)),
            ("pgBackRest 2.54.2", Some(17)),
            ("pgBackRest 2.58.0dev", Some(18)),
            ("pgBackRest 3.0", Some(18)),
        ] {
            let version = Version::read(said).unwrap();
            assert_eq!(newest_server(version), newest, "{said}");
        }
        assert_eq!(Version::read("something else"), None);
    }
}
