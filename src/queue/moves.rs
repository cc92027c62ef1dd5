//! What befalls many jobs at once: a clock that was set, and work that something else stands for now.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::Job;
use crate::db::DbError;

/// The clock was set by so much: what is due after that moment, and the leases of what runs, are moved
/// along.
pub async fn move_along(
    conn: &mut PgConnection,
    by: Duration,
    due_after: OffsetDateTime,
) -> Result<(), DbError> {
    sqlx::query!(
        "update jobs set run_at = run_at + make_interval(secs => $1),
                         lease_until = lease_until + make_interval(secs => $1)
         where (state = 'ready' and run_at > $2) or (state = 'running' and lease_until > $2)",
        by.as_seconds_f64(),
        due_after,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// These are done, whoever had them in hand: something else stands for them.
pub async fn replace(
    conn: &mut PgConnection,
    jobs: &[Job],
    now: OffsetDateTime,
) -> Result<(), DbError> {
    for job in jobs {
        sqlx::query!(
            "update jobs set state = 'done', finished_at = $3, lease_until = null
             where kind = $1 and dedup_key = $2 and state in ('ready', 'running')",
            job.kind(),
            job.dedup_key(),
            now,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}
