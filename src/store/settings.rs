//! Plain settings, by name.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::PersonId;

/// The value of that name.
pub async fn find(conn: &mut PgConnection, name: &str) -> StoreResult<Option<String>> {
    let found = sqlx::query_scalar!("select value from settings where name = $1", name)
        .fetch_optional(conn)
        .await?;
    Ok(found)
}

/// Holds every setting still until the transaction ends, also those that have no row yet.
pub async fn lock_all(conn: &mut PgConnection) -> StoreResult<()> {
    sqlx::query!("lock table settings in share row exclusive mode").execute(conn).await?;
    Ok(())
}

/// Sets or replaces it.
pub async fn put(
    conn: &mut PgConnection,
    name: &str,
    value: &str,
    by: PersonId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into settings (name, value, updated_at, updated_by) values ($1, $2, $3, $4)
         on conflict (name) do update set value = $2, updated_at = $3, updated_by = $4",
        name,
        value,
        now,
        by.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The sealed mail server and the plain sender, where both are set.
pub async fn mail(conn: &mut PgConnection) -> StoreResult<Option<(Vec<u8>, String)>> {
    let row = sqlx::query!(
        "select sealed, value from secrets, settings
         where secrets.name = 'smtp_url' and settings.name = 'mail_from'",
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.sealed, row.value)))
}
