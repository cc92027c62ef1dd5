//! A paged person's answer.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{ActionError, ActionResult, DEADLINE, duties, incidents, paging, quarantine, timeline};
use crate::db::Db;
use crate::domain::clocks::Kind as ClockKind;
use crate::domain::escalation::NOBODY_ASKED;
use crate::domain::id::{DeliveryId, IncidentId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::fail;
use crate::store;
use crate::store::messages::Message;
use crate::store::responders::Responder;

/// What a paged person says; the latest holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// "I have it."
    Have,
    /// "I can't."
    Cannot,
    /// "Call me."
    Call,
}

impl Answer {
    /// The answer of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Answer> {
        let all = [Answer::Have, Answer::Cannot, Answer::Call];
        all.into_iter().find(|answer| answer.name() == name)
    }

    /// Its name in the database and in forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Answer::Have => "have",
            Answer::Cannot => "cannot",
            Answer::Call => "call",
        }
    }
}

/// Keeps the answer of whoever opened the link of this delivery, and does what follows from it. The
/// same press arriving twice is one answer.
///
/// # Errors
/// Refused when the incident is over; not found where the link is about no page.
pub async fn answer(
    db: &Db,
    delivery: DeliveryId,
    answer: Answer,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let answered = db.transaction(DEADLINE, async |conn| {
        quarantine::refuse(conn).await?;
        let (incident, message, person) = whose(conn, delivery).await?;
        let actor = Actor::Link { delivery, person };
        let more =
            answer == Answer::Have && takes_more(conn, &incident, &message, person, now).await?;
        let asked = if more { now } else { message.created_at };
        keep(conn, incident, (actor, asked), answer, now).await
    });
    answered.await?;
    Ok(fail::point("answer.committed").await?)
}

/// Whoever says "I have it" to a page that asked because nobody answered has those roles, too;
/// answers whether they were not theirs before.
async fn takes_more(
    conn: &mut PgConnection,
    incident: &Incident,
    message: &Message,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<bool> {
    let roles = paging::asked_in_need(message, person);
    let all = store::responders::of(conn, incident.id).await?;
    let own = all.into_iter().find(|responder| responder.person == person);
    let own = own.map(|responder| responder.roles).unwrap_or_default();
    if roles.iter().all(|role| own.contains(role)) {
        return Ok(false);
    }
    store::responders::page(conn, incident.id, person, &roles, now).await?;
    Ok(true)
}

/// The same for somebody who was paged and has signed in.
///
/// # Errors
/// Refused when the incident is over; not found where they were never paged.
pub async fn answer_signed_in(
    db: &Db,
    id: IncidentId,
    answer: Answer,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let (incident, _) = incidents::lock_going_on(conn, id).await?;
        let asked = incident.declared_at;
        keep(conn, incident, (Actor::Person(by), asked), answer, now).await
    })
    .await
}

/// Somebody whom nobody paged is there to help. Who was paged has it. A second press changes
/// nothing.
///
/// # Errors
/// Refused when the incident is over.
pub async fn join(db: &Db, id: IncidentId, by: PersonId, now: OffsetDateTime) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let (mut incident, _) = incidents::lock_going_on(conn, id).await?;
        let id = incident.id;
        incident.going_on().map_err(ActionError::refused)?;
        if has_it(conn, id, by).await? {
            return Ok(());
        }
        settle(conn, &mut incident, by, None, now).await?;
        store::incidents::update(conn, &incident).await?;
        let (kind, actor) = (Kind::Joined, Actor::Person(by));
        timeline::say(conn, &incident, kind, actor, Body::words("Joined."), now).await?;
        Ok(())
    })
    .await
}

/// Keeps what a paged person says, who was asked then.
async fn keep(
    conn: &mut PgConnection,
    incident: Incident,
    (actor, asked): (Actor, OffsetDateTime),
    answer: Answer,
    now: OffsetDateTime,
) -> ActionResult<()> {
    if !incident.is_open() {
        let words = "it is over: nothing is left to answer, and nobody waits for you";
        return Err(ActionError::Refused(words.to_owned()));
    }
    let all = store::responders::of(conn, incident.id).await?;
    let responder = all.into_iter().find(|responder| Some(responder.person) == actor.person());
    let responder = responder.ok_or(ActionError::NotFound("page to you"))?;
    require_on_call(conn, responder.person).await?;
    if already(&responder, answer, asked) {
        return paging::active(conn, &incident, responder.person, now).await;
    }
    let at = now.max(asked); // an answer comes after its question, however the clock was set
    store::responders::answer(conn, incident.id, responder.person, answer.name(), at).await?;
    fail::point("answer.kept").await?;
    match answer {
        Answer::Have => have(conn, incident, &responder, actor, now).await?,
        Answer::Cannot => cannot(conn, incident, &responder, actor, now).await?,
        Answer::Call => call(conn, &incident, &responder, actor, now).await?,
    }
    Ok(fail::point("answer.said").await?)
}

/// Refuses who left the roster, or whose account is disabled, after the link was mailed.
pub(super) async fn require_on_call(conn: &mut PgConnection, person: PersonId) -> ActionResult<()> {
    match store::people::is_on_call(conn, person).await? {
        true => Ok(()),
        false => Err(ActionError::refused("you are no longer called on; ask an owner")),
    }
}

/// Whether they said just this since they were asked.
fn already(responder: &Responder, answer: Answer, asked: OffsetDateTime) -> bool {
    responder.answer.as_deref() == Some(answer.name())
        && responder.answered_at.is_some_and(|at| at >= asked)
}

async fn whose(
    conn: &mut PgConnection,
    id: DeliveryId,
) -> ActionResult<(Incident, Message, PersonId)> {
    let message = store::messages::of_delivery(conn, id).await?;
    let message = message.ok_or(ActionError::NotFound("page"))?;
    let incident = message.incident.ok_or(ActionError::NotFound("incident"))?;
    let (incident, _) = incidents::lock_going_on(conn, incident).await?;
    let delivery = store::deliveries::lock(conn, id).await?;
    let person = delivery.and_then(|delivery| delivery.person);
    Ok((incident, message, person.ok_or(ActionError::NotFound("page"))?))
}

async fn have(
    conn: &mut PgConnection,
    mut incident: Incident,
    responder: &Responder,
    actor: Actor,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let first = incident.answered_at.is_none();
    hold(conn, &mut incident, responder.person, &responder.roles, now).await?;
    if first {
        store::incidents::update(conn, &incident).await?;
    }
    let words = if responder.answer.as_deref() == Some("have") { "still has it" } else { "has it" };
    say(conn, &incident, responder.person, words, actor, now).await
}

/// Whether this person has it.
pub(super) async fn has_it(
    conn: &mut PgConnection,
    id: IncidentId,
    person: PersonId,
) -> ActionResult<bool> {
    let all = store::responders::of(conn, id).await?;
    let has = |r: &Responder| r.person == person && r.answer.as_deref() == Some("have");
    Ok(all.iter().any(has))
}

/// This person has it, and this role, which the level need not page. The incident is still to be
/// written.
pub(super) async fn take(
    conn: &mut PgConnection,
    incident: &mut Incident,
    person: PersonId,
    role: &str,
    now: OffsetDateTime,
) -> ActionResult<()> {
    store::chains::insert(conn, incident.id, (role, NOBODY_ASKED), now).await?;
    settle(conn, incident, person, Some(role), now).await
}

async fn settle(
    conn: &mut PgConnection,
    incident: &mut Incident,
    person: PersonId,
    role: Option<&str>,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let role: Vec<String> = role.into_iter().map(str::to_owned).collect();
    store::responders::page(conn, incident.id, person, &role, now).await?;
    store::responders::answer(conn, incident.id, person, Answer::Have.name(), now).await?;
    let all = store::responders::of(conn, incident.id).await?;
    let roles = all.into_iter().find(|responder| responder.person == person);
    let roles = roles.map(|responder| responder.roles).unwrap_or_default();
    hold(conn, incident, person, &roles, now).await
}

/// Whoever has it holds those of these roles that nobody holds, and their chains end.
async fn hold(
    conn: &mut PgConnection,
    incident: &mut Incident,
    person: PersonId,
    roles: &[String],
    now: OffsetDateTime,
) -> ActionResult<()> {
    for role in roles {
        store::duties::take(conn, incident.id, role, person, now).await?;
    }
    fail::point("answer.taken").await?;
    store::chains::answer(conn, incident.id, roles, person).await?;
    store::clocks::finish(conn, incident.id, ClockKind::Escalate, roles, now).await?;
    paging::await_silence(conn, incident, person, now).await?;
    incident.answered_at = incident.answered_at.or(Some(now));
    Ok(())
}

async fn cannot(
    conn: &mut PgConnection,
    mut incident: Incident,
    responder: &Responder,
    actor: Actor,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let Responder { person, roles, .. } = responder;
    duties::leave(conn, incident.id, *person, now).await?;
    let words = if incident.commander == Some(*person) {
        (incident.commander, incident.commander_since) = (None, None);
        store::incidents::update(conn, &incident).await?;
        "can’t, and no longer commands"
    } else {
        "can’t"
    };
    say(conn, &incident, *person, words, actor, now).await?;
    duties::seek(conn, &incident, roles, now).await
}

async fn call(
    conn: &mut PgConnection,
    incident: &Incident,
    responder: &Responder,
    actor: Actor,
    now: OffsetDateTime,
) -> ActionResult<()> {
    say(conn, incident, responder.person, "asks to be called", actor, now).await
}

async fn say(
    conn: &mut PgConnection,
    incident: &Incident,
    person: PersonId,
    words: &str,
    actor: Actor,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let name = store::people::find(conn, person).await?.map(|person| person.name);
    let name = name.as_deref().unwrap_or("Somebody");
    let body = Body::words(format!("{name} {words}."));
    timeline::say(conn, incident, Kind::Answer, actor, body, now).await?;
    Ok(())
}
