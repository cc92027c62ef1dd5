//! Who is told, how, and in which words.

use serde::{Deserialize, Serialize};

use crate::domain::span::{NotASpan, Span};

/// People who are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Whether what it is told is public.
    #[serde(default)]
    pub public: bool,
    /// Mail addresses of lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// Keys of people in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// Keys of roles whose holders are in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
}

/// How often an audience hears again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Every {
    /// Each so often.
    Span(Span),
    /// When something changes: the source's "as needed" and "continuous".
    OnChange,
    /// Once is enough.
    None,
}

impl TryFrom<String> for Every {
    type Error = NotASpan;

    fn try_from(text: String) -> Result<Every, NotASpan> {
        Ok(match text.as_str() {
            "on-change" => Every::OnChange,
            "none" => Every::None,
            _ => Every::Span(text.parse()?),
        })
    }
}

impl From<Every> for String {
    fn from(every: Every) -> String {
        match every {
            Every::Span(span) => span.to_string(),
            Every::OnChange => "on-change".to_owned(),
            Every::None => "none".to_owned(),
        }
    }
}

/// One cell of the stakeholder matrix; cumulative over levels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notify {
    /// The level from which it holds.
    pub level: u8,
    /// Key of the audience.
    pub audience: String,
    /// First word within.
    pub first_within: Span,
    /// Then how often.
    pub every: Every,
    /// Keys of channels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// Key of the template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

/// A way to talk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `primary`, `secondary`, `tertiary` or `public`.
    pub rank: String,
    /// `phone`, `mail`, `chat`, `status-page`, `social` or `website`.
    pub kind: String,
    /// Where it is: numbers, lists, rooms, pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
}

/// Words prepared in peace; `{{name}}` is filled from a fixed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Levels it is meant for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<u8>,
    /// The subject line.
    pub subject: String,
    /// The text.
    pub body: String,
}
