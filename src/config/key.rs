//! The names a setting goes by: one in `muster.toml`, from which the flag follows, and a variable.

use std::fmt;

/// One setting's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    /// In `muster.toml`; the flag is this with dashes.
    pub(super) name: &'static str,
    /// In the environment.
    pub(super) variable: &'static str,
    /// Whether its value must never be shown.
    pub(super) secret: bool,
}

impl Key {
    const fn plain(name: &'static str, variable: &'static str) -> Key {
        Key { name, variable, secret: false }
    }

    const fn secret(name: &'static str, variable: &'static str) -> Key {
        Key { name, variable, secret: true }
    }

    /// The flag, with its dashes.
    pub(super) fn flag(self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

pub(super) const LISTEN: Key = Key::plain("listen", "MUSTER_LISTEN");
pub(super) const PUBLIC_URL: Key = Key::plain("public_url", "MUSTER_PUBLIC_URL");
pub(super) const HOSTS: Key = Key::plain("hosts", "MUSTER_HOSTS");
pub(super) const TRUSTED_PROXIES: Key = Key::plain("trusted_proxies", "MUSTER_TRUSTED_PROXIES");
pub(super) const TLS_CERTIFICATE: Key = Key::plain("tls_certificate", "MUSTER_TLS_CERTIFICATE");
pub(super) const TLS_KEY: Key = Key::plain("tls_key", "MUSTER_TLS_KEY");
pub(super) const DATA_DIR: Key = Key::plain("data_dir", "MUSTER_DATA_DIR");
pub(super) const STATUS_DIR: Key = Key::plain("status_dir", "MUSTER_STATUS_DIR");
pub(super) const KEYRING: Key = Key::plain("keyring", "MUSTER_KEYRING");
pub(super) const DATABASE_URL: Key = Key::secret("database_url", "DATABASE_URL");
pub(super) const SMTP_URL: Key = Key::secret("smtp_url", "MUSTER_SMTP_URL");
pub(super) const SMTP_CA: Key = Key::plain("smtp_ca", "MUSTER_SMTP_CA");
pub(super) const MAIL_FROM: Key = Key::plain("mail_from", "MUSTER_MAIL_FROM");
pub(super) const HEARTBEAT_URL: Key = Key::secret("heartbeat_url", "MUSTER_HEARTBEAT_URL");
pub(super) const METRICS_LISTEN: Key = Key::plain("metrics_listen", "MUSTER_METRICS_LISTEN");
pub(super) const LOG: Key = Key::plain("log", "MUSTER_LOG");
pub(super) const LOG_FORMAT: Key = Key::plain("log_format", "MUSTER_LOG_FORMAT");

/// Names the file itself, so it can't stand in it.
pub(super) const CONFIG: Key = Key::plain("config", "MUSTER_CONFIG");

/// Every setting that `muster.toml` may hold.
pub(super) const IN_FILE: [Key; 17] = [
    LISTEN,
    PUBLIC_URL,
    HOSTS,
    TRUSTED_PROXIES,
    TLS_CERTIFICATE,
    TLS_KEY,
    DATA_DIR,
    STATUS_DIR,
    KEYRING,
    DATABASE_URL,
    SMTP_URL,
    SMTP_CA,
    MAIL_FROM,
    HEARTBEAT_URL,
    METRICS_LISTEN,
    LOG,
    LOG_FORMAT,
];

/// The name of `names` nearest to a mistyped one, if any is near.
pub(super) fn nearest<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (distance(typed, name), name))
        .filter(|(distance, _)| *distance <= 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must be added, dropped or changed to make one word of the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut above_left = i;
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let changed = above_left + usize::from(a != *b);
            above_left = row[j + 1];
            row[j + 1] = changed.min(above_left + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_finds_its_neighbour() {
        let names = || IN_FILE.iter().map(|key| key.name);

        assert_eq!(nearest("listn", names()), Some("listen"));
        assert_eq!(nearest("data-dir", names()), Some("data_dir"));
        assert_eq!(nearest("colour_of_the_sky", names()), None);
    }

    #[test]
    fn every_setting_is_written_down_in_the_docs() {
        let docs = include_str!("../../docs/SETTINGS.md");
        let in_file = IN_FILE.iter().map(|key| key.name.to_owned());
        let elsewhere = IN_FILE.into_iter().chain([CONFIG]);
        let elsewhere = elsewhere.flat_map(|key| [key.variable.to_owned(), key.flag()]);
        for name in in_file.chain(elsewhere) {
            assert!(docs.contains(&format!("`{name}`")), "docs/SETTINGS.md lacks {name}");
        }
    }
}
