//! Reading an incident with everybody who was paged for it.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::{ActionError, ActionResult, DEADLINE, answers, incidents, paging, quarantine};
use crate::db::Db;
use crate::domain::id::{DeliveryId, IncidentId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::plan::document::Plan;
use crate::store;
use crate::store::responders::Responder;

/// An incident, its plan, and how everybody stands who was paged.
#[derive(Debug, Clone)]
pub struct Reach {
    /// The incident.
    pub incident: Incident,
    /// The plan that it is pinned to.
    pub plan: Plan,
    /// Everybody paged, in the order of their pages.
    pub asked: Vec<Asked>,
}

/// Somebody who was paged.
#[derive(Debug, Clone)]
pub struct Asked {
    /// How they stand.
    pub responder: Responder,
    /// Whole name.
    pub name: String,
    /// Their zone; the plan's where empty.
    pub zone: String,
    /// Their numbers, best first.
    pub phones: Vec<String>,
}

impl Reach {
    /// Names of the roles that somebody was paged for.
    #[must_use]
    pub fn roles(&self, responder: &Responder) -> String {
        let name = |key: &String| self.plan.role(key).map_or(key.clone(), |role| role.name.clone());
        responder.roles.iter().map(name).collect::<Vec<_>>().join(", ")
    }
}

/// How the people stand of the incident that a delivery is about, and whose delivery it is.
///
/// # Errors
/// When there is no such delivery, or it is about no incident.
pub async fn of_delivery(db: &Db, id: DeliveryId) -> ActionResult<(Reach, PersonId)> {
    db.transaction(DEADLINE, async |conn| {
        quarantine::refuse(conn).await?;
        let message = store::messages::of_delivery(conn, id).await?;
        let message = message.ok_or(ActionError::NotFound("page"))?;
        let deliveries = store::deliveries::of(conn, message.id).await?;
        let person = deliveries.into_iter().find(|delivery| delivery.id == id);
        let person = person.and_then(|delivery| delivery.person);
        let person = person.ok_or(ActionError::NotFound("page"))?;
        answers::require_on_call(conn, person).await?;
        let incident = message.incident.ok_or(ActionError::NotFound("incident"))?;
        let incident = store::incidents::goes_on_as(conn, incident).await?;
        let mut reach = look(conn, incident).await?;
        for mine in reach.asked.iter_mut().filter(|asked| asked.responder.person == person) {
            mine.responder.roles.extend(paging::asked_in_need(&message, person));
        }
        Ok((reach, person))
    })
    .await
}

async fn look(conn: &mut PgConnection, id: IncidentId) -> ActionResult<Reach> {
    let (incident, plan) = incidents::read(conn, id).await?;
    let people = store::people::all(conn).await?.into_iter();
    let people: BTreeMap<_, _> = people.map(|one| (one.id, (one.name, one.zone))).collect();
    let methods = store::people::methods(conn).await?;
    let asked = |responder: Responder| {
        let own = methods.iter().filter(|method| method.person == responder.person);
        let phones = own.filter(|method| method.channel == "phone");
        let phones = phones.map(|method| method.address.clone()).collect();
        let (name, zone) = people.get(&responder.person).cloned().unwrap_or_default();
        Asked { responder, name, zone, phones }
    };
    let asked = store::responders::of(conn, id).await?.into_iter().map(asked).collect();
    Ok(Reach { incident, plan, asked })
}
