//! Taking command, and handing it over.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::actions::{
    ActionError, ActionResult, DEADLINE, answers, limits, paging, roles, timeline,
};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Incident, Refusal};
use crate::domain::limit::NAME;
use crate::domain::plan::document::{Mark, Plan};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;

/// Gives command to a person: who presses takes it, or hands over what they have. Who takes it has
/// the role that commands, too, and its chain ends; whom it is handed to is paged for it, unless
/// they have answered already. A second press changes nothing.
///
/// # Errors
/// Refused by the rule, in words; not found where there is no such person.
pub async fn command(
    db: &Db,
    id: IncidentId,
    person: PersonId,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let (mut incident, plan) = super::lock(conn, id).await?;
        let found = roles::on_call(conn, person).await?;
        match incident.command(person, by, now) {
            Err(Refusal::CommandsAlready(_)) => return Ok(()),
            decided => decided.map_err(ActionError::refused)?,
        }
        let words = match person == by {
            true => "Took command.".to_owned(),
            false => format!("Handed command to {}.", found.name),
        };
        give_role(conn, &mut incident, &plan, (person, by), now).await?;
        store::incidents::update(conn, &incident).await?;
        paging::active(conn, &incident, by, now).await?;
        let body = Body::words(words).with("person", person);
        timeline::say(conn, &incident, Kind::Command, Actor::Person(by), body, now).await?;
        Ok(())
    })
    .await
}

async fn give_role(
    conn: &mut PgConnection,
    incident: &mut Incident,
    plan: &Plan,
    (person, by): (PersonId, PersonId),
    now: OffsetDateTime,
) -> ActionResult<()> {
    let Some(role) = plan.marked(Mark::Command) else { return Ok(()) };
    store::duties::vacate(conn, incident.id, &role.key, person, now).await?;
    if person == by || answers::has_it(conn, incident.id, person).await? {
        answers::take(conn, incident, person, &role.key, now).await
    } else {
        limits::take(conn, NAME, by.0.as_bytes(), now).await?;
        paging::name(conn, incident, &role.key, person, now).await
    }
}
