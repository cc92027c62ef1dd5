//! Signs of life, for who watches.

use std::time::Duration as StdDuration;

use time::{Duration, OffsetDateTime};

use super::{ActionResult, DEADLINE};
use crate::db::Db;
use crate::queue::{self, Depth};
use crate::store;

/// How long figures may take: who scrapes is answered within a second.
const FIGURING: StdDuration = StdDuration::from_millis(800);

/// How much there is of what should be little.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Jobs that are not done, by kind and state.
    pub depths: Vec<Depth>,
    /// For how long that job waits which should have been taken first.
    pub waits: Option<Duration>,
    /// Pages of open incidents that nobody answered.
    pub unanswered: i64,
    /// Open incidents: real or drill, level, count.
    pub open: Vec<(String, i16, i64)>,
}

/// Whether the database answers.
///
/// # Errors
/// Why it does not.
pub async fn answers(db: &Db) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        store::clock::read(conn).await?;
        Ok(())
    })
    .await
}

/// Reads them, all of one moment.
///
/// # Errors
/// When the database does not answer in time.
pub async fn figures(db: &Db, now: OffsetDateTime) -> ActionResult<Figures> {
    db.transaction(FIGURING, async |conn| {
        store::snapshot::take(conn).await?;
        Ok(Figures {
            depths: queue::depths(conn).await?,
            waits: queue::waits_since(conn, now).await?.map(|since| now - since),
            unanswered: store::sends::count_unanswered(conn).await?,
            open: store::incidents::count_open(conn).await?,
        })
    })
    .await
}
