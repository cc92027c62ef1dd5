//! Opens after faults in a row, so that everybody else is answered at once instead of waiting.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Faults in a row until it opens.
const PATIENCE: u32 = 3;
/// How long it stays open before one caller may try.
const REST: Duration = Duration::from_secs(2);

/// Counts faults; open while the database is thought away. Monotonic time only.
#[derive(Debug)]
pub(super) struct Breaker {
    born: Instant,
    faults: AtomicU32,
    try_again_ms: AtomicU64,
}

impl Default for Breaker {
    fn default() -> Breaker {
        Breaker { born: Instant::now(), faults: AtomicU32::new(0), try_again_ms: AtomicU64::new(0) }
    }
}

impl Breaker {
    /// Whether a caller may try now. While open, one caller in each [`REST`] may.
    #[must_use]
    pub(super) fn lets_through(&self) -> bool {
        if self.faults.load(Ordering::Relaxed) < PATIENCE {
            return true;
        }
        let now = self.elapsed_ms();
        let due = self.try_again_ms.load(Ordering::Relaxed);
        let next = now + u64::try_from(REST.as_millis()).unwrap_or(u64::MAX);
        now >= due
            && self
                .try_again_ms
                .compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    /// Whether it is open.
    #[must_use]
    pub(super) fn is_open(&self) -> bool {
        self.faults.load(Ordering::Relaxed) >= PATIENCE
    }

    /// Notes how a try ended.
    pub(super) fn note(&self, fault: bool) {
        if fault {
            self.faults.fetch_add(1, Ordering::Relaxed);
        } else {
            self.faults.store(0, Ordering::Relaxed);
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
        for _ in 0..PATIENCE {
            assert!(breaker.lets_through());
            breaker.note(true);
        }

        assert!(breaker.is_open());
        assert!(breaker.lets_through(), "one caller tries");
        assert!(!breaker.lets_through(), "the next is answered at once");

        breaker.note(false);
        assert!(breaker.lets_through());
    }
}
