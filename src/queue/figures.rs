//! How the queue stands, for owners and for who watches.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::Job;
use crate::db::DbError;
use crate::domain::id::JobId;

/// How many jobs of one kind are in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depth {
    /// Their kind's name.
    pub kind: String,
    /// `ready`, `running` or `dead`.
    pub state: String,
    /// How many.
    pub count: i64,
}

/// A job that has not been done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub id: JobId,
    /// Its kind's name.
    pub kind: String,
    /// What is to be done; none where this release can't read it.
    pub job: Option<Job>,
    /// How often it was begun.
    pub attempt: i16,
    /// When it was put there.
    pub created_at: OffsetDateTime,
    /// When it is to run.
    pub run_at: OffsetDateTime,
    /// When it died.
    pub finished_at: Option<OffsetDateTime>,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// How many jobs are to be done, by kind and state.
pub async fn depths(conn: &mut PgConnection) -> Result<Vec<Depth>, DbError> {
    let depths = sqlx::query_as!(
        Depth,
        r#"select kind, state, count(*) as "count!" from jobs
           where state <> 'done' group by kind, state order by kind, state"#,
    );
    Ok(depths.fetch_all(conn).await?)
}

/// Since when the job waits that should have been taken first: one that is due, or whose worker
/// fell silent.
pub async fn waits_since(
    conn: &mut PgConnection,
    now: OffsetDateTime,
) -> Result<Option<OffsetDateTime>, DbError> {
    let kinds: Vec<String> = Job::KINDS.iter().map(ToString::to_string).collect();
    let since = sqlx::query_scalar!(
        "select min(case state when 'ready' then run_at else lease_until end) from jobs
         where kind = any($2) and ((state = 'ready' and run_at <= $1)
            or (state = 'running' and lease_until <= $1))",
        now,
        &kinds,
    )
    .fetch_one(conn)
    .await?;
    Ok(since)
}

/// The jobs of one state: what is to run first, or died last, comes first.
pub async fn list(
    conn: &mut PgConnection,
    state: &str,
    limit: i64,
) -> Result<Vec<Listed>, DbError> {
    let rows = sqlx::query!(
        "select id, kind, args, attempt, created_at, run_at, finished_at, last_error from jobs
         where state = $1 and state <> 'done' order by finished_at desc, run_at, id limit $2",
        state,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let listed = rows.into_iter().map(|row| Listed {
        id: JobId(row.id),
        job: Job::read(&row.kind, &row.args),
        kind: row.kind,
        attempt: row.attempt,
        created_at: row.created_at,
        run_at: row.run_at,
        finished_at: row.finished_at,
        last_error: row.last_error,
    });
    Ok(listed.collect())
}
