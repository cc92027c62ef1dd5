//! Clusters whose settings Debian keeps, apart from their data: also one that is stopped is known by them.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use nix::unistd::Uid;

use crate::domain::agent::facts::Cluster;
use crate::pgserver::user_name;

/// Where they lie, by version and name.
pub(super) const FOLDER: &str = "/etc/postgresql";

/// Those whose settings Debian keeps, as if none ran: who runs was found before.
pub(super) fn stopped(debian: &Path) -> Vec<Cluster> {
    let below = |folder: PathBuf| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let folders = below(debian.to_owned()).into_iter().flat_map(below);
    folders.filter_map(|folder| stopped_one(&folder)).collect()
}

fn stopped_one(folder: &Path) -> Option<Cluster> {
    let text = fs::read_to_string(folder.join("postgresql.conf")).ok()?;
    let data_dir = setting(&text, "data_directory")?;
    let found = fs::metadata(&data_dir).ok();
    let version = folder.parent()?.file_name()?.to_str()?.to_owned();
    Some(Cluster {
        port: setting(&text, "port").and_then(|port| port.parse().ok()).unwrap_or(5432),
        version: Some(version),
        owner: user_name(Uid::from_raw(found?.uid())),
        running: false,
        socket: setting(&text, "unix_socket_directories"),
        unit: None,
        protected_as: None,
        archiving: None,
        data_dir,
    })
}

/// A setting's value, the last one that stands in the file.
fn setting(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix(name)?;
        let value = rest.trim_start().strip_prefix('=').or_else(|| rest.strip_prefix(' '))?.trim();
        let value = match value.strip_prefix('\'') {
            Some(quoted) => quoted.split('\'').next()?,
            None => value.split([' ', '\t', '#']).next()?,
        };
        Some(value.to_owned())
    });
    lines.next_back()
}

#[cfg(test)]
mod tests {
    use nix::unistd::geteuid;

    use super::*;

    #[test]
    fn a_stopped_cluster_of_debians_is_known_by_its_settings() {
        let folder = tempfile::tempdir().unwrap();
        let (data, settings) = (folder.path().join("data"), folder.path().join("etc/15/main"));
        fs::create_dir_all(&settings).unwrap();
        fs::create_dir(&data).unwrap();
        let text = format!(
            "# port = 1\ndata_directory = '{}'\t# here\nport = 5433 # (change requires restart)\n\
             portal = 9\nunix_socket_directories = '/var/run/postgresql'\n",
            data.display()
        );
        fs::write(settings.join("postgresql.conf"), text).unwrap();

        let found = stopped(&folder.path().join("etc"));

        assert_eq!(found.len(), 1);
        assert_eq!((found[0].port, found[0].running), (5433, false));
        assert_eq!(found[0].socket.as_deref(), Some("/var/run/postgresql"));
        assert_eq!(
            (found[0].version.as_deref(), &found[0].owner),
            (Some("15"), &user_name(geteuid()))
        );
    }
}
