//! What single words of `agent.toml` must keep. A page that drafts them, and the host that takes them in,
//! go by the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The longest path of a socket's folder that the kernel takes with the socket's name behind it.
const LONGEST_SOCKET: usize = 90;

/// Where the system keeps its own.
const SYSTEM: [&str; 10] =
    ["/bin", "/boot", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr"];

/// The host of Azure's own stores, before which an account's name stands.
pub const AZURE: &str = "blob.core.windows.net";

/// Whether a word is good; else what is wrong with it, in words that stand beside it.
pub type Judged = Result<(), &'static str>;

/// A name of a database or a repository: names become folders, and sections of the engine's own settings.
///
/// # Errors
/// What it must be.
pub fn name(name: &str) -> Judged {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    let good = begins && name.chars().all(letters) && name.len() <= 40 && name != "global";
    let says = "a name has small letters, digits and dashes, begins with a letter, and is no longer \
                than 40; “global” is taken";
    if good { Ok(()) } else { Err(says) }
}

/// A path: whole, and such that the engine's settings can hold it.
///
/// # Errors
/// What it must be.
pub fn path(path: &str) -> Judged {
    if path.starts_with('/') {
        plain(path)
    } else {
        Err("this must be a whole path, beginning with /")
    }
}

/// A folder for backups that Muster drafts: a whole path of its own, away from what the system keeps and from
/// clusters' own data.
///
/// # Errors
/// What it must be.
pub fn backups<'a>(folder: &str, data_dirs: impl IntoIterator<Item = &'a str>) -> Judged {
    path(folder)?;
    let within = |root: &str| {
        let rest = folder.strip_prefix(root.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if folder.split('/').any(|part| part == ".." || part == ".") || folder == "/" {
        return Err("this must be a folder of its own, without . and ..");
    }
    if data_dirs.into_iter().any(within) {
        return Err("this lies in a cluster’s own data; name a folder on another disk, or a share");
    }
    let says = "the system keeps its own there; name a folder on another disk, or a share";
    if SYSTEM.into_iter().any(within) { Err(says) } else { Ok(()) }
}

/// The folder of a socket.
///
/// # Errors
/// What it must be.
pub fn socket(folder: &str) -> Judged {
    path(folder)?;
    let says = "this path is too long for a socket; 90 letters fit";
    if folder.len() <= LONGEST_SOCKET { Ok(()) } else { Err(says) }
}

/// A text that the engine's settings can hold, which have no way to quote.
///
/// # Errors
/// What it must be.
pub fn plain(text: &str) -> Judged {
    let good = !text.is_empty() && text.trim() == text && !text.contains(char::is_control);
    let says = "this must not be empty, nor begin or end with a blank, nor hold line ends";
    if good { Ok(()) } else { Err(says) }
}

/// A port.
///
/// # Errors
/// What it must be.
pub fn port(port: u32) -> Judged {
    let says = "this must be from 1 to 65535";
    if (1..=65_535).contains(&port) { Ok(()) } else { Err(says) }
}

/// The host of a store, the name of a bucket, an account or a container, or a region.
///
/// # Errors
/// What it must be.
pub fn store(word: &str) -> Judged {
    let letters = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if word.is_empty() {
        return Err("this must not be empty");
    }
    let good = word.chars().all(letters);
    let says = "this has letters, digits, dots and dashes alone: no https://, no port";
    if good { Ok(()) } else { Err(says) }
}

/// What opens an account of Azure's.
///
/// # Errors
/// What it must be.
pub fn account_key(key: &str) -> Judged {
    let says = "this must be base64, as Azure shows an account’s key";
    let bytes = STANDARD.decode(key);
    if bytes.is_ok_and(|bytes| !bytes.is_empty()) { Ok(()) } else { Err(says) }
}

/// A service's whole name.
///
/// # Errors
/// What it must be.
pub fn unit(unit: &str) -> Judged {
    let plain = |c: char| c.is_ascii_alphanumeric() || ":-_.@\\".contains(c);
    let name = unit.strip_suffix(".service").unwrap_or_default();
    let named = !name.is_empty() && !name.ends_with('@') && !name.starts_with(['-', '.', '@']);
    let says = "this must be a service's whole name, such as postgresql@15-main.service";
    if named && unit.chars().all(plain) && unit.len() <= 255 { Ok(()) } else { Err(says) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_file_could_hold_safely_is_no_name_path_or_word() {
        for bad in ["", "Main", "9x", "a\nb", "a\"b", "global", "ä", &"x".repeat(41)] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
        for bad in ["", "data", "/data\n[limits]", "/data ", "/a\0", "/a\u{85}b"] {
            assert!(path(bad).is_err(), "{bad:?}");
        }
        for bad in ["https://s3.example.org", "s3:9000", "", "a b", "a\n"] {
            assert!(store(bad).is_err(), "{bad:?}");
        }
        for bad in ["", "a key", "YQ", "YQ==\n", "Y-_="] {
            assert!(account_key(bad).is_err(), "{bad:?}");
        }
        let data = "/var/lib/postgresql/15/main";
        for bad in [
            "/",
            "/etc",
            "/etc/cron.d/x",
            "/usr/local",
            "/backup/../etc",
            "/backup/./x",
            data,
            "/var/lib/postgresql/15/main/base",
            "backup",
        ] {
            assert!(backups(bad, ["/elsewhere", data]).is_err(), "{bad:?}");
        }
        for good in ["/backup", "/etcetera/x", "/var/lib/postgresql/15/main2", "/srv/a..b"] {
            assert_eq!(backups(good, [data]), Ok(()), "{good:?}");
        }
        assert!(socket(&format!("/{}", "x".repeat(90))).is_err());
        assert_eq!(
            (name("main-2"), path("/a \"b\"/ü"), store("eu-1.x_y"), account_key("a+8=")),
            (Ok(()), Ok(()), Ok(()), Ok(()))
        );
    }
}
