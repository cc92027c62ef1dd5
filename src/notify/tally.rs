//! How often mails were handed over since this process began, for who watches.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{SendError, Sent};

/// Counts how sends end; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    failed: AtomicU64,
    unknown: AtomicU64,
}

impl Tally {
    /// How often each end came.
    #[must_use]
    pub fn counts(&self) -> [(&'static str, u64); 3] {
        let Counts { sent, failed, unknown } = &*self.0;
        [("sent", sent), ("failed", failed), ("unknown", unknown)]
            .map(|(end, count)| (end, count.load(Ordering::Relaxed)))
    }

    pub(super) fn note(&self, ended: &Result<Sent, SendError>) {
        let count = match ended {
            Ok(_) => &self.0.sent,
            Err(SendError::Unknown { .. }) => &self.0.unknown,
            Err(_) => &self.0.failed,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}
