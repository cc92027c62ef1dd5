//! Deeds on incidents.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::ActionResult;
use crate::domain::clocks::Clock;

/// The impact outlasts the level's usual downtime.
pub(super) async fn outlast(
    _conn: &mut PgConnection,
    _clock: &Clock,
    _now: OffsetDateTime,
) -> ActionResult<()> {
    Ok(())
}
