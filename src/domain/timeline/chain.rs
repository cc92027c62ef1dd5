//! Verifies a stream: every entry follows from the one before, up to a head known from elsewhere.

use super::digest::Digest;
use super::entry::{Record, entry_hash};
use super::stream::Head;
use crate::domain::id::StreamId;

/// What is known of a stream besides its entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    /// The head kept beside the entries: the chain must end exactly there.
    pub head: Option<Head>,
    /// Heads that left earlier (mails, heads files, agents): the chain must pass through each.
    pub seen: Vec<Head>,
}

/// A stream that holds together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    /// Where it ends.
    pub head: Head,
    /// How many entries stand there without their body, erased by rule.
    pub erased: u64,
}

/// The first thing that is wrong with a stream. The texts stand in `docs/TIMELINE-FORMAT.md`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A number is left out.
    #[error("entry {seq} is missing")]
    Gap {
        /// The first number left out.
        seq: i64,
    },
    /// A number comes again, or too late.
    #[error("entry {seq} is out of place")]
    OutOfPlace {
        /// The number that comes where another should.
        seq: i64,
    },
    /// An entry was moved here from elsewhere.
    #[error("entry {seq} belongs to another stream")]
    AnotherStream {
        /// Its number.
        seq: i64,
    },
    /// Number, kind, actor, a time, a digest or the hash itself was changed.
    #[error("entry {seq} was altered")]
    AlteredFields {
        /// Its number.
        seq: i64,
    },
    /// The words are not those that were recorded.
    #[error("entry {seq}: its body was altered")]
    AlteredBody {
        /// Its number.
        seq: i64,
    },
    /// An entry is intact, and the one before it is not the one it was written after.
    #[error("entry {seq} does not follow from the entry before it, which was replaced")]
    WrongLink {
        /// Number of the intact one.
        seq: i64,
    },
    /// Entries were cut off at the end.
    #[error("entry {seq} is missing: a head says there are {head}")]
    TailCut {
        /// The first number cut off.
        seq: i64,
        /// The number the head gives.
        head: i64,
    },
    /// An entry was put after the end.
    #[error("entry {seq} stands after the head")]
    BeyondHead {
        /// Its number.
        seq: i64,
    },
    /// All hashes are right, and still it is another history than the one a head was taken of.
    #[error("entry {seq} was rewritten: a head has another hash for it; {agreed} still agrees")]
    Rewritten {
        /// The number that the head gives.
        seq: i64,
        /// The last earlier number that a head confirms, or 0.
        agreed: i64,
    },
}

impl Broken {
    /// Number of the entry it is about.
    #[must_use]
    pub fn seq(&self) -> i64 {
        match self {
            Broken::Gap { seq }
            | Broken::OutOfPlace { seq }
            | Broken::AnotherStream { seq }
            | Broken::AlteredFields { seq }
            | Broken::AlteredBody { seq }
            | Broken::WrongLink { seq }
            | Broken::TailCut { seq, .. }
            | Broken::BeyondHead { seq }
            | Broken::Rewritten { seq, .. } => *seq,
        }
    }
}

/// Verifies entries one at a time, so that a long stream need not be held in memory.
#[derive(Debug, Clone)]
pub struct Verifier {
    stream: StreamId,
    heads: Vec<Head>,
    end: Option<i64>,
    at: Head,
    agreed: i64,
    erased: u64,
}

impl Verifier {
    /// A verifier of one stream from its first entry on.
    #[must_use]
    pub fn new(stream: StreamId, expected: &Expected) -> Verifier {
        let mut heads: Vec<Head> = expected.seen.iter().chain(&expected.head).copied().collect();
        heads.sort_by_key(|head| head.seq);
        let end = expected.head.map(|head| head.seq);
        Verifier { stream, heads, end, at: Head::START, agreed: 0, erased: 0 }
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&mut self, record: &Record) -> Result<(), Broken> {
        let seq = record.seq;
        self.check_place(record)?;
        if record.hash != entry_hash(&record.facts()) {
            return Err(Broken::AlteredFields { seq });
        }
        match &record.content {
            None => self.erased += 1,
            Some(content) if record.body_digest == content.digest() => {}
            Some(_) => return Err(Broken::AlteredBody { seq }),
        }
        if record.previous_hash != self.at.hash {
            return Err(Broken::WrongLink { seq });
        }
        self.check_heads(seq, record.hash)?;
        self.at = Head { seq, hash: record.hash };
        Ok(())
    }

    /// Says that there are no more entries.
    ///
    /// # Errors
    /// [`Broken::TailCut`] when a head says there are.
    pub fn finish(self) -> Result<Whole, Broken> {
        match self.heads.last() {
            Some(last) if last.seq > self.at.seq => {
                Err(Broken::TailCut { seq: self.at.seq + 1, head: last.seq })
            }
            _ => Ok(Whole { head: self.at, erased: self.erased }),
        }
    }

    fn check_place(&self, record: &Record) -> Result<(), Broken> {
        let (seq, due) = (record.seq, self.at.seq + 1);
        if record.stream != self.stream {
            Err(Broken::AnotherStream { seq })
        } else if seq > due {
            Err(Broken::Gap { seq: due })
        } else if seq < due {
            Err(Broken::OutOfPlace { seq })
        } else if self.end.is_some_and(|end| seq > end) {
            Err(Broken::BeyondHead { seq })
        } else {
            Ok(())
        }
    }

    fn check_heads(&mut self, seq: i64, hash: Digest) -> Result<(), Broken> {
        for head in self.heads.iter().filter(|head| head.seq == seq) {
            if head.hash != hash {
                return Err(Broken::Rewritten { seq, agreed: self.agreed });
            }
            self.agreed = seq;
        }
        Ok(())
    }
}

/// Verifies a whole stream at once.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify<'a>(
    stream: StreamId,
    records: impl IntoIterator<Item = &'a Record>,
    expected: &Expected,
) -> Result<Whole, Broken> {
    let mut verifier = Verifier::new(stream, expected);
    for record in records {
        verifier.check(record)?;
    }
    verifier.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::EntryId;
    use crate::domain::timeline::{Actor, Body, Content, Draft, Kind, Stream};
    use proptest::prelude::*;
    use time::macros::datetime;
    use time::{Duration, OffsetDateTime};

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    fn chain(length: u8) -> (StreamId, Vec<Record>) {
        let mut stream = Stream::new(StreamId::new(NOON));
        let mut records = Vec::new();
        for number in 0..length {
            let draft = Draft {
                id: EntryId::new(NOON),
                kind: Kind::Note,
                actor: Actor::System,
                occurred_at: NOON,
                content: Content::new([number; 16], &Body::words(format!("note {number}"))),
            };
            let entry = stream.next_entry(&draft, NOON + Duration::seconds(number.into()));
            stream = entry.stream_after();
            records.push(entry.record(Some(draft.content)));
        }
        (stream.id, records)
    }

    fn head(record: &Record) -> Head {
        Head { seq: record.seq, hash: record.hash }
    }

    fn ends_at(record: &Record) -> Expected {
        Expected { head: Some(head(record)), seen: Vec::new() }
    }

    #[test]
    fn a_whole_chain_verifies_and_names_its_head() {
        let (stream, records) = chain(4);

        let whole = verify(stream, &records, &ends_at(&records[3])).unwrap();

        assert_eq!(whole, Whole { head: head(&records[3]), erased: 0 });
        assert_eq!(verify(stream, &[], &Expected::default()).unwrap().head, Head::START);
    }

    #[test]
    fn an_erased_body_still_verifies_and_is_counted() {
        let (stream, mut records) = chain(4);
        records[1].content = None;

        assert_eq!(verify(stream, &records, &ends_at(&records[3])).unwrap().erased, 1);
    }

    #[test]
    fn an_entry_left_out_doubled_or_from_elsewhere_is_named() {
        let (stream, records) = chain(4);
        let none = Expected::default();

        let mut gap = records.clone();
        gap.remove(1);
        assert_eq!(verify(stream, &gap, &none), Err(Broken::Gap { seq: 2 }));
        let mut doubled = records.clone();
        doubled.insert(2, records[1].clone());
        assert_eq!(verify(stream, &doubled, &none), Err(Broken::OutOfPlace { seq: 2 }));
        let mut strange = records;
        strange[2] = chain(4).1[2].clone();
        assert_eq!(verify(stream, &strange, &none), Err(Broken::AnotherStream { seq: 3 }));
    }

    #[test]
    fn a_tail_cut_off_or_grown_on_is_found_by_the_head() {
        let (stream, records) = chain(4);

        let cut = verify(stream, &records[..2], &ends_at(&records[3]));
        assert_eq!(cut, Err(Broken::TailCut { seq: 3, head: 4 }));
        let grown = verify(stream, &records, &ends_at(&records[1]));
        assert_eq!(grown, Err(Broken::BeyondHead { seq: 3 }));
    }

    #[test]
    fn a_head_seen_earlier_is_passed_through_not_ended_at() {
        let (stream, records) = chain(4);
        let seen = |hash| Expected { head: None, seen: vec![Head { seq: 2, hash }] };

        assert!(verify(stream, &records, &seen(records[1].hash)).is_ok());
        let other = verify(stream, &records, &seen(records[0].hash));
        assert_eq!(other, Err(Broken::Rewritten { seq: 2, agreed: 0 }));
    }

    proptest! {
        #[test]
        fn whatever_is_changed_of_an_entry_that_entry_is_named(at in 0_usize..6, what in 0_u8..10) {
            let (stream, mut records) = chain(6);
            let end = ends_at(&records[5]);
            let record = &mut records[at];
            match what {
                0 => record.id = EntryId::new(NOON),
                1 => record.kind.push('s'),
                2 => record.actor = "public".to_owned(),
                3 => record.occurred_at += Duration::microseconds(1),
                4 => record.recorded_at -= Duration::microseconds(1),
                5 => record.body_digest.0[31] ^= 1,
                6 => record.previous_hash.0[0] ^= 1,
                7 => record.hash.0[7] ^= 1,
                8 => record.content.as_mut().unwrap().salt[0] ^= 1,
                _ => record.content.as_mut().unwrap().text.push(' '),
            }

            let broken = verify(stream, &records, &end).unwrap_err();

            prop_assert_eq!(broken.seq(), records[at].seq);
        }

        #[test]
        fn an_entry_replaced_under_a_right_hash_breaks_the_next(at in 0_usize..5) {
            let (stream, mut records) = chain(6);
            let end = ends_at(&records[5]);
            records[at].kind = "decision".to_owned();
            records[at].hash = entry_hash(&records[at].facts());

            let broken = verify(stream, &records, &end);

            prop_assert_eq!(broken, Err(Broken::WrongLink { seq: records[at].seq + 1 }));
        }
    }
}
