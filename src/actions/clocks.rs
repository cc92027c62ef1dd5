//! Fires what is due: each clock's deed, once.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{ActionResult, incidents, paging, publishing};
use crate::domain::clocks::{Clock, Kind};

/// Does what a clock is for, in the transaction that marked it fired.
pub(super) async fn fire(
    conn: &mut PgConnection,
    clock: &Clock,
    now: OffsetDateTime,
) -> ActionResult<()> {
    match clock.kind {
        Kind::Escalate => paging::step(conn, clock, now).await,
        Kind::Silent => paging::ask_again(conn, clock, now).await,
        Kind::Outlast => incidents::outlast(conn, clock, now).await,
        Kind::Publish => publishing::first_words(conn, clock, now).await,
        Kind::Tell => Ok(()), // it is due: pages show it until somebody presses "told"
    }
}
