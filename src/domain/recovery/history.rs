//! Timelines: where one came from another.

use super::wal::{Lsn, SegmentSize};

/// A timeline and those it came from, each with the position where the next one left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    timeline: u32,
    ancestors: Vec<(u32, Lsn)>,
}

impl History {
    /// A timeline that came from no other.
    #[must_use]
    pub const fn first(timeline: u32) -> History {
        History { timeline, ancestors: Vec::new() }
    }

    /// Reads a history file: `1<tab>0/E00000<tab>reason`, the oldest first.
    #[must_use]
    pub fn read(timeline: u32, text: &str) -> Option<History> {
        let lines =
            text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let ancestors = lines.map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
        });
        Some(History { timeline, ancestors: ancestors.collect::<Option<_>>()? })
    }

    /// The timeline itself.
    #[must_use]
    pub const fn timeline(&self) -> u32 {
        self.timeline
    }

    /// The timeline that it came from, and where it left that one.
    #[must_use]
    pub fn parent(&self) -> Option<(u32, Lsn)> {
        self.ancestors.last().copied()
    }

    /// Whether it went through this position on that timeline.
    #[must_use]
    pub fn holds(&self, timeline: u32, at: Lsn) -> bool {
        let left = self.ancestors.iter().find(|(ancestor, _)| *ancestor == timeline);
        timeline == self.timeline || left.is_some_and(|(_, until)| at <= *until)
    }

    /// The timeline whose file of that number a recovery along this history reads: where one left
    /// another in the midst of a segment, the newer has a copy of its beginning.
    #[must_use]
    pub fn writer_of(&self, number: u64, size: SegmentSize) -> u32 {
        let before_the_fork = |(_, until): &&(u32, Lsn)| number < until.0 / size.bytes();
        self.ancestors.iter().find(before_the_fork).map_or(self.timeline, |(timeline, _)| *timeline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_says_who_wrote_a_segment() {
        let mb = SegmentSize::of(1 << 20).unwrap();
        let text = "1\t0/A80000\tno recovery target specified\n\n2\t0/C00000\tat the edge\n";
        let history = History::read(3, text).unwrap();

        let writers: Vec<_> = (9..=12).map(|number| history.writer_of(number, mb)).collect();
        assert_eq!(writers, [1, 2, 2, 3]);
        assert!(history.holds(1, Lsn(0xA8_0000)) && !history.holds(1, Lsn(0xA8_0001)));
        assert!(history.holds(3, Lsn(u64::MAX)) && !history.holds(4, Lsn(0)));
        assert_eq!(History::read(2, "nonsense"), None);
    }
}
