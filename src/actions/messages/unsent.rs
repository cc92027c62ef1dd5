//! What could not be sent, and what to do instead: a fact for somebody to act on.

use sqlx::PgConnection;

use super::super::{ActionError, ActionResult, DEADLINE};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::message::{DeliveryState, Kind};
use crate::store;
use crate::store::deliveries::Delivery;
use crate::store::messages::Message;
use crate::store::responders::Responder;

/// Somebody whom nothing has reached, by one of their methods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The address that failed; empty: none is known.
    pub address: String,
    /// Why it failed.
    pub why: String,
    /// Another of their addresses is being tried.
    pub trying: bool,
    /// Their telephone numbers, best first.
    pub phones: Vec<String>,
}

/// Whom nothing has reached of what was to be sent for an incident.
///
/// # Errors
/// Not found where there is no such incident.
pub async fn unsent(db: &Db, id: IncidentId) -> ActionResult<Vec<Unsent>> {
    db.transaction(DEADLINE, async |conn| {
        let incident = store::incidents::find(conn, id).await?;
        find(conn, &incident.ok_or(ActionError::NotFound("incident"))?).await
    })
    .await
}

pub(super) async fn find(
    conn: &mut PgConnection,
    incident: &Incident,
) -> ActionResult<Vec<Unsent>> {
    let messages = store::messages::of_incident(conn, incident.id).await?;
    let deliveries = store::deliveries::of_incident(conn, incident.id).await?;
    let responders = store::responders::of(conn, incident.id).await?;
    let people = store::people::all(conn).await?;
    let methods = store::people::methods(conn).await?;
    let mut found: Vec<Unsent> = Vec::new();
    for (delivery, person) in failed(incident, &messages, &deliveries, &responders) {
        if found.iter().any(|old| old.person == person && old.address == delivery.address) {
            continue;
        }
        let phones = methods.iter().filter(|m| m.person == person && m.channel == "phone");
        let name = people.iter().find(|other| other.id == person).map(|other| other.name.clone());
        found.push(Unsent {
            person,
            name: name.unwrap_or_default(),
            address: delivery.address.clone(),
            why: delivery.problem.clone().unwrap_or_else(|| "it failed".to_owned()),
            trying: is_tried(person, &deliveries),
            phones: phones.map(|method| method.address.clone()).collect(),
        });
    }
    Ok(found)
}

/// The failures that nothing has made up for, newest first: no answer, no call, no later send.
fn failed<'a>(
    incident: &Incident,
    messages: &[Message],
    deliveries: &'a [Delivery],
    responders: &[Responder],
) -> Vec<(&'a Delivery, PersonId)> {
    let made = |delivery: &Delivery| messages.iter().position(|m| m.id == delivery.message);
    let settled = |person: PersonId| {
        let responder = responders.iter().find(|responder| responder.person == person);
        responder.is_some_and(|responder| {
            responder.answer.is_some() || responder.call_outcome.as_deref() == Some("reached")
        })
    };
    let mut open = Vec::new();
    for delivery in deliveries.iter().filter(|one| one.state == DeliveryState::Failed) {
        let (Some(person), Some(place)) = (delivery.person, made(delivery)) else { continue };
        let page = messages[place].kind == Kind::Page;
        let later = |other: &Delivery| made(other).is_some_and(|other| other <= place);
        let sent = deliveries.iter().any(|other| {
            other.person == Some(person) && other.state == DeliveryState::Sent && later(other)
        });
        if !sent && !(page && (settled(person) || !incident.is_open())) {
            open.push((place, delivery, person));
        }
    }
    open.sort_by_key(|(place, ..)| *place);
    open.into_iter().map(|(_, delivery, person)| (delivery, person)).collect()
}

fn is_tried(person: PersonId, deliveries: &[Delivery]) -> bool {
    let on_its_way = [DeliveryState::Held, DeliveryState::Waiting, DeliveryState::Sending];
    deliveries.iter().any(|one| one.person == Some(person) && on_its_way.contains(&one.state))
}
