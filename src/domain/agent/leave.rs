//! Leave to expire: Muster's word that nothing holds a database's backups, given to one question and good
//! for that alone.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::domain::id::SiteId;

/// Stands before the bytes that are signed.
pub const PREFIX: &[u8] = b"muster leave to expire 1\n";

/// Asks whether backups of a database may be expired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What `agent.toml` calls it.
    pub database: String,
    /// Random, so that no earlier answer fits.
    pub challenge: String,
}

/// Whether they may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// Of which site.
    pub site: SiteId,
    /// The question, as it came.
    pub question: Question,
    /// Muster's time.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What holds them; none: they may.
    pub held: Option<String>,
}
