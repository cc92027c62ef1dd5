//! The roster part of the text form.

use serde::{Deserialize, Serialize};

use super::Plan;

/// A person of the text form; it goes to the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Stable key.
    pub key: String,
    /// The whole name.
    pub name: String,
    /// What they are in the organisation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Their zone; the plan's where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zone: String,
    /// Ways to reach them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contact: Vec<Contact>,
}

/// A way to reach a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// `mail`, `phone` or `sms`.
    pub channel: String,
    /// The address or number.
    pub address: String,
    /// 1 is tried first; equal ranks at once.
    #[serde(default = "first")]
    pub rank: u8,
}

/// The text form: a plan, with its people written out.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanFile {
    /// The document; its `person` list holds the keys of `people`.
    pub plan: Plan,
    /// The roster part.
    pub people: Vec<Person>,
}

const fn first() -> u8 {
    1
}
