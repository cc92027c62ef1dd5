//! Tells the outside watch each minute that Muster lives, and only while it does: a worker that
//! turns, and a database that answers. A watch that fails holds up nothing.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::actions::vitals;
use crate::db::Db;
use crate::notify::Heartbeat;
use crate::pulse::Pulse;

/// How old the worker's last turn may be; it turns each second.
const ALIVE: Duration = Duration::from_secs(30);

/// What is listened to, and who is told.
#[derive(Clone)]
pub struct Heart {
    /// A way to the database of its own.
    pub db: Db,
    /// The worker's turns.
    pub worker: Pulse,
    /// Beats whenever the watch heard it.
    pub heard: Pulse,
    /// The watch.
    pub watch: Heartbeat,
}

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The watch is told so often.
    pub beat: Duration,
    /// The log says at most so often that it was not.
    pub complaint: Duration,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { beat: Duration::from_secs(60), complaint: Duration::from_secs(600) }
    }
}

/// Tells it until `stop`, for the first time as soon as the worker has turned.
pub async fn keep(heart: Heart, pace: Pace, stop: CancellationToken) {
    let mut complaints = Complaints { every: pace.complaint, last: None };
    let beating = async {
        heart.worker.begun().await;
        let mut minute = interval(pace.beat);
        minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            minute.tick().await;
            if let Err(why) = beat(&heart).await
                && complaints.may_speak(Instant::now())
            {
                tracing::warn!(why, "the outside watch was not told that Muster lives");
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = beating => {}
    }
}

async fn beat(heart: &Heart) -> Result<(), String> {
    let turned = heart.worker.age().filter(|age| *age <= ALIVE);
    turned.ok_or_else(|| format!("the worker has not turned for {ALIVE:?}"))?;
    vitals::answers(&heart.db).await.map_err(|error| error.to_string())?;
    heart.watch.beat().await.map_err(|error| error.to_string())?;
    heart.heard.beat();
    Ok(())
}

/// Keeps a fault that lasts from filling the log.
struct Complaints {
    every: Duration,
    last: Option<Instant>,
}

impl Complaints {
    fn may_speak(&mut self, now: Instant) -> bool {
        let may = self.last.is_none_or(|last| now.duration_since(last) >= self.every);
        if may {
            self.last = Some(now);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_that_lasts_is_said_once_in_ten_minutes() {
        let mut complaints = Complaints { every: Pace::default().complaint, last: None };
        let start = Instant::now();
        let minutes = (0..25).map(|minute| start + Duration::from_secs(minute * 60));

        let said: Vec<bool> = minutes.map(|now| complaints.may_speak(now)).collect();

        assert_eq!(said.iter().filter(|said| **said).count(), 3, "at 0, 10 and 20: {said:?}");
        assert!(said[0] && said[10] && said[20]);
    }
}
