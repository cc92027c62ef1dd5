//! A full backup that is much smaller than those before it: something may have been dropped.

use super::point::{Kind, Point};

/// Of so many that came before the usual size is reckoned.
const MOST: usize = 7;
/// Of fewer nothing is usual.
const LEAST: usize = 3;

/// What is less than half of the usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shrunk {
    /// Bytes of the restored cluster.
    Size(Fall),
    /// Bytes that it takes in the repository.
    Stored(Fall),
}

/// From what is usual to what is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fall {
    /// The median of those before.
    pub usual: u64,
    /// What it is.
    pub is: u64,
}

/// Holds the newest full backup against the full ones before it; of these points the oldest stands first.
#[must_use]
pub fn shrunk<'a>(
    points: impl DoubleEndedIterator<Item = &'a Point>,
) -> Option<(&'a Point, Shrunk)> {
    let mut fulls = points.rev().filter(|point| point.kind == Kind::Full);
    let newest = fulls.next()?;
    let earlier: Vec<&Point> = fulls.take(MOST).collect();
    let fall = |of: fn(&Point) -> u64| {
        let (usual, is) = (median(earlier.iter().map(|point| of(point)).collect())?, of(newest));
        (is < usual / 2).then_some(Fall { usual, is })
    };
    let size = fall(|point| point.size).map(Shrunk::Size);
    let stored = || fall(|point| point.stored).map(Shrunk::Stored);
    Some((newest, size.or_else(stored)?))
}

fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    let middle = values.len() / 2;
    let of_two = values.len().is_multiple_of(2);
    match values.len() {
        ..LEAST => None,
        _ if of_two => Some(values[middle - 1].midpoint(values[middle])),
        _ => Some(values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;
    use crate::domain::recovery::{Lsn, Segment};

    fn points(of: &[(Kind, u64, u64)]) -> Vec<Point> {
        let segment = Segment { timeline: 1, number: 1 };
        let point = |(day, &(kind, size, stored)): (usize, &(Kind, u64, u64))| {
            let at = datetime!(2026-11-14 02:00 UTC) + Duration::days(day as i64);
            Point {
                label: format!("{day}"),
                kind,
                prior: None,
                started: at,
                stopped: at,
                first: segment,
                last: segment,
                stop: Lsn(0),
                size,
                stored,
                damaged: false,
            }
        };
        of.iter().enumerate().map(point).collect()
    }

    fn found(of: &[(Kind, u64, u64)]) -> Option<Shrunk> {
        shrunk(points(of).iter()).map(|(_, shrunk)| shrunk)
    }

    const fn full(size: u64, stored: u64) -> (Kind, u64, u64) {
        (Kind::Full, size, stored)
    }

    #[test]
    fn less_than_half_of_the_usual_is_found_by_what_it_restores_to_first_then_by_what_it_takes() {
        let before = [full(100, 40), full(110, 44), full(300, 42)];
        let then = |last| found(&[&before[..], &[last]].concat());

        assert_eq!(then(full(55, 21)), None, "half is not less than half");
        assert_eq!(then(full(54, 5)), Some(Shrunk::Size(Fall { usual: 110, is: 54 })));
        assert_eq!(then(full(110, 20)), Some(Shrunk::Stored(Fall { usual: 42, is: 20 })));
        assert_eq!(then(full(900, 900)), None);
    }

    #[test]
    fn nothing_is_usual_before_three_full_ones_and_what_is_long_past_counts_no_more() {
        assert_eq!(found(&[]), None);
        assert_eq!(found(&[full(100, 40), full(100, 40), full(1, 1)]), None);
        let four = [full(100, 40), full(120, 40), full(140, 40), full(160, 40), full(1, 1)];
        assert_eq!(found(&four), Some(Shrunk::Size(Fall { usual: 130, is: 1 })));
        let small_since = [[full(100, 40); 9].as_slice(), &[full(10, 4); 4]].concat();
        assert!(found(&small_since).is_some(), "four of seven are as they were");
        let longer = [&small_since[..], &[full(10, 4)]].concat();
        assert_eq!(found(&longer), None, "it has become usual");
    }

    #[test]
    fn incremental_ones_are_not_judged() {
        let incremental = (Kind::Incremental, 1, 1);
        let points =
            points(&[full(100, 40), full(100, 40), full(100, 40), full(10, 9), incremental]);
        let (point, _) = shrunk(points.iter()).unwrap();
        assert_eq!(point.label, "3", "the full one before is judged still");
        assert_eq!(found(&[full(100, 40), full(100, 40), full(100, 40), incremental]), None);
        assert_eq!(found(&[incremental, incremental, incremental, full(1, 1)]), None);
    }
}
