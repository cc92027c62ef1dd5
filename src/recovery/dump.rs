//! Logical dumps: each database as `pg_dump` writes it, with the rows counted that it holds, what is global to
//! the cluster, and the server's settings; and all of it brought back into an empty cluster.

mod cluster;
mod copy;
mod entries;
mod files;
mod writing;

use std::path::{Path, PathBuf};

pub use self::cluster::{Cluster, Found};
pub use self::copy::{Copy, Restored};
pub use self::files::settings_files;
pub use self::writing::{Writer, end_leftovers};
use super::tool::Passed;
use super::{Error, Restic, Result};
use crate::domain::recovery::dump::{FORMAT, Manifest, Part};

/// What the manifest of a dump is called there.
pub const MANIFEST: &str = "manifest.json";

/// Brings a file of a dump into a folder; it must be what was put in.
///
/// # Errors
/// Why it can't be read, or how it differs.
pub async fn fetch(restic: &Restic, snapshot: &str, part: &Part, to: &Path) -> Result<PathBuf> {
    let path = to.join(&part.file);
    let found = restic.fetch(snapshot, &part.file, Some(&path)).await?;
    compare(&found, part).map(|()| path)
}

/// Reads a file of a dump, of which nothing is kept; it must be what was put in.
///
/// # Errors
/// Why it can't be read, or how it differs.
pub async fn read(restic: &Restic, snapshot: &str, part: &Part) -> Result<()> {
    compare(&restic.fetch(snapshot, &part.file, None).await?, part)
}

fn compare(found: &Passed, part: &Part) -> Result<()> {
    if (found.bytes, &found.sha256) == (part.bytes, &part.sha256) {
        return Ok(());
    }
    let said = format!(
        "{} is not what was put in: {} bytes with the SHA-256 {} in place of {} with {}",
        part.file, found.bytes, found.sha256, part.bytes, part.sha256
    );
    Err(Error::Engine { doing: "reading a dump", said })
}

/// What stands in a dump, by what was written last of it.
///
/// # Errors
/// Why it can't be read.
pub async fn manifest(restic: &Restic, snapshot: &str, desk: &Path) -> Result<Manifest> {
    const DOING: &str = "reading what a dump holds";
    let path = desk.join(MANIFEST);
    restic.fetch(snapshot, MANIFEST, Some(&path)).await?;
    let text = std::fs::read(&path).map_err(Error::io("read", &path))?;
    let manifest: Option<Manifest> = serde_json::from_slice(&text).ok();
    let known = manifest.filter(|it| it.format == FORMAT);
    let said = || format!("it is none of this version’s form, {FORMAT}");
    known.ok_or_else(|| Error::Engine { doing: DOING, said: said() })
}

/// As libpq reads it: a name that stood alone could itself be read as an address.
fn address(socket: &Path, port: &str, user: &str, database: &str) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"));
    let (host, user, database) =
        (quoted(&socket.to_string_lossy()), quoted(user), quoted(database));
    format!("host={host} port={port} user={user} dbname={database}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_what_was_put_in_is_refused() {
        let part = Part { file: "1.dump".to_owned(), bytes: 3, sha256: "ab".to_owned() };
        let passed = |bytes, sha256: &str| Passed { bytes, sha256: sha256.to_owned() };
        assert!(compare(&passed(3, "ab"), &part).is_ok());
        for found in [passed(2, "ab"), passed(3, "ac")] {
            let said = compare(&found, &part).unwrap_err().to_string();
            assert!(said.contains("1.dump is not what was put in"), "{said}");
        }
    }

    #[test]
    fn a_database_called_like_an_address_is_none() {
        let found = address(Path::new("/run/it's"), "5432", "postgres", r"host=evil user=x \ 'y'");
        assert_eq!(
            found,
            r"host='/run/it\'s' port=5432 user='postgres' dbname='host=evil user=x \\ \'y\''"
        );
    }
}
