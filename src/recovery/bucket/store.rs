//! What kind of store it lies in: what the engine calls it, what opens it, and the words of its owner's.

use std::fmt;

/// A part of a store of one kind.
#[derive(Clone, PartialEq, Eq)]
pub enum Store {
    /// A bucket of any store that speaks S3.
    S3 {
        /// Its name.
        bucket: String,
        /// Its region.
        region: String,
        /// Names the credentials.
        key: String,
        /// Proves them.
        secret: String,
    },
    /// A container of Azure's Blob Storage, or of a store that speaks as that does.
    Azure {
        /// Whose it is.
        account: String,
        /// Its name.
        container: String,
        /// Opens the account.
        key: String,
    },
}

/// What its owner calls what belongs to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// It.
    pub(super) noun: &'static str,
    /// What says in `agent.toml` how it is reached.
    pub(super) address: &'static str,
    /// What names it there.
    pub(super) names: &'static str,
    /// What opens it.
    pub(super) credentials: &'static str,
    /// Of these, what may be wrong.
    pub(super) wrong: &'static str,
}

const S3: Words = Words {
    noun: "bucket",
    address: "endpoint and port",
    names: "bucket and region",
    credentials: "key and secret",
    wrong: "key or secret",
};
const AZURE: Words = Words {
    noun: "container",
    address: "account, endpoint and port",
    names: "account and container",
    credentials: "key",
    wrong: "key",
};

impl Store {
    /// What the engine calls its kind.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Store::S3 { .. } => "s3",
            Store::Azure { .. } => "azure",
        }
    }

    /// What it is called in its store.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Store::S3 { bucket, .. } => bucket.clone(),
            Store::Azure { account, container, .. } => format!("{account}/{container}"),
        }
    }

    pub(super) fn words(&self) -> &'static Words {
        match self {
            Store::S3 { .. } => &S3,
            Store::Azure { .. } => &AZURE,
        }
    }

    /// What stands before the endpoint in a host's name, where it doesn't stand in a request's path.
    pub(super) fn in_host(&self) -> &str {
        match self {
            Store::S3 { bucket, .. } => bucket,
            Store::Azure { account, .. } => account,
        }
    }

    /// The engine's options that are of its kind alone, but for what opens it.
    pub(super) fn options(&self, endpoint: &str, in_path: bool) -> Vec<(&'static str, String)> {
        let (endpoint, style) = (endpoint.to_owned(), if in_path { "path" } else { "host" });
        match self {
            Store::S3 { bucket, region, .. } => vec![
                ("s3-bucket", bucket.clone()),
                ("s3-endpoint", endpoint),
                ("s3-region", region.clone()),
                ("s3-uri-style", style.to_owned()),
            ],
            Store::Azure { container, .. } => vec![
                ("azure-container", container.clone()),
                ("azure-endpoint", endpoint),
                ("azure-uri-style", style.to_owned()),
            ],
        }
    }

    /// What opens it, by the engine's names.
    #[must_use]
    pub fn credentials(&self) -> [(&'static str, &str); 2] {
        match self {
            Store::S3 { key, secret, .. } => [("s3-key", key), ("s3-key-secret", secret)],
            Store::Azure { account, key, .. } => [("azure-account", account), ("azure-key", key)],
        }
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.kind(), self.name())
    }
}
