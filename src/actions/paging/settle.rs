//! What became of a send, and of a message when its last send ended.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::{ActionError, ActionResult, DEADLINE, timeline};
use super::digest;
use super::make::{Roster, deliver, urgency};
use super::sending::Letter;
use crate::db::Db;
use crate::domain::id::{DeliveryId, IncidentId};
use crate::domain::incident::Incident;
use crate::domain::message::{DeliveryState, Kind, next_attempt};
use crate::domain::timeline::{Actor, Body, Kind as Entry};
use crate::notify::{SendError, Sent};
use crate::queue::Urgency;
use crate::store;
use crate::store::deliveries::Delivery;
use crate::store::messages::Message;

/// What is to become of the job that sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is left to do.
    Settled,
    /// The send is tried again then, because of that.
    Again(OffsetDateTime, String),
}

/// How a send ended.
#[derive(Debug)]
pub enum Came {
    /// The channel took it.
    Sent(Sent),
    /// It did not.
    Failed(SendError),
    /// There is no channel to send by, and why.
    NoChannel(String),
}

/// Writes down how a send ended, for all that went in the mail.
pub async fn note(
    db: &Db,
    letter: &Letter,
    came: &Came,
    now: OffsetDateTime,
) -> ActionResult<Verdict> {
    db.transaction(DEADLINE, async |conn| {
        for incident in store::digests::incidents(conn, letter.delivery).await? {
            store::incidents::lock(conn, incident).await?; // of several in the order of all deeds
        }
        let first = (letter.delivery, letter.attempt);
        let verdict = note_one(conn, letter, first, (came, None), now).await?;
        for other in &letter.others {
            note_one(conn, letter, *other, (came, Some(&verdict)), now).await?;
        }
        if let Came::Failed(_) = came
            && verdict == Verdict::Settled
        {
            digest::go_on(conn, letter.delivery, now).await?;
        }
        Ok(verdict)
    })
    .await
}

/// Writes it down for one delivery; what goes in the mail with others fares as the first does.
async fn note_one(
    conn: &mut PgConnection,
    letter: &Letter,
    (id, number): (DeliveryId, i16),
    (came, first): (&Came, Option<&Verdict>),
    now: OffsetDateTime,
) -> ActionResult<Verdict> {
    let (message, incident) = about(conn, id).await?.ok_or(ActionError::NotFound("message"))?;
    let delivery = store::deliveries::lock(conn, id).await?;
    let delivery = delivery.ok_or(ActionError::NotFound("delivery"))?;
    let (outcome, words) = outcome(came);
    store::attempts::end(conn, id, number, outcome, &words, now).await?;
    if delivery.state.is_settled() {
        return Ok(Verdict::Settled);
    }
    let again = match first {
        None => again(&message, letter, came, now),
        Some(Verdict::Again(at, _)) => Some(*at),
        Some(Verdict::Settled) => None,
    };
    if let Some(at) = again {
        store::deliveries::set_state(conn, id, DeliveryState::Waiting, Some(&words), now).await?;
        return Ok(Verdict::Again(at, words));
    }
    let urgency = urgency(message.kind, incident.as_ref());
    settle(conn, (&delivery, urgency), came, &words, now).await?;
    if store::messages::settle(conn, message.id, now).await? {
        tell(conn, incident.as_ref(), &message, now).await?;
    }
    Ok(Verdict::Settled)
}

/// The message of a delivery and its incident, whose row is locked before the delivery's, as in every
/// deed; of a merged one that which goes on, whose timeline hears of it.
pub(super) async fn about(
    conn: &mut PgConnection,
    delivery: DeliveryId,
) -> ActionResult<Option<(Message, Option<Incident>)>> {
    let Some(message) = store::messages::of_delivery(conn, delivery).await? else {
        return Ok(None);
    };
    let incident = match message.incident {
        Some(id) => locked(conn, id).await?,
        None => None,
    };
    Ok(Some((message, incident)))
}

/// Locks the message's own incident, so that it is neither merged nor parted meanwhile.
async fn locked(conn: &mut PgConnection, id: IncidentId) -> ActionResult<Option<Incident>> {
    let own = store::incidents::lock(conn, id).await?;
    match own.as_ref().and_then(|own| own.merged_into) {
        Some(_) => {
            let last = store::incidents::goes_on_as(conn, id).await?;
            Ok(store::incidents::find(conn, last).await?)
        }
        None => Ok(own),
    }
}

fn outcome(came: &Came) -> (&'static str, String) {
    match came {
        Came::NoChannel(why) => ("permanent", why.clone()),
        Came::Sent(sent) => ("sent", sent.words.clone()),
        Came::Failed(error @ SendError::Unknown { .. }) => ("unknown", error.to_string()),
        Came::Failed(error) if error.may_pass() => ("temporary", error.to_string()),
        Came::Failed(error) => ("permanent", error.to_string()),
    }
}

fn again(
    message: &Message,
    letter: &Letter,
    came: &Came,
    now: OffsetDateTime,
) -> Option<OffsetDateTime> {
    let passing = matches!(came, Came::Failed(error) if error.may_pass());
    let attempt = u16::try_from(letter.attempt).unwrap_or(u16::MAX);
    let seed = letter.delivery.0.as_u64_pair().1;
    passing.then(|| next_attempt(message.kind, attempt, seed, letter.first, now)).flatten()
}

async fn settle(
    conn: &mut PgConnection,
    (delivery, urgency): (&Delivery, Urgency),
    came: &Came,
    words: &str,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let sent = matches!(came, Came::Sent(_));
    let (state, problem) = match sent {
        true => (DeliveryState::Sent, None),
        false => (DeliveryState::Failed, Some(words)),
    };
    store::deliveries::set_state(conn, delivery.id, state, problem, now).await?;
    let (Some(method), false) = (delivery.method, matches!(came, Came::NoChannel(_))) else {
        return Ok(());
    };
    store::attempts::method_fails(conn, method, (!sent).then_some(now)).await?;
    let alone = delivery.digest.is_none(); // else the next method is tried for all together
    let Some(person) = delivery.person.filter(|_| !sent && alone) else { return Ok(()) };
    let asked = store::deliveries::of(conn, delivery.message).await?;
    let roster = Roster::read(conn).await?;
    for method in roster.mails(person, Some(method)) {
        if !asked.iter().any(|other| other.method == Some(method.id)) {
            let message = (delivery.message, urgency);
            deliver(conn, message, person, Some(method), now, now).await?;
        }
    }
    Ok(())
}

/// Says on the timeline how the sends of a message ended, each failure with what to do next.
pub(super) async fn tell(
    conn: &mut PgConnection,
    incident: Option<&Incident>,
    message: &Message,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let Some(incident) = incident else { return Ok(()) };
    let all = store::deliveries::of(conn, message.id).await?;
    let roster = Roster::read(conn).await?;
    let count = |state| all.iter().filter(|delivery| delivery.state == state).count();
    let (sent, failed) = (count(DeliveryState::Sent), count(DeliveryState::Failed));
    let mut words = vec![format!("Sent {sent}, failed {failed}.")];
    for delivery in all.iter().filter(|delivery| delivery.state == DeliveryState::Failed) {
        let name = delivery.person.map_or("somebody", |person| roster.name(person));
        let problem = delivery.problem.as_deref().unwrap_or("it failed");
        let by = match delivery.address.as_str() {
            "" => String::new(),
            address => format!(", mail {address}"),
        };
        words.push(format!("{name}{by}: {problem}. Call them."));
    }
    let body = Body::words(words.join(" "));
    timeline::say(conn, incident, entry(message), Actor::System, body, now).await?;
    Ok(())
}

/// What an entry about a message's sends is.
pub(super) fn entry(message: &Message) -> Entry {
    if message.kind == Kind::Page { Entry::Page } else { Entry::Notice }
}
