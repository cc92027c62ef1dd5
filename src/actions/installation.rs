//! First contact with a database: whose it is, and what time it has.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::{ActionResult, DEADLINE};
use crate::clock::Clock;
use crate::db::Db;
use crate::domain::id::StreamId;
use crate::secrets::KeyRing;
use crate::store;
use crate::store::installation::Installation;

/// Which ring a database asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RingWanted {
    /// Nobody has been here: any ring will do.
    Any,
    /// The one of this fingerprint alone.
    Only(String),
}

/// Reads which key ring sealed this database.
pub async fn ring_wanted(db: &Db) -> ActionResult<RingWanted> {
    db.transaction(DEADLINE, async |conn| {
        let found = store::installation::find(conn).await?;
        Ok(found.map_or(RingWanted::Any, |found| RingWanted::Only(found.ring_fingerprint)))
    })
    .await
}

/// Makes an empty database this installation's; false where it was one already.
pub async fn settle(db: &Db, ring: &KeyRing, now: OffsetDateTime) -> ActionResult<bool> {
    db.transaction(DEADLINE, async |conn| {
        let new = Installation {
            id: StreamId::new(now),
            ring_fingerprint: ring.fingerprint().to_owned(),
        };
        if !store::installation::create(conn, &new, now).await? {
            return Ok(false);
        }
        store::streams::create(conn, new.id, "installation").await?;
        Ok(true)
    })
    .await
}

/// Reads the database's time and adopts it; a jump is recorded, and returned for the log.
pub async fn read_clock(db: &Db, clock: &Clock) -> ActionResult<Option<Duration>> {
    db.transaction(DEADLINE, async |conn| adopt_time(conn, clock).await).await
}

/// The same within a deed.
pub(super) async fn adopt_time(
    conn: &mut PgConnection,
    clock: &Clock,
) -> ActionResult<Option<Duration>> {
    let now = store::clock::read(conn).await?;
    let jump = clock.adopt(now);
    if let Some(jump) = jump {
        store::clock::note_jump(conn, jump.as_seconds_f64(), now).await?;
    }
    Ok(jump)
}

/// Title and revision of the plan in force, in words.
pub async fn plan_in_force(db: &Db) -> ActionResult<Option<String>> {
    db.transaction(DEADLINE, async |conn| {
        let found = store::plans::current(conn).await?;
        Ok(found.map(|found| format!("{}, revision {},", found.plan.document.title, found.number)))
    })
    .await
}
