//! Taking a delivery in hand: the world is read again, and the mail is written.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::letters::zone_of;
use super::super::{ActionError, ActionResult, DEADLINE};
use super::link::Links;
use super::make::{Call, Paged, Whom};
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::id::{DeliveryId, IncidentId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::message::page::{self, Facts};
use crate::domain::message::{DeliveryState, Words, message_id};
use crate::domain::plan::document::Plan;
use crate::domain::post_mortem::State;
use crate::notify::Mail;
use crate::store;
use crate::store::deliveries::Delivery;
use crate::store::messages::Message;

/// A mail in hand.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What it delivers.
    pub delivery: DeliveryId,
    /// Which attempt this is.
    pub attempt: i16,
    /// When the first one began.
    pub first: OffsetDateTime,
    /// The mail.
    pub mail: Mail,
}

/// Takes a delivery in hand and writes down that its send begins. None: there is nothing to send
/// any more, because it left, was withdrawn or was answered.
pub async fn take(
    db: &Db,
    links: &Links,
    id: DeliveryId,
    now: OffsetDateTime,
) -> ActionResult<Option<Letter>> {
    db.transaction(DEADLINE, async |conn| {
        let Some(delivery) = store::deliveries::lock(conn, id).await? else { return Ok(None) };
        if delivery.state.is_settled() {
            return Ok(None);
        }
        let message = store::messages::find(conn, delivery.message).await?;
        let message = message.ok_or(ActionError::NotFound("message"))?;
        let Some((incident, paged)) = wanted(conn, &delivery, &message, now).await? else {
            let state = DeliveryState::Withdrawn;
            store::deliveries::set_state(conn, id, state, None, now).await?;
            store::messages::settle(conn, message.id, now).await?;
            return Ok(None);
        };
        let revision = store::plans::find(conn, incident.revision).await?;
        let plan = revision.ok_or(ActionError::NotFound("revision of the plan"))?.plan;
        store::deliveries::set_state(conn, id, DeliveryState::Sending, None, now).await?;
        let (attempt, first) = store::attempts::begin(conn, id, now).await?;
        let own = zone_of_person(conn, delivery.person).await?;
        let zone = zone_of(&own, Some(&plan.document));
        let words = words(&incident, &plan, (&paged, &zone), links, id);
        let mail = Mail {
            message_id: message_id(id, links.host()),
            at: message.created_at,
            to: delivery.address,
            subject: words.subject,
            text: words.text,
            reply_to: None,
        };
        Ok(Some(Letter { delivery: id, attempt, first, mail }))
    })
    .await
}

/// Whether the message is still wanted, and what it is to say to this person.
async fn wanted(
    conn: &mut PgConnection,
    delivery: &Delivery,
    message: &Message,
    now: OffsetDateTime,
) -> ActionResult<Option<(Incident, Paged)>> {
    let (Some(id), Some(person)) = (message.incident, delivery.person) else { return Ok(None) };
    let id = store::incidents::goes_on_as(conn, id).await?; // a merged one's pages are the other's
    let Some(incident) = store::incidents::find(conn, id).await? else { return Ok(None) };
    let whom: Whom = serde_json::from_value(message.facts.clone()).unwrap_or_default();
    let Some(paged) = whom.get(&person).cloned() else { return Ok(None) };
    let wanted = match &paged.call {
        Call::StandDown { .. } => true,
        Call::ReportDue { .. } => {
            let report = store::post_mortems::find(conn, id).await?;
            report.is_some_and(|report| report.state != State::Published)
        }
        _ if !incident.is_open() => false,
        Call::Outlasted { next_level, .. } => incident.level < *next_level,
        Call::TaskOverdue { task, .. } => {
            let task = store::tasks::lock(conn, id, *task).await?;
            task.is_some_and(|task| task.is_overdue(now))
        }
        Call::AskedAgain { .. } => !spoke(conn, id, person, message).await?,
        Call::First | Call::Repeated | Call::InTurn { .. } | Call::Nobody { .. } => {
            !spoke(conn, id, person, message).await? && lacks(conn, id, &paged.roles).await?
        }
    };
    Ok(wanted.then_some((incident, paged)))
}

/// Whether the person answered, or did anything, since the message was made.
async fn spoke(
    conn: &mut PgConnection,
    incident: IncidentId,
    person: PersonId,
    message: &Message,
) -> ActionResult<bool> {
    let responders = store::responders::of(conn, incident).await?;
    let mut own = responders.iter().filter(|responder| responder.person == person);
    Ok(own.any(|responder| responder.active_at.is_some_and(|at| at > message.created_at)))
}

/// Whether nobody has one of these roles yet.
async fn lacks(
    conn: &mut PgConnection,
    incident: IncidentId,
    roles: &[String],
) -> ActionResult<bool> {
    let chains = store::chains::of(conn, incident).await?;
    let mut asked = chains.iter().filter(|chain| roles.contains(&chain.role_key));
    Ok(asked.any(|chain| chain.answered_by.is_none()))
}

/// The zone of whoever it goes to; empty where they have none of their own.
async fn zone_of_person(conn: &mut PgConnection, person: Option<PersonId>) -> ActionResult<String> {
    let Some(person) = person else { return Ok(String::new()) };
    let found = store::people::find(conn, person).await?;
    Ok(found.map(|person| person.zone).unwrap_or_default())
}

fn words(
    incident: &Incident,
    plan: &Plan,
    (paged, zone): (&Paged, &Zone),
    links: &Links,
    id: DeliveryId,
) -> Words {
    let since = zone.clock(incident.impact_start);
    let roles: Vec<_> = paged.roles.iter().filter_map(|key| plan.role(key)).collect();
    let roles: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
    let link = match paged.call {
        Call::StandDown { .. } | Call::Outlasted { .. } => links.incident(incident.id),
        Call::TaskOverdue { .. } => links.tasks(incident.id),
        Call::ReportDue { .. } => links.post_mortem(incident.id),
        _ => links.answer(id),
    };
    let hotline = plan.document.hotline.as_str();
    let facts = Facts {
        drill: incident.is_drill(),
        level: incident.level,
        level_name: plan.level(incident.level).map_or("", |level| &level.name),
        title: &incident.title,
        since: &since,
        roles: &roles,
        link: &link,
        hotline: (!hotline.is_empty()).then_some(hotline),
        organisation: &plan.document.organisation,
    };
    say(&facts, &paged.call)
}

fn say(facts: &Facts<'_>, call: &Call) -> Words {
    fn refs(names: &[String]) -> Vec<&str> {
        names.iter().map(String::as_str).collect()
    }
    match call {
        Call::First => page::page(facts, page::Call::First),
        Call::Repeated => page::page(facts, page::Call::Repeated),
        Call::InTurn { before } => page::page(facts, page::Call::InTurn { before: &refs(before) }),
        Call::AskedAgain { answered } => page::page(facts, page::Call::AskedAgain { answered }),
        Call::Nobody { role, asked } => {
            page::page(facts, page::Call::NobodyAnswered { role, asked: &refs(asked) })
        }
        Call::Outlasted { usual, next_level } => {
            page::page(facts, page::Call::Outlasted { usual, next_level: *next_level })
        }
        Call::StandDown { by } => page::stand_down(facts, by),
        Call::TaskOverdue { what, who, .. } => {
            page::page(facts, page::Call::TaskOverdue { what, who })
        }
        Call::ReportDue { due } => page::report_due(facts, due),
    }
}
