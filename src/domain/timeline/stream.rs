//! Where a stream ends, and how the next entry follows.

use time::OffsetDateTime;

use super::actor::Actor;
use super::body::Content;
use super::digest::{Digest, lay_out};
use super::entry::{Entry, EntryFacts, entry_hash};
use super::kind::Kind;
use crate::domain::id::{EntryId, StreamId};

const HEAD_VERSION: &[u8] = b"muster-head-v1";

/// Where a stream ends: its last entry's number and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry; 0 when there is none.
    pub seq: i64,
    /// Its hash.
    pub hash: Digest,
}

impl Head {
    /// The head of a stream without entries.
    pub const START: Head = Head { seq: 0, hash: Digest::ZERO };
}

/// What is known of a stream while its head is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    /// Which stream.
    pub id: StreamId,
    /// Where it ends.
    pub head: Head,
    /// When its last entry was recorded.
    pub recorded_at: Option<OffsetDateTime>,
}

/// What is to become an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its identity.
    pub id: EntryId,
    /// What sort of thing it says.
    pub kind: Kind,
    /// Who caused it.
    pub actor: Actor,
    /// When it happened, as far as known.
    pub occurred_at: OffsetDateTime,
    /// What it says, ready to be stored.
    pub content: Content,
}

impl Stream {
    /// A stream without entries.
    #[must_use]
    pub fn new(id: StreamId) -> Stream {
        Stream { id, head: Head::START, recorded_at: None }
    }

    /// The entry that follows the stream's last; recorded now, or with the last if the clock fell
    /// back. Times are cut to microseconds, which is what Postgres keeps and the hash covers.
    #[must_use]
    pub fn next_entry(&self, draft: &Draft, now: OffsetDateTime) -> Entry {
        let recorded_at = to_micros(self.recorded_at.map_or(now, |last| last.max(now)));
        let occurred_at = to_micros(draft.occurred_at);
        let facts = EntryFacts {
            stream: self.id,
            seq: self.head.seq + 1,
            id: draft.id,
            kind: draft.kind.name(),
            actor: &draft.actor.to_string(),
            occurred_at,
            recorded_at,
            body_digest: draft.content.digest(),
            previous_hash: self.head.hash,
        };
        Entry {
            stream: facts.stream,
            seq: facts.seq,
            id: draft.id,
            kind: draft.kind,
            actor: draft.actor.clone(),
            occurred_at,
            recorded_at,
            body_digest: facts.body_digest,
            previous_hash: facts.previous_hash,
            hash: entry_hash(&facts),
        }
    }
}

/// The bytes that are signed when a head leaves.
#[must_use]
pub fn head_bytes(stream: StreamId, head: Head) -> Vec<u8> {
    lay_out(&[HEAD_VERSION, stream.0.as_bytes(), &head.seq.to_be_bytes(), &head.hash.0])
}

fn to_micros(at: OffsetDateTime) -> OffsetDateTime {
    let nanos = at.unix_timestamp_nanos();
    OffsetDateTime::from_unix_timestamp_nanos(nanos - nanos.rem_euclid(1_000)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::timeline::Body;
    use time::Duration;
    use time::macros::datetime;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00:00.123456789 UTC);

    fn draft(occurred_at: OffsetDateTime) -> Draft {
        Draft {
            id: EntryId::new(NOON),
            kind: Kind::Note,
            actor: Actor::System,
            occurred_at,
            content: Content::new([7; 16], &Body::words("Looking")),
        }
    }

    #[test]
    fn entries_count_from_one_and_link_back() {
        let stream = Stream::new(StreamId::new(NOON));

        let first = stream.next_entry(&draft(NOON), NOON);
        let second = first.stream_after().next_entry(&draft(NOON), NOON);

        assert_eq!((first.seq, first.previous_hash), (1, Digest::ZERO));
        assert_eq!((second.seq, second.previous_hash), (2, first.hash));
        assert_ne!(first.hash, second.hash);
    }

    #[test]
    fn a_clock_that_fell_back_records_with_the_entry_before() {
        let first = Stream::new(StreamId::new(NOON)).next_entry(&draft(NOON), NOON);

        let earlier = NOON - Duration::hours(1);
        let second = first.stream_after().next_entry(&draft(earlier), earlier);

        assert_eq!(second.recorded_at, first.recorded_at);
        assert!(second.occurred_at < first.occurred_at);
    }

    #[test]
    fn times_are_cut_to_what_the_hash_and_the_database_keep() {
        let entry = Stream::new(StreamId::new(NOON)).next_entry(&draft(NOON), NOON);

        assert_eq!(entry.recorded_at, datetime!(2026-11-14 12:00:00.123456 UTC));
        assert_eq!(entry.occurred_at, entry.recorded_at);
        assert_eq!(to_micros(datetime!(1969-12-31 23:59:59.9999999 UTC)).nanosecond(), 999_999_000);
    }
}
