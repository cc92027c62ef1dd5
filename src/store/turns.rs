//! When a worker last looked for work: one row, in the database's time.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::StoreResult;

/// When a worker last did; none where none ever has.
pub async fn last(conn: &mut PgConnection) -> StoreResult<Option<OffsetDateTime>> {
    Ok(sqlx::query_scalar!("select last_at from worker_turns").fetch_optional(conn).await?)
}

/// The same, and no other server changes it until the transaction ends.
pub async fn lock(conn: &mut PgConnection) -> StoreResult<Option<OffsetDateTime>> {
    let last = sqlx::query_scalar!("select last_at from worker_turns for update");
    Ok(last.fetch_optional(conn).await?)
}

/// Since when one has looked at least each minute; none where none ever has.
pub async fn unbroken_since(conn: &mut PgConnection) -> StoreResult<Option<OffsetDateTime>> {
    let since = sqlx::query_scalar!("select unbroken_since from worker_turns");
    Ok(since.fetch_optional(conn).await?.flatten())
}

/// A worker has looked; who notes an earlier time than another changes nothing.
pub async fn note(conn: &mut PgConnection, now: OffsetDateTime) -> StoreResult<()> {
    sqlx::query!(
        "insert into worker_turns as turns (last_at, unbroken_since) values ($1, $1)
         on conflict (one) do update set
             last_at = greatest(turns.last_at, excluded.last_at),
             unbroken_since = case
                 when excluded.last_at - turns.last_at < interval '1 minute'
                 then coalesce(turns.unbroken_since, excluded.last_at)
                 else excluded.last_at end",
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The clock was set by so much: what paging counts in minutes and is due after that moment is moved
/// along with it, or it would come so much too late or too early; so are the hours that somebody has
/// commanded. What is a time of day that people read stays.
pub async fn move_along(
    conn: &mut PgConnection,
    by: Duration,
    due_after: OffsetDateTime,
    now: OffsetDateTime,
) -> StoreResult<()> {
    let by = by.as_seconds_f64();
    sqlx::query!("update worker_turns set last_at = $1, unbroken_since = $1", now)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "update incidents set held_until = held_until + make_interval(secs => $1)
         where held_until > $2",
        by,
        due_after,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update incidents set commander_since = commander_since + make_interval(secs => $1)
         where commander_since is not null and ended_at is null",
        by,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update chains set started_at = started_at + make_interval(secs => $1)
         where started_at > $2",
        by,
        due_after,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update responders set
             paged_at = paged_at
                 + make_interval(secs => case when paged_at > $2 then $1::float8 else 0 end),
             active_at = active_at
                 + make_interval(secs => case when active_at > $2 then $1::float8 else 0 end)
         where paged_at > $2 or active_at > $2",
        by,
        due_after,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update clocks set due_at = due_at + make_interval(secs => $1)
         where due_at > $2 and fired_at is null and done_at is null
           and kind in ('escalate', 'silent', 'publish')",
        by,
        due_after,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update deliveries set send_at = send_at + make_interval(secs => $1)
         where send_at > $2 and settled_at is null",
        by,
        due_after,
    )
    .execute(conn)
    .await?;
    Ok(())
}
