//! Which streams have grown, as Postgres tells on its own connection.

use sqlx::PgConnection;
use sqlx::postgres::{PgListener, PgPoolOptions};

use super::{StoreResult, corrupt};
use crate::db::{Db, DbError};
use crate::domain::id::StreamId;

const CHANNEL: &str = "muster_entries";

/// Tells every page of a stream that something changed, once the transaction commits.
pub async fn tell(conn: &mut PgConnection, stream: StreamId) -> StoreResult<()> {
    sqlx::query!("select pg_notify('muster_entries', $1)", stream.to_string())
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Hears of every new entry, over a connection that the pool never sees.
#[derive(Debug)]
pub struct Changes(PgListener);

impl Changes {
    /// Begins to listen.
    pub async fn listen(db: &Db) -> StoreResult<Changes> {
        let pool = db.pool().ok_or(DbError::Away)?;
        let options = pool.connect_options();
        let own = PgPoolOptions::new().max_connections(1).connect_lazy_with((*options).clone());
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(CHANNEL).await?;
        Ok(Changes(listener))
    }

    /// The next stream that grew. None: the connection broke, and changes may have been missed.
    pub async fn next(&mut self) -> StoreResult<Option<StreamId>> {
        let Some(told) = self.0.try_recv().await? else { return Ok(None) };
        let text = told.payload();
        let stream = text.parse().map_err(|_| corrupt(CHANNEL, text, "no stream has this name"))?;
        Ok(Some(stream))
    }
}
