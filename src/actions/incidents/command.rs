//! Taking command, and handing it over.

use time::OffsetDateTime;

use crate::actions::{ActionError, ActionResult, DEADLINE, paging, timeline};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;

/// Gives command to a person: who presses takes it, or hands it over.
///
/// # Errors
/// Refused by the rule, in words; not found where there is no such person.
pub async fn command(
    db: &Db,
    id: IncidentId,
    person: PersonId,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Incident> {
    db.transaction(DEADLINE, async |conn| {
        let (mut incident, _) = super::lock(conn, id).await?;
        let found = store::people::find(conn, person).await?;
        let found = found.ok_or(ActionError::NotFound("person"))?;
        if found.disabled_at.is_some() {
            return Err(ActionError::refused(format!("{} is no longer called on", found.name)));
        }
        incident.command(person, by, now).map_err(ActionError::refused)?;
        store::incidents::update(conn, &incident).await?;
        paging::active(conn, &incident, by, now).await?;
        let words = match person == by {
            true => "Took command.".to_owned(),
            false => format!("Handed command to {}.", found.name),
        };
        let body = Body::words(words).with("person", person);
        timeline::say(conn, &incident, Kind::Command, Actor::Person(by), body, now).await?;
        Ok(incident)
    })
    .await
}
