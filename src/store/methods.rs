//! One way to reach a person: found, ranked, proven, taken away, put back.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use super::people::{Method, MethodRow};
use crate::domain::id::{MethodId, PersonId};

/// One method, standing or taken away.
pub async fn find(conn: &mut PgConnection, id: MethodId) -> StoreResult<Option<Method>> {
    let row = sqlx::query_as!(
        MethodRow,
        "select id, person, channel, address, rank, verified_at, verified_by, failing_since,
                removed_at
         from contact_methods where id = $1",
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(MethodRow::method))
}

/// Takes a method away; its history stays.
pub async fn remove(conn: &mut PgConnection, id: MethodId, now: OffsetDateTime) -> StoreResult<()> {
    let done = sqlx::query!(
        "update contact_methods set removed_at = $2 where id = $1 and removed_at is null",
        id.0,
        now,
    )
    .execute(conn)
    .await?;
    super::one("contact_methods", &done)
}

/// Changes a method's rank.
pub async fn set_rank(conn: &mut PgConnection, id: MethodId, rank: i16) -> StoreResult<()> {
    let done = sqlx::query!("update contact_methods set rank = $2 where id = $1", id.0, rank)
        .execute(conn)
        .await?;
    super::one("contact_methods", &done)
}

/// Puts a method back as it was. False: another one has taken its place.
pub async fn restore(conn: &mut PgConnection, id: MethodId) -> StoreResult<bool> {
    let done = sqlx::query!(
        "update contact_methods m set removed_at = null
         where id = $1 and not exists (
             select from contact_methods other
             where other.person = m.person and other.channel = m.channel
               and other.address = m.address and other.removed_at is null and other.id <> m.id)",
        id.0,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that a method reaches its person, and who knows; that it failed before is over.
pub async fn verify(
    conn: &mut PgConnection,
    id: MethodId,
    by: PersonId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    let done = sqlx::query!(
        "update contact_methods set verified_at = $3, verified_by = $2, failing_since = null
         where id = $1 and removed_at is null",
        id.0,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    super::one("contact_methods", &done)
}
