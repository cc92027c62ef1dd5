//! The pool behind a deadline and a breaker.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgConnection, PgPool};
use tokio::time::timeout_at;

use super::breaker::Breaker;
use super::error::{DbError, Faulty};
use super::tx::Tx;

/// How long a caller waits for a free connection, at most, within its own deadline.
const ACQUIRE: Duration = Duration::from_secs(2);

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
        if !self.inner.breaker.lets_through() {
            return Err(DbError::Away.into());
        }
        let result = run(pool, Instant::now() + deadline, body).await;
        self.inner.breaker.note(result.as_ref().is_err_and(Faulty::is_fault));
        result
    }

    /// Closes every connection.
    pub async fn close(&self) {
        if let Some(pool) = self.inner.pool.get() {
            pool.close().await;
        }
    }
}

async fn run<T, E, F>(pool: &PgPool, end: Instant, body: F) -> Result<T, E>
where
    F: AsyncFnOnce(&mut PgConnection) -> Result<T, E>,
    E: From<DbError> + Faulty,
{
    let end = end.into();
    let in_time = |_| DbError::TimedOut;
    let conn = timeout_at(end, pool.acquire()).await.map_err(in_time)?.map_err(DbError::from)?;
    let mut tx = Tx::own(conn);
    timeout_at(end, tx.send("begin")).await.map_err(in_time)?.map_err(DbError::from)?;

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

async fn commit(mut tx: Tx, end: tokio::time::Instant) -> Result<(), DbError> {
    match timeout_at(end, tx.send("commit")).await {
        Ok(Ok(())) => {
            tx.end();
            Ok(())
        }
        Ok(Err(error @ sqlx::Error::Database(_))) => Err(DbError::Refused(error)),
        Ok(Err(error)) => Err(DbError::CommitUnknown(Some(error))),
        Err(_) => Err(DbError::CommitUnknown(None)),
    }
}
