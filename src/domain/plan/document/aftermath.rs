//! What comes after an incident.

use serde::{Deserialize, Serialize};

use crate::domain::span::Span;

/// The report after an incident, and its meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct PostMortem {
    /// The meeting is held within.
    #[serde(default)]
    pub within: Span,
    /// What the meeting goes through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agenda: Vec<String>,
    /// Chapters of the report, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub section: Vec<ReportSection>,
}

impl PostMortem {
    /// Whether the plan says nothing of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == PostMortem::default()
    }
}

/// A chapter of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportSection {
    /// Its heading.
    pub heading: String,
    /// What is asked in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<String>,
}

/// A window of follow-up actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Begins so long after recovery.
    pub from: Span,
    /// Ends so long after recovery.
    pub until: Span,
    /// What belongs into it.
    pub items: Vec<String>,
}
