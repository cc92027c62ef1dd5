//! How often something was done within a window of time.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;

/// Counts one more, and returns how many there were before, and when the last was. Who counts at the
/// same time waits.
pub async fn add(
    conn: &mut PgConnection,
    subject: &[u8],
    window_start: OffsetDateTime,
    now: OffsetDateTime,
) -> StoreResult<(i32, Option<OffsetDateTime>)> {
    let row = sqlx::query!(
        r#"with before as (
               select last_at from tallies where subject = $1 and window_start = $2 for update
           )
           insert into tallies (subject, window_start, count, last_at) values ($1, $2, 1, $3)
           on conflict (subject, window_start)
           do update set count = tallies.count + 1, last_at = excluded.last_at
           returning count, (select last_at from before) as "last_at?""#,
        subject,
        window_start,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.count - 1, row.last_at))
}

/// Counts one less: it was none after all.
pub async fn take_back(
    conn: &mut PgConnection,
    subject: &[u8],
    window_start: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "with last as (delete from tallies where subject = $1 and window_start = $2 and count = 1)
         update tallies set count = count - 1
         where subject = $1 and window_start = $2 and count > 1",
        subject,
        window_start,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets some that began before then; returns how many.
pub async fn prune(
    conn: &mut PgConnection,
    before: OffsetDateTime,
    at_once: i64,
) -> StoreResult<u64> {
    let done = sqlx::query!(
        "delete from tallies where (subject, window_start) in
             (select subject, window_start from tallies where window_start < $1 limit $2)",
        before,
        at_once,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
