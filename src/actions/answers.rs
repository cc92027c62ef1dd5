//! A paged person's answer.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{ActionError, ActionResult, DEADLINE, duties, paging, timeline};
use crate::db::Db;
use crate::domain::clocks::Kind as ClockKind;
use crate::domain::id::{DeliveryId, PersonId};
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
pub async fn answer(
    db: &Db,
    delivery: DeliveryId,
    answer: Answer,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let answered = db.transaction(DEADLINE, async |conn| {
        let (incident, message, person) = whose(conn, delivery).await?;
        if !incident.is_open() {
            let words = "it is over: nothing is left to answer, and nobody waits for you";
            return Err(ActionError::Refused(words.to_owned()));
        }
        let all = store::responders::of(conn, incident.id).await?;
        let responder = all.into_iter().find(|responder| responder.person == person);
        let responder = responder.ok_or(ActionError::NotFound("page to you"))?;
        if store::people::find(conn, person).await?.is_none_or(|one| one.disabled_at.is_some()) {
            let words = "you are no longer on the roster; ask an owner";
            return Err(ActionError::refused(words));
        }
        if already(&responder, answer, &message) {
            return paging::active(conn, &incident, person, now).await;
        }
        store::responders::answer(conn, incident.id, person, answer.name(), now).await?;
        fail::point("answer.kept").await?;
        let actor = Actor::Link { delivery, person };
        match answer {
            Answer::Have => have(conn, incident, &responder, actor, now).await?,
            Answer::Cannot => cannot(conn, &incident, &responder, actor, now).await?,
            Answer::Call => call(conn, &incident, &responder, actor, now).await?,
        }
        Ok(fail::point("answer.said").await?)
    });
    answered.await?;
    Ok(fail::point("answer.committed").await?)
}

/// Whether they said just this since they were asked.
fn already(responder: &Responder, answer: Answer, asked: &Message) -> bool {
    responder.answer.as_deref() == Some(answer.name())
        && responder.answered_at.is_some_and(|at| at >= asked.created_at)
}

async fn whose(
    conn: &mut PgConnection,
    id: DeliveryId,
) -> ActionResult<(Incident, Message, PersonId)> {
    let message = store::messages::of_delivery(conn, id).await?;
    let message = message.ok_or(ActionError::NotFound("page"))?;
    let incident = message.incident.ok_or(ActionError::NotFound("incident"))?;
    let incident = store::incidents::lock(conn, incident).await?;
    let incident = incident.ok_or(ActionError::NotFound("incident"))?;
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
    let Responder { person, roles, .. } = responder;
    for role in roles {
        store::duties::take(conn, incident.id, role, *person, now).await?;
    }
    fail::point("answer.taken").await?;
    store::chains::answer(conn, incident.id, roles, *person).await?;
    store::clocks::finish(conn, incident.id, ClockKind::Escalate, roles, now).await?;
    paging::await_silence(conn, &incident, *person, now).await?;
    if incident.answered_at.is_none() {
        incident.answered_at = Some(now);
        store::incidents::update(conn, &incident).await?;
    }
    let words = if responder.answer.as_deref() == Some("have") { "still has it" } else { "has it" };
    say(conn, &incident, *person, words, actor, now).await
}

async fn cannot(
    conn: &mut PgConnection,
    incident: &Incident,
    responder: &Responder,
    actor: Actor,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let Responder { person, roles, .. } = responder;
    duties::leave(conn, incident.id, *person, now).await?;
    say(conn, incident, *person, "can’t", actor, now).await?;
    duties::seek(conn, incident, roles, now).await
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
