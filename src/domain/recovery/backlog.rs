//! Log that waits to be archived. While archiving fails or stands still it grows, until the disk that
//! holds it is full and Postgres stops.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// Growth is measured over so long.
const WINDOW: Duration = Duration::minutes(10);
/// Over less nothing is said of it.
const LEAST: Duration = Duration::seconds(10);
/// Measured over so long it is believed: a quiet database ends a segment once a minute, in a jump.
const SETTLED: Duration = Duration::minutes(2);
/// What is further off is no forecast.
const HORIZON: Duration = Duration::days(30);

/// What waits, as it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backlog {
    /// Segments that wait to be archived.
    pub waiting: u64,
    /// Bytes of all segments in `pg_wal`.
    pub held: u64,
    /// Bytes that are left on its disk.
    pub free: u64,
    /// Bytes of segments made ahead, which are written before more of the disk is taken.
    pub ahead: u64,
    /// How it grows; none where that could not be measured yet.
    pub growth: Option<Growth>,
}

/// By how much it grew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Growth {
    /// Bytes; none where it shrank.
    pub bytes: u64,
    /// Within so many seconds.
    pub over_s: u64,
}

/// What becomes of its disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forecast {
    /// Nobody knows yet how it grows.
    Unknown,
    /// It does not fill within a month.
    DoesNotFill,
    /// It is full after so long.
    FullIn(Duration),
}

/// How near a full disk is, as far as somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nearness {
    /// Not near.
    #[default]
    Far,
    /// Under four hours off.
    Hours,
    /// Under one hour off.
    Hour,
}

impl Backlog {
    /// When its disk is full, if it grows on as it did.
    #[must_use]
    pub fn forecast(&self) -> Forecast {
        let Some(Growth { bytes, over_s }) = self.growth else { return Forecast::Unknown };
        let room = u128::from(self.free) + u128::from(self.ahead);
        let seconds = room.saturating_mul(u128::from(over_s)).checked_div(u128::from(bytes));
        let seconds = seconds.and_then(|seconds| i64::try_from(seconds).ok());
        match seconds.map(Duration::seconds) {
            Some(left) if left <= HORIZON => Forecast::FullIn(left),
            _ => Forecast::DoesNotFill,
        }
    }

    /// How near that is; what was measured too briefly is not near.
    #[must_use]
    pub fn nearness(&self) -> Nearness {
        let settled = |it: Growth| it.over_s >= SETTLED.unsigned_abs().as_secs();
        match self.forecast() {
            Forecast::FullIn(left) if self.growth.is_some_and(settled) => Nearness::of(left),
            _ => Nearness::Far,
        }
    }
}

impl Nearness {
    /// Of a disk that is full after so long.
    #[must_use]
    pub fn of(left: Duration) -> Nearness {
        match left.whole_hours() {
            ..1 => Nearness::Hour,
            1..4 => Nearness::Hours,
            _ => Nearness::Far,
        }
    }

    /// What is told after one more look, where this was told before: each once, until nothing waits.
    #[must_use]
    pub fn told_after(self, seen: Option<&Backlog>) -> Nearness {
        seen.map_or(Nearness::Far, |seen| self.max(seen.nearness()))
    }
}

/// How much waited at a moment: bytes behind the last that was archived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: OffsetDateTime,
    /// So much.
    pub bytes: u64,
}

/// What was seen to wait over the last minutes.
#[derive(Debug, Default)]
pub struct Growing(VecDeque<Mark>);

impl Growing {
    /// Nothing waits.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// So much waits now. A clock that was set back begins it anew.
    pub fn add(&mut self, mark: Mark) {
        if self.0.back().is_some_and(|last| last.at >= mark.at) {
            self.clear();
        }
        self.0.push_back(mark);
        self.0.retain(|old| mark.at - old.at <= WINDOW);
    }

    /// How it grew. Until that was watched for long enough it is reckoned from `since`, an earlier mark
    /// that others made; `in_flight` of it is no growth.
    #[must_use]
    pub fn growth(&self, since: Option<Mark>, in_flight: u64) -> Option<Growth> {
        let (first, last) = (*self.0.front()?, *self.0.back()?);
        let first = match since {
            Some(since) if last.at - first.at < SETTLED && since.at < first.at => since,
            _ => first,
        };
        let span = last.at - first.at;
        let bytes = last.bytes.saturating_sub(first.bytes).saturating_sub(in_flight);
        (span >= LEAST).then(|| Growth { bytes, over_s: span.unsigned_abs().as_secs() })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);
    const GB: u64 = 1 << 30;

    fn mark(seconds: i64, bytes: u64) -> Mark {
        Mark { at: NOON + Duration::seconds(seconds), bytes }
    }

    fn growing(marks: &[(i64, u64)]) -> Growing {
        let mut growing = Growing::default();
        marks.iter().for_each(|(at, bytes)| growing.add(mark(*at, *bytes)));
        growing
    }

    fn backlog(free: u64, growth: Option<Growth>) -> Backlog {
        Backlog { waiting: 12, held: GB, free, ahead: 0, growth }
    }

    #[test]
    fn it_is_full_when_growth_has_taken_all_that_is_free_and_made_ahead() {
        let growth = growing(&[(0, 0), (300, GB)]).growth(None, 0);
        let seen = backlog(39 * GB, growth);
        assert_eq!(seen.forecast(), Forecast::FullIn(Duration::minutes(195)));
        let ahead = Backlog { ahead: GB, ..seen };
        assert_eq!(ahead.forecast(), Forecast::FullIn(Duration::minutes(200)));
        let shrunk = Backlog { free: 3 * GB, ..seen };
        let words = "room that went for another reason brings it nearer";
        assert_eq!(shrunk.forecast(), Forecast::FullIn(Duration::minutes(15)), "{words}");
        assert_eq!(backlog(0, growth).forecast(), Forecast::FullIn(Duration::ZERO));
    }

    #[test]
    fn without_growth_it_does_not_fill_and_without_a_measure_nothing_is_known() {
        for (marks, wanted) in [
            (vec![], Forecast::Unknown),
            (vec![(0, GB)], Forecast::Unknown),
            (vec![(0, 0), (9, GB)], Forecast::Unknown),
            (vec![(0, GB), (60, GB)], Forecast::DoesNotFill),
            (vec![(0, GB), (60, 0)], Forecast::DoesNotFill),
            (vec![(0, 0), (300, 1)], Forecast::DoesNotFill),
            (vec![(0, 0), (60, GB), (300, GB), (700, GB)], Forecast::DoesNotFill),
        ] {
            let seen = backlog(5 * GB, growing(&marks).growth(None, 0));
            assert_eq!(seen.forecast(), wanted, "{marks:?}");
        }
        let huge = Growth { bytes: 1, over_s: u64::MAX };
        let huge = Backlog { ahead: u64::MAX, ..backlog(u64::MAX, Some(huge)) };
        assert_eq!(huge.forecast(), Forecast::DoesNotFill);
    }

    #[test]
    fn what_is_in_flight_is_no_growth_and_a_clock_that_jumps_measures_none() {
        assert_eq!(
            growing(&[(0, 1), (60, 9)]).growth(None, 9),
            Some(Growth { bytes: 0, over_s: 60 })
        );
        for marks in [[(0, 0), (60, 1), (30, 2)], [(0, 0), (60, 1), (3600, 2)]] {
            assert_eq!(growing(&marks).growth(None, 0), None, "{marks:?}");
        }
    }

    #[test]
    fn an_earlier_mark_counts_until_it_was_watched_for_two_minutes() {
        let since = Some(mark(-3600, 0));
        let growth = |marks| growing(marks).growth(since, 0);
        assert_eq!(growth(&[(0, GB)]), Some(Growth { bytes: GB, over_s: 3600 }));
        let watched = growth(&[(0, GB), (120, GB)]);
        assert_eq!(watched, Some(Growth { bytes: 0, over_s: 120 }));
    }

    #[test]
    fn each_nearness_is_told_once_until_nothing_waits() {
        use Nearness::{Far, Hour, Hours};
        let seen = |minutes: u64, over_s| {
            backlog(minutes * GB, Some(Growth { bytes: over_s * GB / 60, over_s }))
        };
        for (seen, wanted) in [
            (seen(240, 120), Far),
            (seen(239, 120), Hours),
            (seen(60, 120), Hours),
            (seen(59, 120), Hour),
            (seen(59, 60), Far),
        ] {
            assert_eq!(seen.nearness(), wanted, "{seen:?}");
        }
        let looks = [Some(seen(200, 120)), Some(backlog(GB, None)), Some(seen(20, 120)), None];
        let mut told = Far;
        let told = looks.map(|seen| {
            told = told.told_after(seen.as_ref());
            told
        });
        assert_eq!(told, [Hours, Hours, Hour, Far]);
    }
}
