//! Kinds of repositories, and which keys of `agent.toml` are of which.

use serde::Deserialize;

/// Where the name of a bucket, or of an account, stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UriStyle {
    /// In the path, as most stores want it.
    Path,
    /// In the host's name, as Amazon and Azure want it.
    Host,
}

/// What a repository is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A folder of this host, or one that is mounted here.
    Folder,
    /// A bucket of any store that speaks S3.
    S3,
    /// A container of Azure's Blob Storage.
    Azure,
}

impl Kind {
    pub(super) const ALL: [Kind; 3] = [Kind::Folder, Kind::S3, Kind::Azure];

    /// As `agent.toml` has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Folder => "folder",
            Kind::S3 => "s3",
            Kind::Azure => "azure",
        }
    }

    /// As people call it.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Kind::Folder => "folder",
            Kind::S3 => "bucket",
            Kind::Azure => "container",
        }
    }

    /// The keys that its block must have, besides those of every block.
    pub(super) fn needs(self) -> &'static [&'static str] {
        match self {
            Kind::Folder => &[],
            Kind::S3 => &["endpoint", "bucket", "region"],
            Kind::Azure => &["account", "container"],
        }
    }

    /// The keys that its block may have.
    fn takes(self) -> &'static [&'static str] {
        match self {
            Kind::Folder => &[],
            Kind::S3 => &["port", "ca_file", "uri_style"],
            Kind::Azure => &["endpoint", "port", "ca_file", "uri_style"],
        }
    }

    /// Whether its block needs or may have a key.
    pub(super) fn knows(self, key: &str) -> bool {
        self.needs().contains(&key) || self.takes().contains(&key)
    }
}
