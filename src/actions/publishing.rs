//! Words for the public.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::ActionResult;
use crate::domain::clocks::Clock;
use crate::domain::incident::Incident;
use crate::domain::plan::document::Plan;

/// Plans the plan's first words for the moment the hold is over. A drill publishes nothing.
pub(super) async fn plan_first_words(
    _conn: &mut PgConnection,
    _incident: &Incident,
    _plan: &Plan,
    _at: OffsetDateTime,
) -> ActionResult<()> {
    Ok(())
}

/// What was planned and did not go out yet never will.
pub(super) async fn withdraw(_conn: &mut PgConnection, _incident: &Incident) -> ActionResult<()> {
    Ok(())
}

/// The hold is over: publishes the plan's first words.
pub(super) async fn first_words(
    _conn: &mut PgConnection,
    _clock: &Clock,
    _now: OffsetDateTime,
) -> ActionResult<()> {
    Ok(())
}

/// Brings the public states of components in line with what is affected.
pub(super) async fn components_changed(
    _conn: &mut PgConnection,
    _incident: &Incident,
    _now: OffsetDateTime,
) -> ActionResult<()> {
    Ok(())
}

/// The incident is over, or goes on again: the public page says so.
pub(super) async fn phase_changed(
    _conn: &mut PgConnection,
    _incident: &Incident,
    _now: OffsetDateTime,
) -> ActionResult<()> {
    Ok(())
}
