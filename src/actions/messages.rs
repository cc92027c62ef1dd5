//! What was sent for an incident, to whom, and what of it could not be sent.

mod unsent;

pub use unsent::{Unsent, unsent};

use std::collections::BTreeMap;

use super::{ActionResult, DEADLINE, incidents};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::message::DeliveryState;
use crate::domain::plan::document::Plan;
use crate::store;
use crate::store::attempts::Attempt;
use crate::store::deliveries::Delivery;
use crate::store::messages::Message;

/// All that was sent for an incident.
#[derive(Debug, Clone)]
pub struct Messages {
    /// The incident.
    pub incident: Incident,
    /// The plan that it pins.
    pub plan: Plan,
    /// What was made, with what failed before what did not, else newest first.
    pub sent: Vec<Sent>,
    /// What could not be sent, and nobody has made up for.
    pub unsent: Vec<Unsent>,
}

/// A message, and what became of it.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The message.
    pub message: Message,
    /// One a person and method, failed ones first.
    pub deliveries: Vec<Delivered>,
}

/// A delivery with all attempts to send it.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// How it stands.
    pub delivery: Delivery,
    /// To whom.
    pub name: String,
    /// Each try, the first one first.
    pub attempts: Vec<Attempt>,
}

impl Sent {
    /// How many of its deliveries stand so.
    #[must_use]
    pub fn count(&self, state: DeliveryState) -> usize {
        self.deliveries.iter().filter(|one| one.delivery.state == state).count()
    }
}

/// Reads all of it.
///
/// # Errors
/// Not found where there is no such incident.
pub async fn read(db: &Db, id: IncidentId) -> ActionResult<Messages> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let (incident, plan) = incidents::read(conn, id).await?;
        let people = store::people::all(conn).await?;
        let names: BTreeMap<_, _> = people.into_iter().map(|p| (p.id, p.name)).collect();
        let mut all = deliveries(conn, id, &names).await?;
        let messages = store::messages::of_incident(conn, id).await?;
        let mut sent: Vec<Sent> = messages
            .into_iter()
            .map(|message| {
                let own = all.extract_if(.., |one| one.delivery.message == message.id).collect();
                Sent { deliveries: own, message }
            })
            .collect();
        sent.sort_by_key(|sent| sent.count(DeliveryState::Failed) == 0);
        let unsent = unsent::find(conn, &incident).await?;
        Ok(Messages { incident, plan, sent, unsent })
    })
    .await
}

async fn deliveries(
    conn: &mut sqlx::PgConnection,
    id: IncidentId,
    names: &BTreeMap<PersonId, String>,
) -> ActionResult<Vec<Delivered>> {
    let attempts = store::attempts::of_incident(conn, id).await?;
    let delivered = |delivery: Delivery| {
        let name = delivery.person.and_then(|person| names.get(&person));
        let own = attempts.iter().filter(|attempt| attempt.delivery == delivery.id);
        Delivered {
            name: name.cloned().unwrap_or_else(|| delivery.address.clone()),
            attempts: own.cloned().collect(),
            delivery,
        }
    };
    let all = store::deliveries::of_incident(conn, id).await?;
    let mut all: Vec<_> = all.into_iter().map(delivered).collect();
    all.sort_by_key(|one| one.delivery.state != DeliveryState::Failed);
    Ok(all)
}
