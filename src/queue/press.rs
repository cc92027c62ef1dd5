//! What owners do with a job by hand. Each names the attempt that they saw: whoever was quicker,
//! person or worker, wins.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::Job;
use crate::db::DbError;
use crate::domain::id::JobId;

/// What a job that waits or is dead is to do; none where there is no such job of that attempt, and
/// inside it none where this release can't read it.
pub async fn peek(
    conn: &mut PgConnection,
    id: JobId,
    attempt: i16,
) -> Result<Option<Option<Job>>, DbError> {
    let row = sqlx::query!(
        "select kind, args from jobs
         where id = $1 and attempt = $2 and state in ('ready', 'dead')",
        id.0,
        attempt,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Job::read(&row.kind, &row.args)))
}

/// Has a job that waits or is dead run now. False: somebody was quicker.
pub async fn run_now(
    conn: &mut PgConnection,
    id: JobId,
    attempt: i16,
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "update jobs set state = 'ready', run_at = least(run_at, $3), finished_at = null
         where id = $1 and attempt = $2
           and (state = 'dead' or (state = 'ready' and run_at > $3))",
        id.0,
        attempt,
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("select pg_notify('muster_jobs', '')").fetch_one(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// Puts a job that waits or is dead away; it counts as done. False: somebody was quicker.
pub async fn cancel(
    conn: &mut PgConnection,
    id: JobId,
    attempt: i16,
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "update jobs set state = 'done', finished_at = $3
         where id = $1 and attempt = $2 and state in ('ready', 'dead')",
        id.0,
        attempt,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
