//! How much of the database one request may have in all: several short transactions must not add
//! up to a long wait.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// What a request may wait for the database, all its transactions together.
const WHOLE: Duration = Duration::from_millis(2_500);

tokio::task_local! {
    static LEFT: Cell<Duration>;
}

/// Until when a transaction must have begun, and until when it must have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) begin: Instant,
    pub(super) end: Instant,
}

/// Runs a request whose transactions share one allowance. One that asks for more than all of it,
/// as an export does, has its own time, but must begin within the allowance.
pub async fn within<F: Future>(request: F) -> F::Output {
    LEFT.scope(Cell::new(WHOLE), request).await
}

/// The limits of a transaction that begins now; none: nothing is left.
pub(super) fn limits(deadline: Duration) -> Option<Limits> {
    let left = LEFT.try_with(Cell::get).unwrap_or(Duration::MAX);
    let short = deadline.min(left);
    if short.is_zero() {
        return None;
    }
    let now = Instant::now();
    let whole = if deadline > WHOLE { deadline } else { short };
    Some(Limits { begin: now + short, end: now + whole })
}

/// So much of the allowance was waited for.
pub(super) fn spend(waited: Duration) {
    let _ = LEFT.try_with(|left| left.set(left.get().saturating_sub(waited)));
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn allowed(deadline: Duration) -> Option<(Duration, Duration)> {
        let now = Instant::now();
        let about =
            |at: Instant| Duration::from_millis((at - now).as_millis().div_ceil(100) as u64 * 100);
        limits(deadline).map(|limits| (about(limits.begin), about(limits.end)))
    }

    #[tokio::test]
    async fn transactions_of_one_request_share_its_allowance() {
        within(async {
            assert_eq!(allowed(WHOLE), Some((WHOLE, WHOLE)));
            spend(2 * SECOND);
            let rest = WHOLE - 2 * SECOND;
            assert_eq!(allowed(WHOLE), Some((rest, rest)));
            assert_eq!(
                allowed(20 * SECOND),
                Some((rest, 20 * SECOND)),
                "an export has its own time"
            );
            spend(SECOND);
            assert_eq!(allowed(WHOLE), None);
        })
        .await;
        assert_eq!(allowed(WHOLE), Some((WHOLE, WHOLE)), "whoever is no request has no allowance");
    }
}
