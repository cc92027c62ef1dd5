//! Sealed secrets of third parties: written, opened by who needs them, never shown.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::PersonId;

/// A secret as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its sealed bytes.
    pub sealed: Vec<u8>,
    /// When it was last set.
    pub updated_at: OffsetDateTime,
}

/// The secret of that name.
pub async fn find(conn: &mut PgConnection, name: &str) -> StoreResult<Option<Secret>> {
    let found =
        sqlx::query_as!(Secret, "select sealed, updated_at from secrets where name = $1", name)
            .fetch_optional(conn)
            .await?;
    Ok(found)
}

/// Sets or replaces it.
pub async fn put(
    conn: &mut PgConnection,
    name: &str,
    sealed: &[u8],
    by: PersonId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into secrets (name, sealed, updated_at, updated_by) values ($1, $2, $3, $4)
         on conflict (name) do update set sealed = $2, updated_at = $3, updated_by = $4",
        name,
        sealed,
        now,
        by.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes it away; says whether there was one.
pub async fn remove(conn: &mut PgConnection, name: &str) -> StoreResult<bool> {
    let done = sqlx::query!("delete from secrets where name = $1", name).execute(conn).await?;
    Ok(done.rows_affected() > 0)
}
