//! Puts ended jobs down: those that end while one commit is under way share the next.

use tokio::sync::{mpsc, oneshot};

use crate::actions::{ActionError, ActionResult, DEADLINE};
use crate::clock::Clock;
use crate::db::Db;
use crate::queue::{self, Claimed, End};

/// How many jobs one commit puts down at most.
const AT_ONCE: usize = 128;

/// Takes ended jobs; cheap to clone. Ends when the last clone is gone.
#[derive(Debug, Clone)]
pub(super) struct Settler(mpsc::Sender<Ended>);

#[derive(Debug)]
struct Ended {
    claimed: Claimed,
    end: End,
    settled: oneshot::Sender<()>,
}

impl Settler {
    pub(super) fn start(db: Db, clock: Clock) -> Settler {
        let (sender, mut ended) = mpsc::channel(AT_ONCE);
        tokio::spawn(async move {
            let mut group = Vec::with_capacity(AT_ONCE);
            while ended.recv_many(&mut group, AT_ONCE).await > 0 {
                if let Err(error) = settle(&db, &clock, &mut group).await {
                    tracing::warn!(%error, "jobs were not put down; they run again");
                }
            }
        });
        Settler(sender)
    }

    /// Returns when the job was put down, or could not be: then it runs again when its lease lapsed.
    pub(super) async fn put_down(&self, claimed: Claimed, end: End) {
        let (settled, done) = oneshot::channel();
        if self.0.send(Ended { claimed, end, settled }).await.is_ok() {
            let _ = done.await; // dropped where it could not be put down
        }
    }
}

async fn settle(db: &Db, clock: &Clock, group: &mut Vec<Ended>) -> ActionResult<()> {
    let (ended, settled): (Vec<_>, Vec<_>) =
        group.drain(..).map(|one| ((one.claimed, one.end), one.settled)).unzip();
    let now = clock.now();
    db.transaction(DEADLINE, async |conn| {
        queue::settle(conn, &ended, now).await?;
        Ok::<_, ActionError>(())
    })
    .await?;
    for settled in settled {
        let _ = settled.send(()); // the job may have been taken away meanwhile
    }
    Ok(())
}
