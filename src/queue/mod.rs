//! Durable work: jobs are put in the transaction that causes them, claimed under a short lease,
//! and settled only by the attempt that holds it.

mod figures;
mod job;
mod moves;
mod press;
mod settle;

pub use figures::{Depth, Listed, depths, list, waits_since};
pub use job::Job;
pub use moves::{move_along, replace};
pub use press::{cancel, peek, run_now};
pub use settle::{End, settle};

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

/// What goes first of what is due: the graver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody is asked to come, for an incident of this level, 1 to 4.
    Page(u8),
    /// Something of Muster's own needs a person.
    Alarm,
    /// All else.
    Notice,
}

impl Urgency {
    /// Its place in the row: the lowest goes first.
    fn priority(self) -> i16 {
        match self {
            Urgency::Page(level) => 5 - i16::from(level.clamp(1, 4)),
            Urgency::Alarm => 3, // as a page of level 2
            Urgency::Notice => 5,
        }
    }
}

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
    (job, urgency): (&Job, Urgency),
    run_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into jobs (id, kind, args, dedup_key, priority, run_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (kind, dedup_key) where state in ('ready', 'running') do nothing",
        JobId::new(now).0,
        job.kind(),
        job.args(),
        job.dedup_key(),
        urgency.priority(),
        run_at,
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("select pg_notify('muster_jobs', '')").fetch_one(conn).await?;
    Ok(())
}

/// Takes at most `slots` due jobs, also those whose worker fell silent, the gravest first.
pub async fn claim(
    conn: &mut PgConnection,
    slots: i64,
    now: OffsetDateTime,
) -> Result<Vec<Claimed>, DbError> {
    let kinds: Vec<String> = Job::KINDS.iter().map(ToString::to_string).collect();
    // two readings, each in the order of an index of its own: one with "or" would sort all that wait
    let rows = sqlx::query!(
        "with ready as (
             select id, priority, run_at from jobs
             where state = 'ready' and run_at <= $1 and kind = any($3)
             order by priority, run_at, id limit $2 for update skip locked),
         lapsed as (
             select id, priority, run_at from jobs
             where state = 'running' and lease_until <= $1 and kind = any($3)
             order by lease_until limit $2 for update skip locked),
         due as (
             select id from (select * from ready union all select * from lapsed) as found
             order by priority, run_at, id limit $2)
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
