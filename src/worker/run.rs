//! The loop: looks whenever something may be due, and holds up nothing for what takes long.

use sqlx::postgres::PgListener;
use tokio::time::{Duration, Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::turn::{self, Hands};
use super::{Toolbox, prune};

const POLL: Duration = Duration::from_secs(1);
const PRUNING: Duration = Duration::from_secs(3600);

/// Works until `stop`, then finishes what it has begun. A dead database is waited for.
pub async fn run(toolbox: Toolbox, stop: CancellationToken) {
    let (mut hints, mut pruned) = (None, None::<Instant>);
    let mut hands = Hands::new(&toolbox);
    let mut moves = toolbox.clock.moves();
    while !stop.is_cancelled() {
        match turn::begin(&toolbox, &mut hands).await {
            Ok(done) => {
                toolbox.pulse.beat();
                if done > 0 {
                    continue;
                }
            }
            Err(error) => tracing::debug!(%error, "the worker waits for the database"),
        }
        if hints.is_none() {
            hints = listen(&toolbox).await;
        }
        if pruned.is_none_or(|at| at.elapsed() >= PRUNING) && prune(&toolbox).await.is_ok() {
            pruned = Some(Instant::now());
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = sleep(POLL) => {}
            _ = moves.changed() => {}
            () = hint(&mut hints) => {}
            () = hands.one_done() => {}
        }
    }
    hands.all_done().await;
}

async fn listen(toolbox: &Toolbox) -> Option<PgListener> {
    let pool = toolbox.db.pool().filter(|_| toolbox.db.is_well())?;
    let mut listener =
        tokio::time::timeout(POLL, PgListener::connect_with(pool)).await.ok()?.ok()?;
    tokio::time::timeout(POLL, listener.listen("muster_jobs")).await.ok()?.ok()?;
    Some(listener)
}

/// Waits for a hint; a lost listener is none, and polling goes on.
async fn hint(hints: &mut Option<PgListener>) {
    match hints {
        Some(listener) => {
            if listener.recv().await.is_err() {
                *hints = None;
            }
        }
        None => std::future::pending().await,
    }
}
