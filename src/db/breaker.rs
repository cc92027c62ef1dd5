//! Opens after faults in a row, so that everybody else is answered at once instead of waiting.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Faults in a row until it opens.
const PATIENCE: u32 = 3;
/// How long until the database is tried again.
const REST: Duration = Duration::from_secs(2);

/// Counts faults; open while the database is thought away. Monotonic time only.
#[derive(Debug)]
pub(super) struct Breaker {
    born: Instant,
    faults: AtomicU32,
    try_again_ms: AtomicU64,
}

/// The breaker turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Opened,
    Closed,
}

impl Default for Breaker {
    fn default() -> Breaker {
        Breaker { born: Instant::now(), faults: AtomicU32::new(0), try_again_ms: AtomicU64::new(0) }
    }
}

impl Breaker {
    /// Whether it is open.
    #[must_use]
    pub(super) fn is_open(&self) -> bool {
        self.faults.load(Ordering::Relaxed) >= PATIENCE
    }

    /// Whether it is time to try again: once in each [`REST`].
    pub(super) fn is_due(&self) -> bool {
        let now = self.elapsed_ms();
        let due = self.try_again_ms.load(Ordering::Relaxed);
        let next = now + u64::try_from(REST.as_millis()).unwrap_or(u64::MAX);
        now >= due
            && self
                .try_again_ms
                .compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    /// Notes how a try ended, and returns what changed by it.
    pub(super) fn note(&self, fault: bool) -> Option<Turn> {
        if fault {
            let before = self.faults.fetch_add(1, Ordering::Relaxed);
            (before + 1 == PATIENCE).then_some(Turn::Opened)
        } else {
            let before = self.faults.swap(0, Ordering::Relaxed);
            (before >= PATIENCE).then_some(Turn::Closed)
        }
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_three_faults_and_closes_on_success() {
        let breaker = Breaker::default();
        for _ in 1..PATIENCE {
            assert_eq!(breaker.note(true), None);
            assert!(!breaker.is_open());
        }
        assert_eq!(breaker.note(true), Some(Turn::Opened));
        assert!(breaker.is_open());
        assert!(breaker.is_due(), "one try");
        assert!(!breaker.is_due(), "and no second at once");

        assert_eq!(breaker.note(false), Some(Turn::Closed));
        assert!(!breaker.is_open());
    }
}
