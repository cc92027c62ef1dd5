//! The pool behind a deadline and a breaker.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgConnection, PgPool};
use tokio::time::timeout_at;
use tracing::{info, warn};

use super::breaker::{Breaker, Turn};
use super::budget::{self, Limits};
use super::error::{DbError, Faulty, is_fault};
use super::tx::Tx;

/// How long a caller waits for a free connection, at most, within its own deadline.
const ACQUIRE: Duration = Duration::from_secs(2);

/// How long a trial waits while the breaker is open.
const TRIAL: Duration = Duration::from_secs(2);

/// A way to the database; cheap to clone. It may exist before the database can be reached.
#[derive(Debug, Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    pool: OnceLock<PgPool>,
    breaker: Breaker,
}

impl Default for Db {
    fn default() -> Db {
        Db::away()
    }
}

impl Db {
    /// A database that is not reached yet: every call answers [`DbError::Away`].
    #[must_use]
    pub fn away() -> Db {
        Db { inner: Arc::default() }
    }

    /// From now on calls go there. A second call changes nothing.
    pub fn reached(&self, options: PgConnectOptions, connections: u32) {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        let _ = self.inner.pool.set(pool);
    }

    /// Whether there is a server to call yet.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.inner.pool.get().is_some()
    }

    /// Whether it answers, as far as is known: reached, and the breaker is closed.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.is_reached() && !self.inner.breaker.is_open()
    }

    /// The pool itself, for LISTEN and for migrations alone.
    #[must_use]
    pub fn pool(&self) -> Option<&PgPool> {
        self.inner.pool.get()
    }

    /// Runs `body` in a transaction that ends before `deadline` has passed.
    ///
    /// # Errors
    /// What the body says, after roll-back; else a [`DbError`] for what went wrong around it.
    pub async fn transaction<T, E, F>(&self, deadline: Duration, body: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut PgConnection) -> Result<T, E>,
        E: From<DbError> + Faulty,
    {
        let pool = self.inner.pool.get().ok_or(DbError::Away)?;
        let limits = budget::limits(deadline).ok_or(DbError::TimedOut)?;
        if self.inner.breaker.is_open() {
            if self.inner.breaker.is_due() {
                tokio::spawn(self.clone().try_again());
            }
            return Err(DbError::Away.into());
        }
        let begun = Instant::now();
        let result = run(pool, limits, body).await;
        budget::spend(begun.elapsed());
        self.note(result.as_ref().is_err_and(Faulty::is_fault));
        result
    }

    /// Tries the database while the breaker is open, so that no caller waits for it in vain.
    async fn try_again(self) {
        let Some(pool) = self.inner.pool.get() else { return };
        let end = Instant::now() + TRIAL;
        let tried: Result<(), DbError> =
            run(pool, Limits { begin: end, end }, async |_| Ok(())).await;
        self.note(tried.is_err());
    }

    fn note(&self, fault: bool) {
        match self.inner.breaker.note(fault) {
            Some(Turn::Opened) => warn!("the database does not answer; it is tried every 2 s"),
            Some(Turn::Closed) => info!("the database answers again"),
            None => {}
        }
    }

    /// Closes every connection.
    pub async fn close(&self) {
        if let Some(pool) = self.inner.pool.get() {
            pool.close().await;
        }
    }
}

async fn run<T, E, F>(pool: &PgPool, limits: Limits, body: F) -> Result<T, E>
where
    F: AsyncFnOnce(&mut PgConnection) -> Result<T, E>,
    E: From<DbError> + Faulty,
{
    let end = limits.end.into();
    let in_time = |_| DbError::TimedOut;
    let mut tx = timeout_at(limits.begin.into(), begin(pool)).await.map_err(in_time)??;

    let conn = tx.conn().map_err(DbError::from)?;
    match timeout_at(end, body(conn)).await.map_err(in_time)? {
        Ok(value) => {
            commit(tx, end).await?;
            Ok(value)
        }
        Err(error) => {
            if !error.is_fault()
                && timeout_at(end, tx.send("rollback")).await.is_ok_and(|r| r.is_ok())
            {
                tx.end();
            }
            Err(error)
        }
    }
}

/// Begins on a connection that works. One that died in the pool, with the server or on the way to
/// it, has done nothing yet, so the next is taken: of dead ones there are no more than the pool holds.
async fn begin(pool: &PgPool) -> Result<Tx, DbError> {
    let mut dead = 0;
    loop {
        let mut tx = Tx::own(pool.acquire().await.map_err(|error| shut(pool, error))?);
        match tx.send("begin").await {
            Ok(()) => return Ok(tx),
            Err(error) if is_fault(&error) && dead < pool.options().get_max_connections() => {
                dead += 1;
            }
            Err(error) => return Err(DbError::Refused(error)),
        }
    }
}

/// Why nobody was let in: all connections are at work, or there is no way in.
fn shut(pool: &PgPool, error: sqlx::Error) -> DbError {
    let full = pool.size() >= pool.options().get_max_connections() && pool.num_idle() == 0;
    match error {
        sqlx::Error::PoolTimedOut if full => DbError::Busy,
        error => DbError::Shut(error),
    }
}

async fn commit(mut tx: Tx, end: tokio::time::Instant) -> Result<(), DbError> {
    match timeout_at(end, tx.send("commit")).await {
        Ok(Ok(())) => {
            tx.end();
            Ok(())
        }
        Ok(Err(error)) if is_fault(&error) => Err(DbError::CommitUnknown(Some(error))),
        Ok(Err(error)) => Err(DbError::Refused(error)),
        Err(_) => Err(DbError::CommitUnknown(None)),
    }
}
