//! A worker's turn begins: which time it is, and whether somebody has worked within the hour.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::{ActionError, ActionResult, DEADLINE, installation, quarantine};
use crate::clock::Clock;
use crate::db::Db;
use crate::domain::turn::{AWAY, Known, Turn, judge};
use crate::pulse::Pulse;
use crate::queue;
use crate::store;

/// What a worker is to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: the database is an old copy.
    Quarantined,
    /// What is due.
    Work,
    /// Nobody has worked for long: what waits is told in digests first.
    Return,
}

/// Reads the database's time, which from then on is the clock's, and judges the last turn by it.
/// `worked` beats with each turn of this process in which work may be done.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(db: &Db, clock: &Clock, worked: &Pulse) -> ActionResult<Begun> {
    let begun = db.transaction(DEADLINE, async |conn| {
        let jump = installation::adopt_time(conn, clock).await?;
        if quarantine::is_on(conn).await? {
            return Ok(Begun::Quarantined);
        }
        let known = known(worked, jump);
        match judge(store::turns::last(conn).await?, known, clock.now()) {
            Turn::Noted => {}
            Turn::ToNote => store::turns::note(conn, clock.now()).await?,
            Turn::Set(_) => move_along(conn, known, clock.now()).await?,
            Turn::Away(_) => return Ok(Begun::Return),
        }
        Ok::<_, ActionError>(Begun::Work)
    });
    let begun = begun.await?;
    if begun == Begun::Work {
        worked.beat();
    }
    Ok(begun)
}

/// What this process knows.
pub(super) fn known(worked: &Pulse, jump: Option<Duration>) -> Known {
    Known { worked: worked.age().is_some_and(|age| age < AWAY.unsigned_abs()), jump }
}

/// Somebody works again, whatever waits.
///
/// # Errors
/// When the database does not answer.
pub async fn go_on(db: &Db, clock: &Clock, worked: &Pulse) -> ActionResult<()> {
    let now = clock.now();
    db.transaction(DEADLINE, async |conn| {
        store::turns::note(conn, now).await.map_err(ActionError::from)
    })
    .await?;
    worked.beat();
    Ok(())
}

/// Of several servers that see it the first moves everything along; the others then see nothing.
async fn move_along(
    conn: &mut PgConnection,
    known: Known,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let last = store::turns::lock(conn).await?;
    let (Some(last), Turn::Set(by)) = (last, judge(last, known, now)) else { return Ok(()) };
    let due_after = last.min(now);
    store::turns::move_along(conn, by, due_after, now).await?;
    queue::move_along(conn, by, due_after).await?;
    if by.is_negative() {
        store::sessions::forget_step_ups(conn).await?;
    }
    let seconds = by.as_seconds_f64();
    tracing::warn!(
        seconds,
        "the database's clock was set; what paging counts in minutes was moved along"
    );
    Ok(())
}
