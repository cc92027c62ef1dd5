//! Putting jobs down, many in one commit.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Claimed;
use crate::db::DbError;
use crate::domain::id::JobId;

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It is done.
    Done,
    /// It is given up, and why.
    Dead(String),
    /// It runs again at that time, because of that.
    Again(OffsetDateTime, String),
}

impl End {
    fn state(&self) -> &'static str {
        match self {
            End::Done => "done",
            End::Dead(_) => "dead",
            End::Again(..) => "ready",
        }
    }

    fn run_at(&self) -> Option<OffsetDateTime> {
        match self {
            End::Again(at, _) => Some(*at),
            End::Done | End::Dead(_) => None,
        }
    }

    fn problem(&self) -> Option<String> {
        match self {
            End::Done => None,
            End::Dead(why) | End::Again(_, why) => Some(why.clone()),
        }
    }
}

/// Puts jobs down, and gives those that were still theirs who say so: the others are another
/// attempt's by now, and stay as they are.
pub async fn settle(
    conn: &mut PgConnection,
    ended: &[(Claimed, End)],
    now: OffsetDateTime,
) -> Result<Vec<JobId>, DbError> {
    let ids: Vec<Uuid> = ended.iter().map(|(claimed, _)| claimed.id.0).collect();
    let attempts: Vec<i16> = ended.iter().map(|(claimed, _)| claimed.attempt).collect();
    let states: Vec<String> = ended.iter().map(|(_, end)| end.state().to_owned()).collect();
    let run_ats: Vec<_> = ended.iter().map(|(_, end)| end.run_at()).collect();
    let problems: Vec<_> = ended.iter().map(|(_, end)| end.problem()).collect();
    let held = sqlx::query_scalar!(
        "update jobs set state = ended.state, run_at = coalesce(ended.run_at, jobs.run_at),
             finished_at = case when ended.state <> 'ready' then $6::timestamptz end,
             lease_until = null, last_error = ended.problem
         from unnest($1::uuid[], $2::smallint[], $3::text[], $4::timestamptz[], $5::text[])
             as ended (id, attempt, state, run_at, problem)
         where jobs.id = ended.id and jobs.attempt = ended.attempt and jobs.state = 'running'
         returning jobs.id",
        &ids,
        &attempts,
        &states,
        &run_ats as &[Option<OffsetDateTime>],
        &problems as &[Option<String>],
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(held.into_iter().map(JobId).collect())
}
