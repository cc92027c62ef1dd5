//! What goes over the wire between an agent and Muster: JSON bodies, and what is signed of a request.
//!
//! A request is signed over a nonce that Muster gave within two hours, not over the host's clock,
//! which may be the fault to report. Saying hello changes nothing, so it needs no signature.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::facts::Facts;
use super::order::Event;
use super::signed::SignedDocument;
use super::watched::Watched;
use crate::domain::id::{OrderId, RunId, SiteId};
use crate::domain::timeline::Digest;

/// Where an agent joins.
pub const JOIN: &str = "/agent/join";
/// Where it asks for a nonce.
pub const HELLO: &str = "/agent/hello";
/// Where it says what it found.
pub const REPORT: &str = "/agent/report";
/// Where it says how a database stands.
pub const DATABASE: &str = "/agent/database";
/// Where it says what a proof found.
pub const PROOF: &str = "/agent/proof";
/// Where it says how an order stands.
pub const ORDER: &str = "/agent/order";
/// Where it asks whether backups may be expired.
pub const EXPIRY: &str = "/agent/expiry";
/// Where the host's own command asks what its owner may allow.
pub const DRAFTS: &str = "/agent/drafts";
/// Where that says what its owner answered.
pub const DRAFT: &str = "/agent/draft";
/// Where it waits for work.
pub const POLL: &str = "/agent/poll";
/// Where it says that it ends.
pub const END: &str = "/agent/end";

/// The header that names the site.
pub const SITE_HEADER: &str = "muster-site";
/// The header with the signature, base64url.
pub const SIGNATURE_HEADER: &str = "muster-signature";

/// How long Muster holds a poll that has nothing to tell.
pub const HELD: Duration = Duration::seconds(25);
/// How long a nonce is good at least; agents ask for the next one within it.
pub const NONCE_GOOD_FOR: Duration = Duration::hours(1);
/// While another process of the same agent asked so lately, a second one is refused.
pub const RUN_HELD: Duration = Duration::MINUTE;

/// Asks to be the agent of the site that the code is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// The code's secret, base64url.
    pub secret: String,
    /// The agent's public key, base64url.
    pub key: String,
}

/// It is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Of which site.
    pub site: SiteId,
    /// What people call it.
    pub name: String,
    /// The key that orders are signed with, base64url.
    pub order_key: String,
}

/// Asks for a nonce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// For which site.
    pub site: SiteId,
}

/// The nonce to sign over from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// Its letters mean nothing to agents.
    pub nonce: String,
}

/// What the agent found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The process that speaks.
    pub run: RunId,
    /// The host's time as it was sent.
    #[serde(with = "time::serde::rfc3339")]
    pub sent_at: OffsetDateTime,
    /// What it found.
    pub facts: Facts,
}

/// How one database stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The process that speaks.
    pub run: RunId,
    /// The host's time as it was sent.
    #[serde(with = "time::serde::rfc3339")]
    pub sent_at: OffsetDateTime,
    /// The database.
    pub database: Watched,
}

/// What a proof found. It may be told twice, and is kept once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proved {
    /// The process that speaks.
    pub run: RunId,
    /// All that was found, as JSON that the agent signed.
    pub evidence: SignedDocument,
}

/// How an order stands. It may be told twice, and counts once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The process that speaks.
    pub run: RunId,
    /// Which order.
    pub order: OrderId,
    /// The host's time as it was sent.
    #[serde(with = "time::serde::rfc3339")]
    pub sent_at: OffsetDateTime,
    /// What happened.
    pub event: Event,
}

/// Waits for work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    /// The process that waits.
    pub run: RunId,
    /// The schedule's document that it keeps, as it came; none where it has none.
    #[serde(default)]
    pub schedule: Option<String>,
    /// A random word that an order must bring back; without one it is given none.
    #[serde(default)]
    pub challenge: Option<String>,
}

/// Asks no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The process that ends.
    pub run: RunId,
}

/// What there is to do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Told {
    /// None: ask again.
    pub ask: Option<Ask>,
    /// What it does by itself from now on; none where it keeps that already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<SignedDocument>,
    /// What a person wants done, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<SignedDocument>,
}

/// A question to an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Look at the host again, and report.
    Report,
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// In words for the host's owner.
    pub words: String,
}

/// What an agent signs of a request.
#[must_use]
pub fn signed(path: &str, nonce: &str, body: &[u8]) -> [u8; 32] {
    let body = Digest::of_bytes(body);
    Digest::of(&[b"muster agent request 1", b"POST", path.as_bytes(), &body.0, nonce.as_bytes()]).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_request_is_signed() {
        let whole = signed("/agent/poll", "nonce", b"{}");

        assert_ne!(whole, signed("/agent/report", "nonce", b"{}"));
        assert_ne!(whole, signed("/agent/poll", "other", b"{}"));
        assert_ne!(whole, signed("/agent/poll", "nonce", b"[]"));
        assert_eq!(whole, signed("/agent/poll", "nonce", b"{}"));
    }
}
