//! Levels, and who acts at them.

use serde::{Deserialize, Serialize};

use crate::domain::span::Span;

/// A level from 1 to 4: behaviour, not a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// 1 to 4.
    pub number: u8,
    /// Its name.
    pub name: String,
    /// What it means.
    pub impact: String,
    /// Such as happen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
    /// The most that such an incident usually lasts; empty where the plan gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_downtime: Option<Span>,
    /// The downtime in the plan's own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub downtime: String,
    /// What the organisation does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response: Vec<String>,
    /// Keys of the roles it pages.
    pub pages: Vec<String>,
    /// First words for the status page; none where the public is told nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_template: Option<String>,
    /// What users are told, where the plan says that they are told nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub public_note: String,
}

/// What a role is for, beyond its duties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Commands incidents.
    Command,
    /// Publishes public words.
    Words,
    /// Looks after databases.
    Database,
}

/// A role: held by a person, and alternates in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Primary or secondary team, or a contact.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub team: String,
    /// In two or three words: "Decision Authority".
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub authority: String,
    /// What its holder does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duties: Vec<String>,
    /// What Muster does with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// Keys of its people: the primary, then alternates in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holders: Vec<String>,
}

/// One row of the escalation matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalate {
    /// The level.
    pub level: u8,
    /// What happens, in the plan's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub says: String,
    /// Keys of the roles that are paged at once; the level's own where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Keys of audiences that are brought in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audiences: Vec<String>,
    /// After how long without an answer the next step comes.
    pub next_after: Span,
}
