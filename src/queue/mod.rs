//! Durable work: jobs are put in the transaction that causes them, claimed under a short lease,
//! and settled only by the attempt that holds it.

mod figures;
mod job;
mod press;

pub use figures::{Depth, Listed, depths, list, waits_since};
pub use job::Job;
pub use press::{cancel, peek, run_now};

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use crate::db::DbError;
use crate::domain::id::JobId;

/// How long a worker owns a job without a sign of life.
pub const LEASE: Duration = Duration::seconds(10);

/// How long a job that was done is kept.
pub const DONE_KEPT: Duration = Duration::days(7);
/// How long a dead job is kept.
pub const DEAD_KEPT: Duration = Duration::days(90);

/// A job in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Which.
    pub id: JobId,
    /// Which attempt this is: a later one has taken the job away.
    pub attempt: i16,
    /// What is to be done; none where its arguments are damaged.
    pub job: Option<Job>,
}

/// Puts work for `run_at`; the same work, once it waits or runs, is not put twice.
pub async fn enqueue(
    conn: &mut PgConnection,
    job: &Job,
    run_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into jobs (id, kind, args, dedup_key, run_at, created_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (kind, dedup_key) where state in ('ready', 'running') do nothing",
        JobId::new(now).0,
        job.kind(),
        job.args(),
        job.dedup_key(),
        run_at,
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("select pg_notify('muster_jobs', '')").fetch_one(conn).await?;
    Ok(())
}

/// Takes at most `slots` due jobs, also those whose worker fell silent.
pub async fn claim(
    conn: &mut PgConnection,
    slots: i64,
    now: OffsetDateTime,
) -> Result<Vec<Claimed>, DbError> {
    let kinds: Vec<String> = Job::KINDS.iter().map(ToString::to_string).collect();
    let rows = sqlx::query!(
        "with due as (
             select id from jobs
             where kind = any($3) and ((state = 'ready' and run_at <= $1)
                or (state = 'running' and lease_until <= $1))
             order by priority, run_at, id limit $2 for update skip locked)
         update jobs set state = 'running', attempt = attempt + 1, lease_until = $4
         from due where jobs.id = due.id
         returning jobs.id, jobs.attempt, jobs.kind, jobs.args",
        now,
        slots,
        &kinds,
        now + LEASE,
    )
    .fetch_all(conn)
    .await?;
    let claimed = |id, attempt, job| Claimed { id: JobId(id), attempt, job };
    Ok(rows.into_iter().map(|r| claimed(r.id, r.attempt, Job::read(&r.kind, &r.args))).collect())
}

/// Prolongs the lease. False: the job is another's by now.
pub async fn heartbeat(
    conn: &mut PgConnection,
    claimed: &Claimed,
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "update jobs set lease_until = $3 where id = $1 and attempt = $2 and state = 'running'",
        claimed.id.0,
        claimed.attempt,
        now + LEASE,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts the job down as done, or as `dead` with what was wrong. False: it is another's by now.
pub async fn finish(
    conn: &mut PgConnection,
    claimed: &Claimed,
    dead: Option<&str>,
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "update jobs set state = $3, finished_at = $4, lease_until = null, last_error = $5
         where id = $1 and attempt = $2 and state = 'running'",
        claimed.id.0,
        claimed.attempt,
        if dead.is_some() { "dead" } else { "done" },
        now,
        dead,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts the job back for later. False: it is another's by now.
pub async fn retry(
    conn: &mut PgConnection,
    claimed: &Claimed,
    at: OffsetDateTime,
    problem: &str,
) -> Result<bool, DbError> {
    let done = sqlx::query!(
        "update jobs set state = 'ready', run_at = $3, lease_until = null, last_error = $4
         where id = $1 and attempt = $2 and state = 'running'",
        claimed.id.0,
        claimed.attempt,
        at,
        problem,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes up to `limit` jobs that ended so long ago that nobody asks for them any more, and says
/// how many: those done after [`DONE_KEPT`], dead ones after [`DEAD_KEPT`].
pub async fn prune(
    conn: &mut PgConnection,
    limit: i64,
    now: OffsetDateTime,
) -> Result<u64, DbError> {
    let done = sqlx::query!(
        "delete from jobs where id in (
             select id from jobs
             where (state = 'done' and finished_at <= $1) or (state = 'dead' and finished_at <= $2)
             limit $3)",
        now - DONE_KEPT,
        now - DEAD_KEPT,
        limit,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
