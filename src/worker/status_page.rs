//! Keeps the status page true: at once when told, by a look every 5 s, and each 5 min.

use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::actions::publishing;
use crate::clock::Clock;
use crate::db::Db;
use crate::publish::Published;

/// How long a connection to listen by may take.
const CONNECTING: Duration = Duration::from_secs(5);

/// How often it is seen to, told or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Whether something changed is looked up so often.
    pub look: Duration,
    /// Changed or not, it is made anew so often: it tells its age.
    pub renew: Duration,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { look: Duration::from_secs(5), renew: Duration::from_secs(300) }
    }
}

/// Renews the page until told to stop.
pub async fn keep(db: Db, published: Published, clock: Clock, pace: Pace, stop: CancellationToken) {
    let mut listener = None;
    let mut made: Option<Instant> = None;
    while !stop.is_cancelled() {
        let due = made.is_none_or(|at| at.elapsed() >= pace.renew);
        let stale =
            due || publishing::is_stale(&db, &published, clock.now()).await.unwrap_or(false);
        if stale && renew(&db, &published, &clock).await {
            made = Some(Instant::now());
        }
        if listener.is_none() {
            listener = listen(&db).await;
        }
        let told = told(&mut listener);
        tokio::select! {
            () = stop.cancelled() => return,
            _ = timeout(pace.look, told) => {}
        }
    }
}

/// Whether the page is new; one whose folder can't be written is new, and says so in the log.
async fn renew(db: &Db, published: &Published, clock: &Clock) -> bool {
    match publishing::renew(db, published, clock.now()).await {
        Ok(Ok(())) => true,
        Ok(Err(fault)) => {
            tracing::error!(error = %fault, "the status page could not be renewed");
            true
        }
        Err(fault) => {
            tracing::warn!(error = %fault, "the status page keeps its age");
            false
        }
    }
}

async fn listen(db: &Db) -> Option<PgListener> {
    let pool = db.pool()?;
    let opened = timeout(CONNECTING, async {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen("muster_public").await?;
        Ok::<_, sqlx::Error>(listener)
    });
    opened.await.ok()?.ok()
}

/// Returns when something public changed; never without a connection.
async fn told(listener: &mut Option<PgListener>) {
    let Some(open) = listener else { return std::future::pending().await };
    if open.recv().await.is_err() {
        *listener = None;
        std::future::pending().await
    }
}
