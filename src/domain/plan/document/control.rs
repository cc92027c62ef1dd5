//! Title and control of the document.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::domain::civil::{Day, Zone};

/// Title and control of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub purpose: String,
    /// The organisation, as the public knows it.
    pub organisation: String,
    /// The service the plan recovers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// Its version as its owner counts.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Day of the last change, ISO 8601.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub updated: String,
    /// Day of the next review, ISO 8601.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub next_review: String,
    /// Key of the person who owns it.
    pub owner: String,
    /// Key of the person who approved it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub approved_by: String,
    /// Zone of its civil times, such as `Europe/Berlin`.
    pub zone: String,
    /// Number that is answered day and night.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hotline: String,
    /// Where responders meet.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub meeting: String,
    /// Address of the public status page as users know it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status_page: String,
}

impl Document {
    /// The zone of its civil times.
    #[must_use]
    pub fn zone(&self) -> Zone {
        Zone::parse(&self.zone).unwrap_or_else(|_| Zone::utc())
    }

    /// Days until the next review; below 0 it is overdue. None where no day is set.
    #[must_use]
    pub fn review_in(&self, now: OffsetDateTime) -> Option<i32> {
        let day: Day = self.next_review.parse().ok()?;
        Some(day.days_from(&self.zone(), now))
    }
}
