//! Paging people.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::ActionResult;
use crate::domain::clocks::Clock;
use crate::domain::incident::Incident;
use crate::domain::plan::document::Plan;

/// What paging began.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Begun {
    /// Names of the people who are paged at minute 0.
    pub people: Vec<String>,
    /// Names of the roles that nobody holds.
    pub empty: Vec<String>,
}

/// Begins a chain for each of these roles that has none yet, and pages nobody twice. What is sent
/// leaves at `send_at`, until when it is held and can be withdrawn; escalation counts from there.
pub(super) async fn begin(
    _conn: &mut PgConnection,
    _incident: &Incident,
    _plan: &Plan,
    _roles: &[String],
    _send_at: OffsetDateTime,
    _now: OffsetDateTime,
) -> ActionResult<Begun> {
    Ok(Begun::default())
}

/// Withdraws what is still held, with the chains and clocks that were begun with it.
pub(super) async fn withdraw(
    _conn: &mut PgConnection,
    _incident: &Incident,
    _now: OffsetDateTime,
) -> ActionResult<()> {
    Ok(())
}

/// Ends all chains of an incident that is over; with `tell`, those paged hear to stand down.
pub(super) async fn stop(
    _conn: &mut PgConnection,
    _incident: &Incident,
    _tell: bool,
    _now: OffsetDateTime,
) -> ActionResult<()> {
    Ok(())
}

/// The person did something on the incident: who has it is not asked again for a while.
pub(super) async fn active(
    _conn: &mut PgConnection,
    _incident: &Incident,
    _person: crate::domain::id::PersonId,
    _now: OffsetDateTime,
) -> ActionResult<()> {
    Ok(())
}

/// A chain's next step is due.
pub(super) async fn step(
    _conn: &mut PgConnection,
    _clock: &Clock,
    _now: OffsetDateTime,
) -> ActionResult<()> {
    Ok(())
}

/// Somebody who has it has been silent.
pub(super) async fn ask_again(
    _conn: &mut PgConnection,
    _clock: &Clock,
    _now: OffsetDateTime,
) -> ActionResult<()> {
    Ok(())
}
