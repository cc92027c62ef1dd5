//! One round of work.

use tokio::task::JoinSet;
use tokio::time::{Duration, MissedTickBehavior, interval};

use super::{Toolbox, send_delivery};
use crate::actions::{self, ActionError, ActionResult, DEADLINE, quarantine};
use crate::queue::{self, Claimed, Job};

/// How much is sent at once by one channel; there is one channel so far.
const SLOTS: usize = 32;
const HEARTBEAT: Duration = Duration::from_secs(3);

/// Fires all due clocks and begins due jobs, as many as there are free slots beside those that run
/// already; returns how much it did.
pub(super) async fn begin(toolbox: &Toolbox, running: &mut JoinSet<()>) -> ActionResult<usize> {
    let now = toolbox.clock.now();
    let fired = actions::clocks::fire_due(&toolbox.db, now).await?;
    let free = SLOTS.saturating_sub(running.len());
    let claimed = toolbox
        .db
        .transaction(DEADLINE, async |conn| {
            if quarantine::is_on(conn).await? {
                return Ok(Vec::new());
            }
            let free = i64::try_from(free).unwrap_or(i64::MAX);
            Ok::<_, ActionError>(queue::claim(conn, free, now).await?)
        })
        .await?;
    let count = fired + claimed.len();
    for claimed in claimed {
        running.spawn(perform(toolbox.clone(), claimed));
    }
    Ok(count)
}

/// One round to its end, for who works without a loop; returns how much it did.
pub async fn turn(toolbox: &Toolbox) -> ActionResult<usize> {
    let mut running = JoinSet::new();
    let count = begin(toolbox, &mut running).await?;
    while running.join_next().await.is_some() {}
    Ok(count)
}

/// A job that cannot be settled for want of the database runs again when its lease has lapsed.
async fn perform(toolbox: Toolbox, claimed: Claimed) {
    let ended = tokio::select! {
        ended = body(&toolbox, &claimed) => ended,
        () = lease_lost(&toolbox, &claimed) => return,
    };
    if let Err(error) = ended {
        tracing::warn!(job.id = %claimed.id, %error, "a job did not end; it runs again");
    }
}

async fn body(toolbox: &Toolbox, claimed: &Claimed) -> ActionResult<()> {
    match claimed.job {
        Some(Job::SendDelivery { delivery }) => {
            send_delivery::run(toolbox, claimed, delivery).await
        }
        None => {
            let now = toolbox.clock.now();
            let dead = Some("its arguments are damaged");
            toolbox
                .db
                .transaction(DEADLINE, async |conn| {
                    queue::finish(conn, claimed, dead, now).await?;
                    Ok(())
                })
                .await
        }
    }
}

/// Prolongs the lease while the body runs; returns once the job is another's.
async fn lease_lost(toolbox: &Toolbox, claimed: &Claimed) {
    let mut beat = interval(HEARTBEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.tick().await;
    loop {
        beat.tick().await;
        let now = toolbox.clock.now();
        let kept = toolbox
            .db
            .transaction(DEADLINE, async |conn| {
                Ok::<_, ActionError>(queue::heartbeat(conn, claimed, now).await?)
            })
            .await;
        if matches!(kept, Ok(false)) {
            return;
        }
    }
}
