//! Raising and lowering.

use time::OffsetDateTime;

use super::{FIRST_PUBLIC_LEVEL, clock, declare};
use crate::actions::{ActionError, ActionResult, DEADLINE, paging, publishing, timeline};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Change, Incident, Refusal};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;

/// Raises the level: pages whom the new level adds, after the hold, and nobody twice. A second press
/// for the same level changes nothing.
///
/// # Errors
/// Refused by the rule, in words.
pub async fn raise(
    db: &Db,
    id: IncidentId,
    level: u8,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Incident> {
    db.transaction(DEADLINE, async |conn| {
        let (mut incident, plan) = super::lock(conn, id).await?;
        let old = incident.level;
        if incident.is_open() && old == level {
            return Ok(incident); // the press came twice, or two people pressed
        }
        incident.raise(level, now).map_err(ActionError::refused)?;
        let Some(row) = plan.level(level) else {
            return Err(ActionError::refused(format!("the plan has no level {level}")));
        };
        store::incidents::update(conn, &incident).await?;
        let send_at = incident.held_until.unwrap_or(now);
        let begun = paging::begin(conn, &incident, &plan, &row.pages, send_at, now).await?;
        if old < FIRST_PUBLIC_LEVEL {
            publishing::plan_first_words(conn, &incident, &plan, send_at).await?;
        }
        clock::set_all(conn, &incident, &plan, Change::Level(old), send_at).await?;
        paging::active(conn, &incident, by, now).await?;
        let words =
            format!("Raised from level {old} to level {level}. {}", declare::paged(&begun, true));
        let body = Body::words(words).with("level", level);
        timeline::say(conn, &incident, Kind::Level, Actor::Person(by), body, now).await?;
        Ok(incident)
    })
    .await
}

/// Lowers the level for a reason.
///
/// # Errors
/// Refused by the rule, in words beside what was chosen or typed.
pub async fn lower(
    db: &Db,
    id: IncidentId,
    level: u8,
    reason: &str,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Incident> {
    db.transaction(DEADLINE, async |conn| {
        let (mut incident, plan) = super::lock(conn, id).await?;
        let old = incident.level;
        if plan.level(level).is_none() {
            return Err(ActionError::wrong("level", format!("the plan has no level {level}")));
        }
        incident.lower(level, reason, now).map_err(wrong)?;
        store::incidents::update(conn, &incident).await?;
        clock::set_lowered(conn, &incident, &plan, old, now).await?;
        paging::active(conn, &incident, by, now).await?;
        let words = format!("Lowered from level {old} to level {level}: {}", reason.trim());
        let body = Body::words(words).with("level", level);
        timeline::say(conn, &incident, Kind::Level, Actor::Person(by), body, now).await?;
        Ok(incident)
    })
    .await
}

/// The words for who typed a reason, so that it is not lost.
fn wrong(refusal: Refusal) -> ActionError {
    match refusal {
        Refusal::NoReason => ActionError::wrong("reason", refusal),
        Refusal::NotLower(_) | Refusal::NoSuchLevel | Refusal::StillHeld => {
            ActionError::wrong("level", refusal)
        }
        other => ActionError::refused(other),
    }
}
