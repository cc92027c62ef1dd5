//! A pool connection in a transaction: given back only when that ended in order.

use sqlx::pool::PoolConnection;
use sqlx::{Executor, PgConnection, Postgres};

/// Owns a connection while a transaction runs on it. Dropped before [`Tx::end`], as when its
/// caller is cut off, it drops the socket: Postgres rolls back, and the pool has its slot again.
#[derive(Debug)]
pub(super) struct Tx {
    conn: Option<PoolConnection<Postgres>>,
}

impl Tx {
    /// Owns the connection before `begin` is sent, or a cut-off begin would keep its slot.
    pub(super) fn own(conn: PoolConnection<Postgres>) -> Tx {
        Tx { conn: Some(conn) }
    }

    /// The connection, for the statements of the transaction.
    pub(super) fn conn(&mut self) -> sqlx::Result<&mut PgConnection> {
        self.conn.as_deref_mut().ok_or(sqlx::Error::WorkerCrashed)
    }

    pub(super) async fn send(&mut self, statement: &'static str) -> sqlx::Result<()> {
        self.conn()?.execute(statement).await?;
        Ok(())
    }

    /// Gives the connection back: nothing is open on it any more.
    pub(super) fn end(mut self) {
        drop(self.conn.take());
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            drop(conn.detach());
        }
    }
}
