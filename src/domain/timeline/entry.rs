//! One entry and its hash.

use time::OffsetDateTime;

use super::actor::Actor;
use super::body::Content;
use super::digest::Digest;
use super::kind::Kind;
use super::stream::{Head, Stream};
use crate::domain::id::{EntryId, StreamId};

const ENTRY_VERSION: &[u8] = b"muster-entry-v1";

/// One entry of a stream, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The stream it stands in.
    pub stream: StreamId,
    /// Its number there, from 1, without gaps.
    pub seq: i64,
    /// Its identity.
    pub id: EntryId,
    /// What sort of thing it says.
    pub kind: Kind,
    /// Who caused it.
    pub actor: Actor,
    /// When it happened.
    pub occurred_at: OffsetDateTime,
    /// When it was written down; never before the entry ahead of it.
    pub recorded_at: OffsetDateTime,
    /// Digest of salt and body.
    pub body_digest: Digest,
    /// Hash of the entry before; zeros for the first.
    pub previous_hash: Digest,
    /// Its own hash.
    pub hash: Digest,
}

/// What is hashed of an entry. Kind and actor are plain text here, so that an entry of a later
/// release, or a damaged one, can be verified too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryFacts<'a> {
    /// The stream it stands in.
    pub stream: StreamId,
    /// Its number there.
    pub seq: i64,
    /// Its identity.
    pub id: EntryId,
    /// Name of its kind.
    pub kind: &'a str,
    /// Text form of its actor.
    pub actor: &'a str,
    /// When it happened.
    pub occurred_at: OffsetDateTime,
    /// When it was written down.
    pub recorded_at: OffsetDateTime,
    /// Digest of salt and body.
    pub body_digest: Digest,
    /// Hash of the entry before.
    pub previous_hash: Digest,
}

/// An entry as it was found in storage or an export, believed in nothing: what verifying reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The stream it claims.
    pub stream: StreamId,
    /// The number it claims.
    pub seq: i64,
    /// Its identity.
    pub id: EntryId,
    /// Name of its kind, known or not.
    pub kind: String,
    /// Text form of its actor, known or not.
    pub actor: String,
    /// When it happened.
    pub occurred_at: OffsetDateTime,
    /// When it was written down.
    pub recorded_at: OffsetDateTime,
    /// The digest it claims for its body.
    pub body_digest: Digest,
    /// The hash it claims for the entry before.
    pub previous_hash: Digest,
    /// The hash it claims for itself.
    pub hash: Digest,
    /// Its body, unless that was erased.
    pub content: Option<Content>,
}

impl Entry {
    /// The head that its stream has after it.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash }
    }

    /// Its stream once this entry stands.
    #[must_use]
    pub fn stream_after(&self) -> Stream {
        Stream { id: self.stream, head: self.head(), recorded_at: Some(self.recorded_at) }
    }

    /// As it is stored and exported, with or without its body.
    #[must_use]
    pub fn record(&self, content: Option<Content>) -> Record {
        Record {
            stream: self.stream,
            seq: self.seq,
            id: self.id,
            kind: self.kind.name().to_owned(),
            actor: self.actor.to_string(),
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            body_digest: self.body_digest,
            previous_hash: self.previous_hash,
            hash: self.hash,
            content,
        }
    }
}

impl Record {
    /// What its hash should cover.
    #[must_use]
    pub fn facts(&self) -> EntryFacts<'_> {
        EntryFacts {
            stream: self.stream,
            seq: self.seq,
            id: self.id,
            kind: &self.kind,
            actor: &self.actor,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            body_digest: self.body_digest,
            previous_hash: self.previous_hash,
        }
    }
}

/// The hash of an entry.
#[must_use]
pub fn entry_hash(facts: &EntryFacts<'_>) -> Digest {
    Digest::of(&[
        ENTRY_VERSION,
        facts.stream.0.as_bytes(),
        &facts.seq.to_be_bytes(),
        facts.id.0.as_bytes(),
        facts.kind.as_bytes(),
        facts.actor.as_bytes(),
        &micros(facts.occurred_at).to_be_bytes(),
        &micros(facts.recorded_at).to_be_bytes(),
        &facts.body_digest.0,
        &facts.previous_hash.0,
    ])
}

/// Microseconds since 1970, rounded down.
#[must_use]
pub fn micros(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000)).unwrap_or(i64::MAX)
}
