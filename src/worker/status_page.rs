//! Keeps the status page true: at once when told, by a look every 5 s, and each 5 min.

use std::error::Error;
use std::mem;
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
    let mut unwritten = false;
    while !stop.is_cancelled() {
        let due = made.is_none_or(|at| at.elapsed() >= pace.renew);
        let stale =
            due || publishing::is_stale(&db, &published, clock.now()).await.unwrap_or(false);
        if stale {
            let whole = renew(&db, &published, &clock, &mut unwritten).await;
            made = whole.then(Instant::now); // else it is tried again at the next look
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

/// Whether page and files are new. A page whose folder can't be written is served all the same; the
/// log says it once, and once when it is mended.
async fn renew(db: &Db, published: &Published, clock: &Clock, unwritten: &mut bool) -> bool {
    match publishing::renew(db, published, clock.now()).await {
        Ok(Ok(())) => {
            if mem::take(unwritten) {
                tracing::info!("the status page is written again");
            }
            true
        }
        Ok(Err(fault)) => {
            if !mem::replace(unwritten, true) {
                let error = &fault as &dyn Error;
                tracing::error!(
                    error,
                    "the status page could not be renewed; each look tries again"
                );
            }
            false
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
