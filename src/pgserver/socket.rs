//! Where the socket lies, and how to reach Postgres through it. The kernel cuts socket addresses
//! short, so a data folder with a long path needs another place for its socket.

use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};
use sqlx::postgres::PgConnectOptions;

use super::USER;

/// The file that Postgres makes in the socket's folder; its port is a part of the name alone.
pub(super) const FILE: &str = ".s.PGSQL.5432";
pub(super) const PORT: &str = "5432";

/// The longest address that Linux (107) and macOS (103) both take.
const LONGEST: usize = 103;

/// Picks the socket's folder: in the data folder, else a short one named after it.
pub(super) fn folder(data: &Path, runtime: Option<&Path>) -> PathBuf {
    let near = data.join("run");
    let name = short_name(data);
    let candidates = [Some(near), runtime.map(|dir| dir.join(&name))];
    let fitting = candidates.into_iter().flatten().find(|dir| fits(dir));
    fitting.unwrap_or_else(|| Path::new("/tmp").join(name))
}

fn fits(folder: &Path) -> bool {
    // Postgres reads a list here: what could split or quote it goes elsewhere too.
    let plain = folder.to_str().is_some_and(|path| !path.contains([',', '"', '\'']));
    plain && folder.join(FILE).as_os_str().len() <= LONGEST
}

fn short_name(data: &Path) -> String {
    let hash = digest(&SHA256, data.as_os_str().as_encoded_bytes());
    let hex: String = hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("muster-{hex}")
}

/// How sqlx reaches the Postgres whose socket lies in `folder`.
pub(super) fn options(folder: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(folder)
        .port(5432)
        .username(USER)
        .database("postgres")
}

/// The same as an address, for programs.
pub(super) fn url(folder: &Path, user: &str, database: &str) -> String {
    let path = encoded(folder.as_os_str().as_encoded_bytes());
    let [user, database] =
        [user, database].map(|name| encoded(name.as_bytes()).replace('/', "%2F"));
    format!("postgresql:///{database}?host={path}&port={PORT}&user={user}")
}

fn encoded(bytes: &[u8]) -> String {
    let letter = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
            char::from(*byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    bytes.iter().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_data_folder_holds_its_own_socket() {
        let data = Path::new("/var/lib/muster");

        assert_eq!(folder(data, Some(Path::new("/run/user/7"))), data.join("run"));
    }

    #[test]
    fn a_long_path_moves_the_socket_to_the_runtime_folder_or_to_tmp() {
        let long = PathBuf::from(format!("/{}", "d".repeat(90)));
        let other = PathBuf::from(format!("/{}", "e".repeat(90)));

        let near = folder(&long, Some(Path::new("/run/user/7")));
        assert!(near.starts_with("/run/user/7") && fits(&near), "{near:?}");
        let tmp = folder(&long, None);
        assert!(tmp.starts_with("/tmp") && fits(&tmp), "{tmp:?}");
        assert_eq!(tmp, folder(&long, None), "the next start finds it again");
        assert_ne!(tmp, folder(&other, None));
    }

    #[test]
    fn the_longest_fitting_address_is_counted_with_the_sockets_name() {
        let room = LONGEST - "/run/".len() - FILE.len();

        let just = PathBuf::from(format!("/{}", "d".repeat(room - 1)));
        assert_eq!(folder(&just, None), just.join("run"));
        let over = PathBuf::from(format!("/{}", "d".repeat(room)));
        assert!(folder(&over, None).starts_with("/tmp"));
    }

    #[test]
    fn a_path_that_would_read_as_two_is_not_used() {
        assert!(folder(Path::new("/data,other"), None).starts_with("/tmp"));
    }

    #[test]
    fn the_address_survives_odd_letters() {
        assert_eq!(
            url(Path::new("/a b/ü&"), "it's", "a/b?c"),
            "postgresql:///a%2Fb%3Fc?host=/a%20b/%C3%BC%26&port=5432&user=it%27s"
        );
    }
}
