//! Who is signed in: tokens stand here as hashes alone.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::PersonId;

/// One sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub person: PersonId,
    /// When it began.
    pub created_at: OffsetDateTime,
    /// When it was last used, to the minute.
    pub seen_at: OffsetDateTime,
    /// When the password was last typed in it.
    pub stepped_up_at: OffsetDateTime,
}

/// The session of a token's hash.
pub async fn find(conn: &mut PgConnection, hash: &[u8; 32]) -> StoreResult<Option<Session>> {
    let row = sqlx::query!(
        "select person, created_at, seen_at, stepped_up_at from sessions where token_hash = $1",
        &hash[..],
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Session {
        person: PersonId(row.person),
        created_at: row.created_at,
        seen_at: row.seen_at,
        stepped_up_at: row.stepped_up_at,
    }))
}

/// Begins a session.
pub async fn insert(
    conn: &mut PgConnection,
    hash: &[u8; 32],
    person: PersonId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into sessions (token_hash, person, created_at, seen_at, stepped_up_at)
         values ($1, $2, $3, $3, $3)",
        &hash[..],
        person.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that it was used; one that began ahead of the clock, by a wrong one, begins now.
pub async fn touch(
    conn: &mut PgConnection,
    hash: &[u8; 32],
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update sessions set seen_at = $2, created_at = least(created_at, $2)
         where token_hash = $1",
        &hash[..],
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that the password was typed again.
pub async fn step_up(
    conn: &mut PgConnection,
    hash: &[u8; 32],
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!("update sessions set stepped_up_at = $2 where token_hash = $1", &hash[..], now)
        .execute(conn)
        .await?;
    Ok(())
}

/// No password that was typed so far counts any more: a clock that was set back would pass that
/// time again.
pub async fn forget_step_ups(conn: &mut PgConnection) -> StoreResult<()> {
    sqlx::query!("update sessions set stepped_up_at = to_timestamp(0)").execute(conn).await?;
    Ok(())
}

/// Ends one session.
pub async fn end(conn: &mut PgConnection, hash: &[u8; 32]) -> StoreResult<()> {
    sqlx::query!("delete from sessions where token_hash = $1", &hash[..]).execute(conn).await?;
    Ok(())
}

/// Ends all of a person's sessions but, where given, one.
pub async fn end_all(
    conn: &mut PgConnection,
    person: PersonId,
    but: Option<&[u8; 32]>,
) -> StoreResult<()> {
    sqlx::query!(
        "delete from sessions
         where person = $1 and ($2::bytea is null or token_hash <> $2)",
        person.0,
        but.map(|hash| &hash[..]),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many sessions the person has that were used and begun since then.
pub async fn count(
    conn: &mut PgConnection,
    person: PersonId,
    seen_since: OffsetDateTime,
    begun_since: OffsetDateTime,
) -> StoreResult<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from sessions
           where person = $1 and seen_at >= $2 and created_at >= $3"#,
        person.0,
        seen_since,
        begun_since,
    )
    .fetch_one(conn)
    .await?;
    Ok(count)
}

/// Whether the person has a duty in an open incident: their session does not expire.
pub async fn has_duty(conn: &mut PgConnection, person: PersonId) -> StoreResult<bool> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from duties d join incidents i on i.id = d.incident
                          where d.person = $1 and d.until is null and i.ended_at is null)
           as "found!""#,
        person.0,
    )
    .fetch_one(conn)
    .await?;
    Ok(found)
}

/// Ends everybody's sessions.
pub async fn end_everybodys(conn: &mut PgConnection) -> StoreResult<()> {
    sqlx::query!("delete from sessions").execute(conn).await?;
    Ok(())
}
