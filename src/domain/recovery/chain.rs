//! How far the write-ahead log reaches without a hole, and where it is broken.

use std::collections::{BTreeMap, BTreeSet};

use super::history::History;
use super::point::Point;
use super::wal::{Lsn, Segment, SegmentSize};

/// What lies in a repository's archive of one cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    size: SegmentSize,
    segments: BTreeMap<u32, BTreeSet<u64>>,
    histories: BTreeMap<u32, History>,
}

/// Segments that are missing while later ones are, or were, there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The first missing one.
    pub first: Segment,
    /// How many are missing in a row.
    pub missing: u64,
    /// How many lie behind, of no use to any restore across the gap.
    pub behind: u64,
}

/// The log from a point on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Along which timeline it was followed.
    pub timeline: u32,
    /// The last segment before the first hole; none when already the first is missing.
    pub last: Option<Segment>,
    /// Where it breaks.
    pub gap: Option<Gap>,
}

impl Archive {
    /// An archive without anything in it.
    #[must_use]
    pub const fn empty(size: SegmentSize) -> Archive {
        Archive { size, segments: BTreeMap::new(), histories: BTreeMap::new() }
    }

    /// Notes a file that lies there; false when it is no segment.
    pub fn note(&mut self, name: &str) -> bool {
        let Some(segment) = Segment::named(name, self.size) else { return false };
        self.segments.entry(segment.timeline).or_default().insert(segment.number);
        true
    }

    /// Notes where a timeline came from.
    pub fn note_history(&mut self, history: History) {
        self.histories.insert(history.timeline(), history);
    }

    /// The size of its segments.
    #[must_use]
    pub const fn size(&self) -> SegmentSize {
        self.size
    }

    /// The last timeline that anything was written on.
    #[must_use]
    pub fn newest_timeline(&self) -> u32 {
        self.segments.keys().chain(self.histories.keys()).copied().max().unwrap_or(1)
    }

    /// Whether a segment lies there.
    #[must_use]
    pub fn has(&self, segment: Segment) -> bool {
        self.segments.get(&segment.timeline).is_some_and(|there| there.contains(&segment.number))
    }

    /// Those that lie there from `first` to `last`, both included, in the order of their names.
    pub fn between(&self, first: Segment, last: Segment) -> impl Iterator<Item = Segment> {
        let all = self.segments.iter().flat_map(|(timeline, there)| {
            there.iter().map(|number| Segment { timeline: *timeline, number: *number })
        });
        all.filter(move |segment| (first..=last).contains(segment))
    }

    /// Follows the log from a point, along `wanted` where that timeline came through the point, else
    /// along the point's own. `archived` is what the cluster says it has archived: what it names and
    /// is not there is missing too.
    #[must_use]
    pub fn chain(&self, point: &Point, wanted: u32, archived: Option<Segment>) -> Chain {
        let history = self.history(wanted);
        let own = point.last.timeline;
        let history = if history.holds(own, point.stop) { history } else { self.history(own) };
        let archived = archived.filter(|segment| segment.timeline == history.timeline());
        self.follow(&history, point.first.number, archived.map(|segment| segment.number))
    }

    /// The segment of that number as a recovery along a chain reads it.
    #[must_use]
    pub fn along(&self, chain: &Chain, number: u64) -> Segment {
        let timeline = self.history(chain.timeline).writer_of(number, self.size);
        Segment { timeline, number }
    }

    fn follow(&self, history: &History, from: u64, archived: Option<u64>) -> Chain {
        let wanted = |number| Segment { timeline: history.writer_of(number, self.size), number };
        let mut number = from;
        while self.has(wanted(number)) {
            number += 1;
        }
        let last = number.checked_sub(1).filter(|last| *last >= from).map(wanted);
        let behind: Vec<u64> = self.numbers_behind(history, number);
        let known =
            behind.first().copied().or(archived.filter(|it| *it >= number).map(|it| it + 1));
        let needed = last.is_none().then_some(from + 1);
        let gap = known.or(needed).map(|next| Gap {
            first: wanted(number),
            missing: next - number,
            behind: behind.len() as u64,
        });
        Chain { timeline: history.timeline(), last, gap }
    }

    /// The numbers of those beyond `number` that a recovery along `history` would read.
    fn numbers_behind(&self, history: &History, number: u64) -> Vec<u64> {
        let all: BTreeSet<u64> =
            self.segments.values().flat_map(|there| there.range(number..)).copied().collect();
        let read = |number: &u64| {
            self.has(Segment { timeline: history.writer_of(*number, self.size), number: *number })
        };
        all.into_iter().filter(read).collect()
    }

    fn history(&self, timeline: u32) -> History {
        self.histories.get(&timeline).cloned().unwrap_or_else(|| History::first(timeline))
    }
}

impl Chain {
    /// Whether all that opening the point takes is there.
    #[must_use]
    pub fn opens(&self, point: &Point) -> bool {
        self.last.is_some_and(|last| last.number >= point.last.number)
    }

    /// Where it ends.
    #[must_use]
    pub fn end(&self, size: SegmentSize) -> Option<Lsn> {
        self.last.map(|last| last.end(size))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::super::point::Kind;
    use super::*;

    fn size() -> SegmentSize {
        SegmentSize::of(1 << 20).unwrap()
    }

    fn archive(segments: &[(u32, u64)]) -> Archive {
        let mut archive = Archive::empty(size());
        for (timeline, number) in segments {
            assert!(archive.note(&Segment { timeline: *timeline, number: *number }.name(size())));
        }
        archive
    }

    fn point(timeline: u32, first: u64, last: u64) -> Point {
        let at = datetime!(2026-11-27 02:00 UTC);
        Point {
            label: "20261127-020000F".to_owned(),
            kind: Kind::Full,
            prior: None,
            started: at,
            stopped: at,
            first: Segment { timeline, number: first },
            last: Segment { timeline, number: last },
            stop: Lsn((last << 20) + 80),
            size: 1,
            stored: 1,
            damaged: false,
        }
    }

    fn at(number: u64) -> Option<Segment> {
        Some(Segment { timeline: 1, number })
    }

    #[test]
    fn a_chain_without_a_hole_reaches_the_last_segment() {
        let chain = archive(&[(1, 5), (1, 6), (1, 7)]).chain(&point(1, 5, 6), 1, at(7));

        assert_eq!(chain, Chain { timeline: 1, last: at(7), gap: None });
        assert!(chain.opens(&point(1, 5, 6)));
        assert_eq!(chain.end(size()), Some(Lsn(8 << 20)));
    }

    #[test]
    fn a_hole_ends_the_chain_and_says_what_lies_behind() {
        let archive = archive(&[(1, 5), (1, 6), (1, 9), (1, 10), (1, 12)]);

        let chain = archive.chain(&point(1, 5, 6), 1, None);

        let first = Segment { timeline: 1, number: 7 };
        assert_eq!(chain.last, at(6));
        assert_eq!(chain.gap, Some(Gap { first, missing: 2, behind: 3 }));
    }

    #[test]
    fn the_newest_segment_is_missed_when_the_cluster_says_that_it_was_archived() {
        let archive = archive(&[(1, 5), (1, 6)]);

        let gap = archive.chain(&point(1, 5, 6), 1, at(8)).gap.unwrap();
        assert_eq!((gap.first.number, gap.missing, gap.behind), (7, 2, 0));
        assert_eq!(archive.chain(&point(1, 5, 6), 1, at(6)).gap, None);
    }

    #[test]
    fn a_point_without_the_log_it_needs_does_not_open() {
        let nothing = archive(&[]).chain(&point(1, 5, 6), 1, None);
        assert_eq!((nothing.last, nothing.gap.unwrap().first.number), (None, 5));
        assert!(!nothing.opens(&point(1, 5, 6)));

        let half = archive(&[(1, 5)]).chain(&point(1, 5, 6), 1, None);
        assert!(!half.opens(&point(1, 5, 6)));
    }

    #[test]
    fn a_chain_goes_over_to_the_timeline_that_the_cluster_is_on() {
        let mut archive = archive(&[(1, 5), (1, 6), (1, 7), (1, 8), (2, 7), (2, 8), (2, 9)]);
        archive.note_history(History::read(2, "1\t0/780000\tpromoted\n").unwrap());

        let along = archive.chain(&point(1, 5, 6), 2, None);
        assert_eq!(along.last, Some(Segment { timeline: 2, number: 9 }));
        assert_eq!((along.timeline, along.gap), (2, None));

        let left_behind = archive.chain(&point(1, 8, 8), 2, None);
        assert_eq!((left_behind.timeline, left_behind.last), (1, at(8)));
    }

    #[test]
    fn the_copy_of_an_older_timeline_does_not_fill_a_hole_of_the_newer() {
        let mut archive = archive(&[(1, 5), (1, 6), (1, 7), (2, 8)]);
        archive.note_history(History::read(2, "1\t0/780000\tpromoted\n").unwrap());

        let gap = archive.chain(&point(1, 5, 6), 2, None).gap.unwrap();
        assert_eq!(gap.first, Segment { timeline: 2, number: 7 });
    }
}
