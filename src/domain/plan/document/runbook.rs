//! What to do, and what recurs.

use serde::{Deserialize, Serialize};

/// What to do, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runbook {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The chapter it stands in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub section: String,
    /// What one sees when it is needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symptoms: Vec<String>,
    /// Keys of components it mends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<String>,
    /// Its steps, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub step: Vec<Step>,
}

/// One step of a runbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What to do.
    pub title: String,
    /// Why, or with what care.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Commands, to be copied.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub commands: String,
    /// A warning that stands out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub danger: String,
}

/// Something that recurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `backup`, `proof`, `drill`, `test` or `review`.
    pub kind: String,
    /// When, as five cron fields in the plan's zone.
    pub cron: String,
    /// What it does, item by item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
    /// How the source gives it, where it differs from `cron`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A list ticked at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `before-closing`, `after-recovery`.
    pub moment: String,
    /// Its items.
    pub items: Vec<String>,
}
