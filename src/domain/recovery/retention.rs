//! Which backups may go: none before its time, and none that a kept one needs.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::chain::Archive;
use super::listed::Listed;
use super::point::{Kind, Point};
use super::wal::Segment;

/// How long backups are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Every moment of so many days back can be restored.
    pub days: u32,
    /// So many full backups are kept at least, however old they are.
    pub fulls: u32,
}

/// A full backup that may go, with all that builds on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Going {
    /// The engine's name for it.
    pub label: String,
    /// Those that build on it, which go with it.
    pub dependents: Vec<String>,
    /// When it ended.
    pub stopped: OffsetDateTime,
    /// Bytes that it and they take in the repository.
    pub stored: u64,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { days: 30, fulls: 7 }
    }
}

impl Retention {
    /// The full backups that may go, the oldest first: behind each there are enough others that open, one of
    /// them old enough to restore the first of the days from, and the newest that a proof has held for stays.
    #[must_use]
    pub fn going(self, points: &[Listed], now: OffsetDateTime) -> Vec<Going> {
        let mut fulls: Vec<&Listed> = points.iter().filter(|it| it.kind == Kind::Full).collect();
        fulls.sort_by_key(|full| full.stopped);
        let proved = points.iter().filter(|it| it.verified == Some(true) && it.opens);
        let proved = proved.max_by_key(|it| it.stopped);
        let from = now - Duration::days(self.days.into());
        let may_go = |full: &&Listed| {
            let newer = || fulls.iter().filter(|it| it.stopped > full.stopped);
            let good = || newer().filter(|it| it.opens && !it.damaged);
            good().count() >= self.fulls as usize
                && good().any(|it| it.stopped <= from)
                && proved.is_none_or(|it| set_of(&it.label) != full.label)
        };
        let fulls = fulls.iter().copied().filter(may_go);
        fulls.map(|full| going(full, points)).collect()
    }
}

fn going(full: &Listed, points: &[Listed]) -> Going {
    let set = || points.iter().filter(|it| set_of(&it.label) == full.label);
    let others = set().filter(|it| it.label != full.label);
    Going {
        dependents: others.map(|it| it.label.clone()).collect(),
        stored: set().map(|it| it.stored).sum(),
        label: full.label.clone(),
        stopped: full.stopped,
    }
}

/// The full backup that a label builds on: it stands before the `_`.
fn set_of(label: &str) -> &str {
    label.split_once('_').map_or(label, |(full, _)| full)
}

/// The first archived segment from `first` to `last`, by name, that a kept point may need: the engine goes
/// by names, and with several timelines would take what belongs to another one along.
#[must_use]
pub fn needed_between(
    archive: &Archive,
    (first, last): (Segment, Segment),
    kept: &[&Point],
) -> Option<Segment> {
    let needs = |point: &Point, segment: Segment| {
        segment.timeline >= point.first.timeline && segment.number >= point.first.number
    };
    archive.between(first, last).find(|it| kept.iter().any(|point| needs(point, *it)))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::super::wal::{Lsn, SegmentSize};
    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-30 12:00 UTC);

    fn full(days_ago: i64) -> Listed {
        Listed {
            label: format!("{days_ago}F"),
            stopped: NOW - Duration::days(days_ago),
            ..Listed::sample()
        }
    }

    fn going(points: &[Listed]) -> Vec<String> {
        let rule = Retention { days: 3, fulls: 2 };
        rule.going(points, NOW).into_iter().map(|it| it.label).collect()
    }

    #[test]
    fn the_days_that_are_kept_begin_with_a_full_that_is_older() {
        let daily: Vec<_> = (0..6).rev().map(full).collect();
        assert_eq!(
            going(&daily),
            ["5F", "4F"],
            "the one of 3 days ago restores the first of the days"
        );
        let gap: Vec<_> = [9, 6, 2, 1].map(full).to_vec();
        assert_eq!(going(&gap), ["9F"], "6 days ago is what 3 days ago is restored from");
    }

    #[test]
    fn however_old_they_are_so_many_stay() {
        let old: Vec<_> = [90, 60, 50].map(full).to_vec();
        assert_eq!(going(&old), ["90F"]);
        assert_eq!(going(&old[1..]), [""; 0]);
        assert_eq!(going(&[]), [""; 0]);
    }

    #[test]
    fn one_that_does_not_open_or_is_damaged_stands_for_none() {
        let mut points: Vec<_> = [9, 6, 5, 1].map(full).to_vec();
        points[1].opens = false;
        points[2].damaged = true;
        assert_eq!(going(&points), [""; 0]);
        points[2].damaged = false;
        assert_eq!(going(&points), ["9F", "6F"]);
    }

    #[test]
    fn the_newest_proved_one_stays_until_a_newer_one_is_proved() {
        let mut points: Vec<_> = [9, 8, 6, 5, 1].map(full).to_vec();
        points.insert(
            1,
            Listed {
                label: "9F_9I".to_owned(),
                kind: Kind::Incremental,
                verified: Some(true),
                ..full(9)
            },
        );
        assert_eq!(going(&points), ["8F", "6F"]);
        points[3].verified = Some(true);
        assert_eq!(going(&points), ["9F", "8F"]);
        points[5].verified = Some(false);
        assert_eq!(going(&points), ["9F", "8F"], "a proof that failed proves nothing");
    }

    #[test]
    fn what_builds_on_a_full_goes_with_it() {
        let mut points: Vec<_> = [9, 6, 5].map(full).to_vec();
        points.push(Listed { label: "9F_9I".to_owned(), kind: Kind::Incremental, ..full(9) });
        points.push(Listed { label: "6F_6I".to_owned(), kind: Kind::Incremental, ..full(6) });
        let going = Retention { days: 3, fulls: 2 }.going(&points, NOW);
        assert_eq!(going.len(), 1);
        assert_eq!((going[0].dependents.clone(), going[0].stored), (vec!["9F_9I".to_owned()], 2));
    }

    fn point(timeline: u32, number: u64) -> Point {
        let segment = Segment { timeline, number };
        Point {
            label: String::new(),
            kind: Kind::Full,
            prior: None,
            started: NOW,
            stopped: NOW,
            first: segment,
            last: segment,
            stop: Lsn(0),
            size: 1,
            stored: 1,
            damaged: false,
        }
    }

    #[test]
    fn a_range_that_takes_a_kept_points_log_of_another_timeline_along_is_found() {
        let size = SegmentSize::of(1 << 20).unwrap();
        let mut archive = Archive::empty(size);
        let there = [(1, 10), (1, 11), (1, 30), (1, 31), (2, 20), (2, 21), (3, 40)];
        for (timeline, number) in there {
            archive.note(&Segment { timeline, number }.name(size));
        }
        let at = |timeline, number| Segment { timeline, number };
        let found = |range, kept: &[Point]| {
            needed_between(&archive, range, &kept.iter().collect::<Vec<_>>())
        };

        let kept = [point(2, 20), point(1, 30), point(3, 40)];
        assert_eq!(found((at(1, 0), at(2, 19)), &kept), Some(at(1, 30)));
        assert_eq!(found((at(1, 0), at(1, 29)), &kept), None);
        assert_eq!(
            found((at(1, 0), at(2, 39)), &[point(3, 40)]),
            None,
            "an older branch ends there"
        );
        assert_eq!(
            found((at(1, 31), at(1, 31)), &[point(1, 30)]),
            Some(at(1, 31)),
            "not its own alone"
        );
    }
}
