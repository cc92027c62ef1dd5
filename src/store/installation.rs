//! The one row that says which installation this database is.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::StreamId;

/// Which installation this is. Its id is that of its own stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Its identity, and its stream's.
    pub id: StreamId,
    /// Fingerprint of the key ring that seals it.
    pub ring_fingerprint: String,
}

/// Reads it; none on an empty database.
pub async fn find(conn: &mut PgConnection) -> StoreResult<Option<Installation>> {
    let row =
        sqlx::query!("select id, ring_fingerprint from installation").fetch_optional(conn).await?;
    Ok(row.map(|row| Installation { id: StreamId(row.id), ring_fingerprint: row.ring_fingerprint }))
}

/// Keeps the first sight of it. Another server may have been quicker; then this changes nothing.
pub async fn create(
    conn: &mut PgConnection,
    installation: &Installation,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let made = sqlx::query!(
        "insert into installation (id, ring_fingerprint, epoch, created_at)
         values ($1, $2, 1, $3) on conflict do nothing",
        installation.id.0,
        installation.ring_fingerprint,
        now,
    )
    .execute(conn)
    .await?;
    Ok(made.rows_affected() == 1)
}

/// Since when nothing leaves, because the database is an old copy; none: it is not.
pub async fn quarantined_at(conn: &mut PgConnection) -> StoreResult<Option<OffsetDateTime>> {
    let row =
        sqlx::query_scalar!("select quarantined_at from installation").fetch_optional(conn).await?;
    Ok(row.flatten())
}

/// When an owner last let an old copy go on.
pub async fn released_at(conn: &mut PgConnection) -> StoreResult<Option<OffsetDateTime>> {
    let row =
        sqlx::query_scalar!("select released_at from installation").fetch_optional(conn).await?;
    Ok(row.flatten())
}

/// From now on nothing leaves. False: nothing did already.
pub async fn quarantine(conn: &mut PgConnection, now: OffsetDateTime) -> StoreResult<bool> {
    let done = sqlx::query!(
        "update installation set quarantined_at = $1 where quarantined_at is null",
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// It goes on. False: it did already.
pub async fn release(conn: &mut PgConnection, now: OffsetDateTime) -> StoreResult<bool> {
    let done = sqlx::query!(
        "update installation set quarantined_at = null, released_at = $1
         where quarantined_at is not null",
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
