//! Where backups lie, and how a restored database is checked.

use serde::{Deserialize, Serialize};

use crate::domain::span::Span;

/// Where backups lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `primary`, `secondary` or `tertiary`.
    pub rank: String,
    /// `local`, `s3`, `azure` or `offline`.
    pub kinds: Vec<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
}

/// A database that the plan recovers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// Stable key.
    pub key: String,
    /// Its name in the server.
    pub name: String,
    /// Key of the role that looks after it.
    pub role: String,
    /// Keys of components that stand on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<String>,
    /// Loss aimed at; the plan's RPO where empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rpo_target: Option<Span>,
    /// Loss accepted at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rpo_maximum: Option<Span>,
    /// Checks of a restored copy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub check: Vec<Check>,
}

/// One check of a restored database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Stable key within the database.
    pub key: String,
    /// What it shows.
    pub name: String,
    /// One statement that yields one value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sql: String,
    /// A named action on the host, instead of SQL.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// What is expected: `> 0`, `= 0`, or empty where the count is only kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expect: String,
}
