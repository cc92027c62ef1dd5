//! Several deliveries to one person in one mail: made, taken in hand, tried by the next method,
//! cancelled. The mail has the identity of the first of them.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::{ActionError, ActionResult, DEADLINE};
use super::cancel::cancel;
use super::link::Links;
use super::make::{After, Call, Roster, Whom, to, urgency};
use super::sending::{Letter, Scene, is_wanted, plan_of, zone_of_person};
use super::settle::about;
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::id::{DeliveryId, MessageId, PersonId};
use crate::domain::incident::{Incident, Phase};
use crate::domain::message::digest::{Part, digest};
use crate::domain::message::page::joined;
use crate::domain::message::{DeliveryState, Words, message_id};
use crate::notify::Mail;
use crate::queue::{self, Job};
use crate::store;
use crate::store::deliveries::Delivery;
use crate::store::people::Method;

/// Makes a digest of these messages to a person, by that method where they have one. They leave in
/// one mail, now.
pub(super) async fn carry(
    conn: &mut PgConnection,
    messages: &[MessageId],
    person: PersonId,
    method: Option<&Method>,
    now: OffsetDateTime,
) -> ActionResult<DeliveryId> {
    let mut first = None;
    for message in messages {
        let mut delivery = to(*message, person, method, now, now);
        delivery.digest = Some(*first.get_or_insert(delivery.id));
        store::deliveries::insert(conn, &delivery).await?;
    }
    let delivery = first.ok_or(ActionError::NotFound("message"))?;
    let (message, incident) =
        about(conn, delivery).await?.ok_or(ActionError::NotFound("message"))?;
    let urgency = urgency(message.kind, incident.as_ref());
    queue::enqueue(conn, (&Job::SendDigest { delivery }, urgency), now, now).await?;
    Ok(delivery)
}

/// The person has another method whose turn is next, now that this mail has failed for good.
pub(super) async fn go_on(
    conn: &mut PgConnection,
    failed: DeliveryId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let all = store::digests::failed(conn, failed).await?;
    let Some((person, method)) = all.first().and_then(|one| one.person.zip(one.method)) else {
        return Ok(());
    };
    let messages: Vec<_> = all.iter().map(|delivery| delivery.message).collect();
    let asked = store::deliveries::of(conn, messages[0]).await?;
    let roster = Roster::read(conn).await?;
    for method in roster.mails(person, Some(method)) {
        if !asked.iter().any(|other| other.method == Some(method.id)) {
            carry(conn, &messages, person, Some(method), now).await?;
        }
    }
    Ok(())
}

/// Muster tries this digest no more.
pub(in crate::actions) async fn cancel_digest(
    conn: &mut PgConnection,
    id: DeliveryId,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    for incident in store::digests::incidents(conn, id).await? {
        store::incidents::lock(conn, incident).await?;
    }
    for delivery in store::digests::open(conn, id).await? {
        cancel(conn, delivery.id, by, now).await?;
    }
    Ok(())
}

/// Takes a digest in hand, as things stand now, and writes down that its send begins. None: it left,
/// or was cancelled.
pub async fn take_digest(
    db: &Db,
    links: &Links,
    id: DeliveryId,
    now: OffsetDateTime,
) -> ActionResult<Option<Letter>> {
    db.transaction(DEADLINE, async |conn| {
        let (mut told, mut others, mut first) = (Vec::new(), Vec::new(), None);
        for delivery in store::digests::open(conn, id).await? {
            let state = DeliveryState::Sending;
            store::deliveries::set_state(conn, delivery.id, state, None, now).await?;
            let (attempt, begun) = store::attempts::begin(conn, delivery.id, now).await?;
            if delivery.id == id {
                first = Some((attempt, begun, delivery.address.clone()));
            } else {
                others.push((delivery.id, attempt));
            }
            told.push(tell(conn, &delivery, links, now).await?);
        }
        let Some((attempt, first, to)) = first else { return Ok(None) };
        let (parts, spans): (Vec<_>, Vec<_>) = told.into_iter().unzip();
        let Some(Span { since, until, at }) = spans.into_iter().next() else { return Ok(None) };
        let words = digest(&parts, (&since, &until)).ok_or(ActionError::NotFound("incident"))?;
        let message_id = message_id(id, links.host());
        let Words { subject, text } = words;
        let mail = Mail { message_id, at, to, subject, text, reply_to: None };
        Ok(Some(Letter { delivery: id, attempt, first, others, mail }))
    })
    .await
}

/// From when to when nothing was sent, and when the digest was made.
struct Span {
    since: String,
    until: String,
    at: OffsetDateTime,
}

/// What a digest says of one incident, as it stands now.
async fn tell(
    conn: &mut PgConnection,
    delivery: &Delivery,
    links: &Links,
    now: OffsetDateTime,
) -> ActionResult<(Part, Span)> {
    let message = store::messages::find(conn, delivery.message).await?;
    let message = message.ok_or(ActionError::NotFound("message"))?;
    let incident = match message.incident {
        Some(id) => store::incidents::find(conn, id).await?,
        None => None,
    };
    let incident = incident.ok_or(ActionError::NotFound("incident"))?;
    let plan = plan_of(conn, &incident).await?;
    let zone = zone_of_person(conn, delivery.person, Some(&plan)).await?;
    let mut whom: Whom = serde_json::from_value(message.facts.clone()).unwrap_or_default();
    let person = delivery.person.ok_or(ActionError::NotFound("person"))?;
    let paged = whom.remove(&person).ok_or(ActionError::NotFound("person"))?;
    let After { since, until, also } = paged.after.ok_or(ActionError::NotFound("digest"))?;
    let scene =
        Scene { incident: &incident, plan: &plan, zone: &zone, links, delivery: delivery.id };
    let mut said = Vec::new();
    for call in [paged.call].iter().chain(&also) {
        let roles = &paged.roles[..];
        if is_wanted(conn, &incident, (person, roles), call, (&message, now)).await? {
            said.push(scene.said(roles, call));
        }
    }
    let stand = stand(conn, &incident, &zone).await?;
    let part = scene.facts(&[], &Call::First, |facts| Part {
        drill: facts.drill,
        level: facts.level,
        level_name: facts.level_name.to_owned(),
        title: facts.title.to_owned(),
        since: facts.since.to_owned(),
        stand,
        open: incident.is_open(),
        said,
        hotline: facts.hotline.map(str::to_owned),
        organisation: facts.organisation.to_owned(),
    });
    let clock = |at| zone.when(at, now);
    Ok((part, Span { since: clock(since), until: clock(until), at: message.created_at }))
}

/// How an incident stands, in a sentence or two.
async fn stand(conn: &mut PgConnection, incident: &Incident, zone: &Zone) -> ActionResult<String> {
    let since = zone.clock(incident.phase_since);
    let phase = match incident.phase {
        Phase::Closed => return Ok(format!("Closed {since}.")),
        Phase::Merged => {
            let last = store::incidents::goes_on_as(conn, incident.id).await?;
            let other = store::incidents::find(conn, last).await?;
            let title = other.map_or_else(|| "another".to_owned(), |other| other.title);
            return Ok(format!("Merged {since} into “{title}”."));
        }
        Phase::FalseAlarm => return Ok(format!("It was a false alarm, called off {since}.")),
        Phase::Declared => String::new(),
        Phase::Recovering => format!("Recovering since {since}. "),
        Phase::Stable => format!("Stable since {since}. "),
    };
    let roster = Roster::read(conn).await?;
    let responders = store::responders::of(conn, incident.id).await?;
    let have = responders.iter().filter(|one| one.answer.as_deref() == Some("have"));
    let names: Vec<_> = have.map(|one| roster.name(one.person)).collect();
    Ok(match &names[..] {
        [] => format!("{phase}Nobody has it yet."),
        [one] => format!("{phase}{one} has it."),
        several => format!("{phase}{} have it.", joined(several)),
    })
}
