//! Fires what is due: each clock's deed, once.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    ActionResult, DEADLINE, incidents, paging, post_mortems, publishing, quarantine, tasks,
};
use crate::db::Db;
use crate::domain::clocks::{Clock, Kind};
use crate::store;

const AT_ONCE: i64 = 100;

/// Fires all due clocks, each in a transaction of its own, and returns how many fired.
pub async fn fire_due(db: &Db, now: OffsetDateTime) -> ActionResult<usize> {
    fire_kinds(db, &Kind::ALL, now).await
}

/// The same of these kinds alone.
pub async fn fire_kinds(db: &Db, kinds: &[Kind], now: OffsetDateTime) -> ActionResult<usize> {
    let due = db
        .transaction(DEADLINE, async |conn| {
            if quarantine::is_on(conn).await? {
                return Ok(Vec::new());
            }
            Ok::<_, super::ActionError>(store::clocks::due(conn, kinds, now, AT_ONCE).await?)
        })
        .await?;
    let mut fired = 0;
    for clock in &due {
        let done = db.transaction(DEADLINE, async |conn| fire_once(conn, clock, now).await).await;
        match done {
            Ok(did) => fired += usize::from(did),
            Err(error) => {
                let (kind, incident) = (clock.kind.name(), clock.incident);
                tracing::error!(clock.kind = kind, incident = %incident, %error, "a clock failed");
            }
        }
    }
    Ok(fired)
}

/// The incident's row comes first, as in every deed; a second server then finds the clock fired.
async fn fire_once(
    conn: &mut PgConnection,
    clock: &Clock,
    now: OffsetDateTime,
) -> ActionResult<bool> {
    store::incidents::lock(conn, clock.incident).await?;
    let fired = store::clocks::fire(conn, clock, now).await?;
    if fired {
        fire(conn, clock, now).await?;
    }
    Ok(fired)
}

/// Does what a clock is for, in the transaction that marked it fired.
async fn fire(conn: &mut PgConnection, clock: &Clock, now: OffsetDateTime) -> ActionResult<()> {
    match clock.kind {
        Kind::Escalate => paging::step(conn, clock, now).await,
        Kind::Silent => paging::ask_again(conn, clock, now).await,
        Kind::Outlast => incidents::outlast(conn, clock, now).await,
        Kind::Publish => publishing::first_words(conn, clock, now).await,
        Kind::Task => tasks::overdue(conn, clock, now).await,
        Kind::Report => post_mortems::overdue(conn, clock, now).await,
        Kind::Tell => Ok(()), // it is due: pages show it until somebody presses "told"
    }
}
