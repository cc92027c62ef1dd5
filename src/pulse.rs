//! When something last went well, by monotonic time: what beats it and who asks are strangers.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// The last beat of something; clones share it.
#[derive(Debug, Clone)]
pub struct Pulse(watch::Sender<Option<Instant>>);

impl Default for Pulse {
    fn default() -> Pulse {
        Pulse(watch::Sender::new(None))
    }
}

impl Pulse {
    /// It went well just now.
    pub fn beat(&self) {
        self.0.send_replace(Some(Instant::now()));
    }

    /// How long ago it last went well; none where it never did.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.0.borrow().map(|at| at.elapsed())
    }

    /// Waits until it has gone well once.
    pub async fn begun(&self) {
        let _ = self.0.subscribe().wait_for(Option::is_some).await; // the sender is held here
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_never_went_well_has_no_age_and_a_beat_begins_it_anew() {
        let pulse = Pulse::default();
        assert_eq!(pulse.age(), None);

        let other = pulse.clone();
        tokio::join!(pulse.begun(), async { other.beat() });

        assert!(pulse.age().unwrap() < Duration::from_secs(60));
    }
}
