//! What is aimed at, and what the business does meanwhile.

use serde::{Deserialize, Serialize};

use crate::domain::span::Span;

/// One objective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Objective {
    /// `rto`, `rpo`, `mttr` or `availability`.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What is aimed at.
    pub target: Amount,
    /// What is accepted at most (for availability: at least).
    pub maximum: Amount,
    /// What it covers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<String>,
}

/// A span of time, or a share in percent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "this must be a span of time (\"2 h\") or a percentage (99.5)")]
pub enum Amount {
    /// 0 to 100 percent.
    Percent(f64),
    /// A span.
    Span(Span),
}

/// How soon a function must be back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Within 2 hours.
    Critical,
    /// Within 4 hours.
    Important,
    /// Within 24 hours.
    NiceToHave,
}

impl Tier {
    /// The time within which its functions must be back.
    #[must_use]
    pub fn within(self) -> Span {
        match self {
            Tier::Critical => Span::hours(2),
            Tier::Important => Span::hours(4),
            Tier::NiceToHave => Span::hours(24),
        }
    }

    /// Its name on pages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Tier::Critical => "Critical",
            Tier::Important => "Important",
            Tier::NiceToHave => "Nice to have",
        }
    }
}

/// Something the business does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// How soon it must be back.
    pub tier: Tier,
    /// Keys of the components it stands on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<String>,
    /// What people do meanwhile.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub while_down: String,
}

/// A part that the status page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Stable key.
    pub key: String,
    /// Its name, as the public reads it.
    pub name: String,
    /// Whether the public sees it.
    #[serde(default = "yes")]
    pub public: bool,
}

const fn yes() -> bool {
    true
}
