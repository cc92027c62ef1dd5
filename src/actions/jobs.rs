//! Muster's own work, for owners: what waits, runs and was given up; run it now, or cancel it.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::sessions::SignedIn;
use super::{ActionError, ActionResult, DEADLINE, paging, timeline};
use crate::db::{Db, DbError};
use crate::domain::id::JobId;
use crate::domain::timeline::Kind;
use crate::queue::{self, Depth, Job, Listed};
use crate::store;
use crate::store::sends::Subject;

/// How many of each state are shown.
pub const SHOWN: i64 = 50;
const QUICKER: &str = "somebody was quicker: this work runs, or has ended, or was tried again";
const TWICE: &str = "the same work waits already; cancel this one instead";

/// All work that is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// What was given up, last first.
    pub dead: Part,
    /// What is being done.
    pub running: Part,
    /// What is to be done, next first.
    pub waiting: Part,
}

/// The work of one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// How much there is.
    pub count: i64,
    /// The first [`SHOWN`].
    pub jobs: Vec<Seen>,
}

/// One job, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The job.
    pub job: Listed,
    /// What it sends, and to whom; none where that is not known.
    pub subject: Option<Subject>,
}

/// Which job, and at which attempt it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pressed {
    /// Which.
    pub id: JobId,
    /// Its attempt, as the page showed it.
    pub attempt: i16,
}

/// Reads all work, of one moment.
///
/// # Errors
/// When the database does not answer.
pub async fn read(db: &Db) -> ActionResult<Work> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let depths = queue::depths(conn).await?;
        Ok(Work {
            dead: part(conn, &depths, "dead").await?,
            running: part(conn, &depths, "running").await?,
            waiting: part(conn, &depths, "ready").await?,
        })
    })
    .await
}

async fn part(conn: &mut PgConnection, depths: &[Depth], state: &str) -> ActionResult<Part> {
    let jobs = queue::list(conn, state, SHOWN).await?;
    let deliveries: Vec<_> = jobs.iter().filter_map(|job| job.job).map(Job::delivery).collect();
    let subjects = store::sends::subjects(conn, &deliveries).await?;
    let of = |job: &Listed| {
        let delivery = job.job.map(Job::delivery)?;
        subjects.iter().find(|subject| subject.delivery == delivery).cloned()
    };
    let count = depths.iter().filter(|depth| depth.state == state).map(|depth| depth.count).sum();
    let jobs = jobs.into_iter().map(|job| Seen { subject: of(&job), job });
    Ok(Part { count, jobs: jobs.collect() })
}

/// Has a job that waits or was given up run now.
///
/// # Errors
/// [`ActionError::Refused`] where somebody was quicker.
pub async fn run_now(
    db: &Db,
    pressed: Pressed,
    by: &SignedIn,
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    let Pressed { id, attempt } = pressed;
    db.transaction(DEADLINE, async |conn| {
        if !queue::run_now(conn, id, attempt, now).await.map_err(twice)? {
            return Err(ActionError::refused(QUICKER));
        }
        timeline::tell(conn, Kind::Installation, by, format!("Job {id} was told to run now"), now)
            .await
    })
    .await
}

/// Puts a job that waits or was given up away. What it would have sent is not sent any more.
///
/// # Errors
/// [`ActionError::Refused`] where somebody was quicker.
pub async fn cancel(
    db: &Db,
    pressed: Pressed,
    by: &SignedIn,
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    let Pressed { id, attempt } = pressed;
    db.transaction(DEADLINE, async |conn| {
        let found = queue::peek(conn, id, attempt).await?;
        let job = found.ok_or_else(|| ActionError::refused(QUICKER))?;
        match job {
            Some(Job::SendDelivery { delivery }) => {
                paging::cancel(conn, delivery, by.person, now).await?;
            }
            Some(Job::SendDigest { delivery }) => {
                paging::cancel_digest(conn, delivery, by.person, now).await?;
            }
            None => {}
        }
        if !queue::cancel(conn, id, attempt, now).await? {
            return Err(ActionError::refused(QUICKER));
        }
        timeline::tell(conn, Kind::Installation, by, format!("Job {id} was cancelled"), now).await
    })
    .await
}

fn twice(error: DbError) -> ActionError {
    match error.constraint() {
        Some("jobs_dedup") => ActionError::refused(TWICE),
        _ => error.into(),
    }
}
