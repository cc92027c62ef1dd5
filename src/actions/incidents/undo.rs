//! Taking back the last press, before anything has left.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{FIRST_PUBLIC_LEVEL, clock};
use crate::actions::{ActionError, ActionResult, DEADLINE, paging, publishing, timeline};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Change, Incident, Undone};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;

/// Takes back a declaration or a raise that is still held. Nobody is told. A second press changes
/// nothing.
///
/// # Errors
/// Refused once the hold has passed.
pub async fn undo(
    db: &Db,
    id: IncidentId,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Incident> {
    db.transaction(DEADLINE, async |conn| {
        let (mut incident, plan) = super::lock(conn, id).await?;
        if !incident.is_held(now) && was_undone(conn, &incident).await? {
            return Ok(incident);
        }
        let undone = incident.undo(now).map_err(ActionError::refused)?;
        store::incidents::update(conn, &incident).await?;
        paging::withdraw(conn, &incident, now).await?;
        let words = match undone {
            Undone::Declaration => {
                publishing::withdraw(conn, &incident).await?;
                paging::stop(conn, &incident, None, now).await?;
                clock::end_all(conn, &incident, now).await?;
                "Undid the declaration: a false alarm. Nobody is told.".to_owned()
            }
            Undone::Raise { from } => {
                if incident.level < FIRST_PUBLIC_LEVEL {
                    publishing::withdraw(conn, &incident).await?;
                }
                clock::set_all(conn, &incident, &plan, Change::Undone, now).await?;
                paging::active(conn, &incident, by, now).await?;
                format!("Undid the raise to level {from}: level {} again.", incident.level)
            }
        };
        let body = Body::words(words).with("level", incident.level);
        timeline::say(conn, &incident, Kind::Undone, Actor::Person(by), body, now).await?;
        Ok(incident)
    })
    .await
}

/// Whether an Undo is the last thing that happened.
async fn was_undone(conn: &mut PgConnection, incident: &Incident) -> ActionResult<bool> {
    let last = store::streams::newest(conn, incident.stream(), None, 1).await?;
    Ok(last.iter().any(|record| record.kind == Kind::Undone.name()))
}
