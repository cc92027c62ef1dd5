//! The one clock: the database's time, carried between readings by the monotonic clock.
//!
//! Before the first reading it is the host's time. In tests it is moved by hand.

use std::sync::{Arc, RwLock};
use std::time::Instant;

use time::{Duration, OffsetDateTime};
use tokio::sync::watch;

/// A jump larger than this is recorded as well as adopted.
pub const JUMP: Duration = Duration::seconds(2);

/// Tells the time; cheap to clone.
#[derive(Debug, Clone)]
pub struct Clock {
    source: Arc<RwLock<Source>>,
    moved: watch::Sender<u64>,
}

#[derive(Debug)]
enum Source {
    /// So it was, at that monotonic instant.
    Carried { at: OffsetDateTime, read: Instant, from_database: bool },
    /// Stands still until it is moved; it was set by so much since it was last adopted.
    Moved { at: OffsetDateTime, set: Duration },
}

impl Clock {
    /// The host's time, until the database's is known.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the place where time comes in")]
    pub fn of_host() -> Clock {
        Clock::new(Source::Carried {
            at: OffsetDateTime::now_utc(),
            read: Instant::now(),
            from_database: false,
        })
    }

    /// A clock that stands still until it is moved: for tests.
    #[must_use]
    pub fn standing_at(at: OffsetDateTime) -> Clock {
        Clock::new(Source::Moved { at, set: Duration::ZERO })
    }

    fn new(source: Source) -> Clock {
        Clock { source: Arc::new(RwLock::new(source)), moved: watch::Sender::new(0) }
    }

    /// What time it is, in UTC, to the microsecond that Postgres keeps.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        let now = match &*self.read() {
            Source::Carried { at, read, .. } => *at + read.elapsed(),
            Source::Moved { at, .. } => *at,
        };
        now.replace_nanosecond(now.nanosecond() / 1_000 * 1_000).unwrap_or(now)
    }

    /// Adopts the database's time as of this moment. Returns by how much the clock jumped, where
    /// that is worth recording, and who waits for time to pass is woken. A clock moved by hand stays,
    /// and answers by how much it was set.
    pub fn adopt(&self, database: OffsetDateTime) -> Option<Duration> {
        let jump = database - self.now();
        let mut source = self.write();
        let was_known = match &mut *source {
            Source::Carried { from_database, .. } => *from_database,
            Source::Moved { set, .. } => {
                let set = std::mem::take(set);
                return (set.abs() > JUMP).then_some(set);
            }
        };
        *source = Source::Carried { at: database, read: Instant::now(), from_database: true };
        drop(source);
        let jump = (jump.abs() > JUMP).then_some(jump);
        if jump.is_some() {
            self.moved.send_modify(|count| *count += 1);
        }
        jump.filter(|_| was_known)
    }

    /// Moves a standing clock by hand. A carried one is not touched.
    pub fn advance(&self, by: Duration) {
        if let Source::Moved { at, .. } = &mut *self.write() {
            *at += by;
        }
        self.moved.send_modify(|count| *count += 1);
    }

    /// Sets a standing clock by hand, as an operator sets a host's: no time passes.
    pub fn set(&self, by: Duration) {
        if let Source::Moved { set, .. } = &mut *self.write() {
            *set += by;
        }
        self.advance(by);
    }

    /// Wakes whoever waits for time to pass when the clock is moved or jumps.
    #[must_use]
    pub fn moves(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Source> {
        self.source.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Source> {
        self.source.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    #[test]
    fn a_standing_clock_moves_by_hand_alone() {
        let clock = Clock::standing_at(NOON);
        assert_eq!(clock.adopt(NOON + Duration::hours(1)), None);
        clock.advance(Duration::minutes(5));
        assert_eq!((clock.now(), clock.adopt(NOON)), (NOON + Duration::minutes(5), None));

        clock.set(Duration::hours(-1));
        assert_eq!(clock.adopt(NOON), Some(Duration::hours(-1)));
        assert_eq!((clock.now(), clock.adopt(NOON)), (NOON - Duration::minutes(55), None));
    }

    #[test]
    fn the_first_reading_is_no_jump_and_a_later_one_is() {
        let clock = Clock::of_host();

        assert_eq!(clock.adopt(NOON), None);
        assert!(clock.now() - NOON < Duration::minutes(1));
        let jump = clock.adopt(NOON + Duration::hours(1)).map(Duration::whole_minutes);
        assert!(matches!(jump, Some(59..=60)), "{jump:?}");
    }
}
