//! The right to approve, as it was granted each time.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::grant::Grant;
use crate::domain::id::{GrantId, PersonId};

/// The person's standing grant, suspended or not.
pub async fn standing(conn: &mut PgConnection, person: PersonId) -> StoreResult<Option<Grant>> {
    let row = sqlx::query_as!(
        Grant,
        "select id, person, granted_at, suspended_at from grants
         where person = $1 and revoked_at is null",
        person.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// Every standing grant, suspended or not.
pub async fn all(conn: &mut PgConnection) -> StoreResult<Vec<Grant>> {
    let rows = sqlx::query_as!(
        Grant,
        "select id, person, granted_at, suspended_at from grants where revoked_at is null",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Keeps a new grant.
pub async fn insert(
    conn: &mut PgConnection,
    grant: &Grant,
    by: Option<PersonId>,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into grants (id, person, granted_at, granted_by) values ($1, $2, $3, $4)",
        grant.id.0,
        grant.person.0,
        grant.granted_at,
        by.map(|by| by.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Suspends the grant until another owner grants the right anew.
pub async fn suspend(conn: &mut PgConnection, id: GrantId, now: OffsetDateTime) -> StoreResult<()> {
    let done = sqlx::query!("update grants set suspended_at = $2 where id = $1", id.0, now)
        .execute(conn)
        .await?;
    super::one("grants", &done)
}

/// Takes the grant back for good.
pub async fn revoke(conn: &mut PgConnection, id: GrantId, now: OffsetDateTime) -> StoreResult<()> {
    let done = sqlx::query!("update grants set revoked_at = $2 where id = $1", id.0, now)
        .execute(conn)
        .await?;
    super::one("grants", &done)
}
