//! The write-ahead log's arithmetic: positions, segments and timelines.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A position in the write-ahead log, written `0/D163A8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Lsn(pub u64);

/// Why a text is no position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no position in the write-ahead log")]
pub struct NotAnLsn(String);

impl FromStr for Lsn {
    type Err = NotAnLsn;

    fn from_str(text: &str) -> Result<Lsn, NotAnLsn> {
        let wrong = || NotAnLsn(text.to_owned());
        let (high, low) = text.split_once('/').ok_or_else(wrong)?;
        let part = |digits| u32::from_str_radix(digits, 16).map_err(|_| wrong());
        Ok(Lsn(u64::from(part(high)?) << 32 | u64::from(part(low)?)))
    }
}

impl fmt::Display for Lsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}/{:X}", self.0 >> 32, self.0 & 0xFFFF_FFFF)
    }
}

impl TryFrom<String> for Lsn {
    type Error = NotAnLsn;

    fn try_from(text: String) -> Result<Lsn, NotAnLsn> {
        text.parse()
    }
}

impl From<Lsn> for String {
    fn from(lsn: Lsn) -> String {
        lsn.to_string()
    }
}

/// How many bytes a segment of one cluster has: a power of two from 1 MB to 1 GB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentSize(u64);

impl SegmentSize {
    /// Takes what Postgres says of itself.
    #[must_use]
    pub fn of(bytes: u64) -> Option<SegmentSize> {
        let fits = bytes.is_power_of_two() && (1 << 20..=1 << 30).contains(&bytes);
        fits.then_some(SegmentSize(bytes))
    }

    /// In bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0
    }

    const fn per_log(self) -> u64 {
        (1 << 32) / self.0
    }
}

/// One file of the write-ahead log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment {
    /// The timeline that wrote it.
    pub timeline: u32,
    /// Its place in the log, counted from 0.
    pub number: u64,
}

const NAME: usize = 24;
const FOLDER: usize = 16;
/// Letters of the checksum in the name of a segment in a repository.
const CHECKSUM: usize = 40;
/// How such a name ends, by how it is compressed.
const ENDINGS: [&str; 5] = ["", ".zst", ".gz", ".lz4", ".bz2"];

/// Whether a segment's file may end so: its name alone, or with the engine's checksum and compression behind it.
/// While the engine writes it, and where it could not, `.pgbackrest.tmp` follows.
fn is_whole(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix('-') else { return rest.is_empty() };
    let compressed = rest.split_at_checked(CHECKSUM);
    compressed.is_some_and(|(sum, end)| {
        !sum.contains(|c: char| !c.is_ascii_hexdigit()) && ENDINGS.contains(&end)
    })
}

impl Segment {
    /// Reads a file's name, also with what the engine adds behind it (`-sha1.zst`); `None` for all
    /// else that lies beside segments: labels, histories, partial ones, and what was never written whole.
    #[must_use]
    pub fn named(name: &str, size: SegmentSize) -> Option<Segment> {
        let (digits, rest) = (name.get(..NAME)?, name.get(NAME..)?);
        if !is_whole(rest) || digits.contains(|c: char| !is_hex(c)) {
            return None;
        }
        let part = |at: usize| u32::from_str_radix(digits.get(at..at + 8)?, 16).ok();
        let (timeline, log, in_log) = (part(0)?, u64::from(part(8)?), u64::from(part(16)?));
        let fits = timeline > 0 && in_log < size.per_log();
        fits.then(|| Segment { timeline, number: log * size.per_log() + in_log })
    }

    /// The first and the last segment of what a name says: a segment, or a folder of a repository, which holds
    /// those of one log and has no more than its timeline and log in its name.
    #[must_use]
    pub fn within(name: &str, size: SegmentSize) -> Option<(Segment, Segment)> {
        if name.len() != FOLDER {
            return Segment::named(name, size).map(|one| (one, one));
        }
        let first = Segment::named(&format!("{name}00000000"), size)?;
        Some((first, Segment { number: first.number + size.per_log() - 1, ..first }))
    }

    /// The segment that holds a position.
    #[must_use]
    pub fn holding(lsn: Lsn, timeline: u32, size: SegmentSize) -> Segment {
        Segment { timeline, number: lsn.0 / size.0 }
    }

    /// Its file's name.
    #[must_use]
    pub fn name(self, size: SegmentSize) -> String {
        let (log, in_log) = (self.number / size.per_log(), self.number % size.per_log());
        format!("{:08X}{log:08X}{in_log:08X}", self.timeline)
    }

    /// Where it begins.
    #[must_use]
    pub const fn start(self, size: SegmentSize) -> Lsn {
        Lsn(self.number * size.0)
    }

    /// Where the next one begins.
    #[must_use]
    pub const fn end(self, size: SegmentSize) -> Lsn {
        Lsn((self.number + 1) * size.0)
    }
}

const fn is_hex(c: char) -> bool {
    matches!(c, '0'..='9' | 'A'..='F')
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: SegmentSize = SegmentSize(1 << 20);
    const USUAL: SegmentSize = SegmentSize(16 << 20);

    #[test]
    fn a_position_reads_as_postgres_writes_it() {
        for (text, at) in
            [("0/D163A8", 0xD1_63A8), ("1/0", 1 << 32), ("FF/FFFFFFFF", 0xFF_FFFF_FFFF)]
        {
            assert_eq!(text.parse(), Ok(Lsn(at)));
            assert_eq!(Lsn(at).to_string(), text);
        }
        assert_eq!("0/00D163A8".parse(), Ok(Lsn(0xD1_63A8)));
        for wrong in ["", "0", "0/", "0/G", "0/1FFFFFFFF", "nonsense"] {
            assert!(wrong.parse::<Lsn>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_count_on_from_the_last_segment_of_a_log_to_the_first_of_the_next() {
        for (size, last, next) in [
            (USUAL, "0000000100000000000000FF", "000000010000000100000000"),
            (MB, "000000010000000000000FFF", "000000010000000100000000"),
        ] {
            let last = Segment::named(last, size).unwrap();
            let after = Segment { number: last.number + 1, ..last };
            assert_eq!(after.name(size), next);
            assert_eq!(Segment::named(next, size), Some(after));
            assert_eq!(last.end(size), after.start(size));
        }
    }

    #[test]
    fn what_only_lies_beside_segments_is_none() {
        let sum = "-4af44045ad076c2f93803deb1c870bb3b9beaeb7.zst";
        assert!(Segment::named(&format!("00000001000000000000000D{sum}"), MB).is_some());
        for other in [
            &format!("00000001000000000000000D{sum}.pgbackrest.tmp"),
            "00000001000000000000000D-4af44045.zst",
            "00000001000000000000000B.00000028.backup",
            "00000001000000000000000B.partial",
            "00000002.history",
            "00000000000000000000000B",
            "000000010000000000000100", // beyond the last of a log of 16 MB segments
            "00000001000000000000000b",
            "archive.info",
        ] {
            assert_eq!(Segment::named(other, USUAL), None, "{other}");
        }
    }

    #[test]
    fn a_folder_holds_the_segments_of_one_log() {
        let at = |timeline, number| Segment { timeline, number };
        let within = |name| Segment::within(name, USUAL);
        assert_eq!(within("0000000200000001"), Some((at(2, 256), at(2, 511))));
        assert_eq!(within("000000020000000100000003"), Some((at(2, 259), at(2, 259))));
        assert_eq!(within("0000000200000001000"), None);
        assert_eq!(within("000000020000000G"), None);
    }

    #[test]
    fn a_segment_size_is_one_that_postgres_can_have() {
        assert_eq!(SegmentSize::of(16 << 20), Some(USUAL));
        assert_eq!(SegmentSize::of(0), None);
        assert_eq!(SegmentSize::of(3 << 20), None);
        assert_eq!(SegmentSize::of(1 << 31), None);
    }
}
