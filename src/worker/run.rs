//! The loop: a round whenever something may be due.

use sqlx::postgres::PgListener;
use tokio::time::{Duration, sleep};
use tokio_util::sync::CancellationToken;

use super::{Toolbox, turn};

const POLL: Duration = Duration::from_secs(1);

/// Works until `stop`; a round that has begun is finished. A dead database is waited for.
pub async fn run(toolbox: Toolbox, stop: CancellationToken) {
    let mut hints = None;
    let mut moves = toolbox.clock.moves();
    while !stop.is_cancelled() {
        match turn(&toolbox).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::debug!(%error, "the worker waits for the database"),
        }
        if hints.is_none() {
            hints = listen(&toolbox).await;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(POLL) => {}
            _ = moves.changed() => {}
            () = hint(&mut hints) => {}
        }
    }
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
