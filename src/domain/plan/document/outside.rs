//! Firms that are called, and papers to print.

use serde::{Deserialize, Serialize};

/// A firm that is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Stable key.
    pub key: String,
    /// What it provides.
    pub service: String,
    /// Its name.
    pub name: String,
    /// Numbers and addresses of its support.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub support: Vec<String>,
    /// Our account with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub account: Vec<String>,
    /// What it has promised.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sla: String,
}

/// A paper to print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appendix {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// How it is handed out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub handed_out: String,
}
