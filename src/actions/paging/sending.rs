//! Taking a delivery in hand: the world is read again, and the mail is written.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::letters::zone_of;
use super::super::{ActionError, ActionResult, DEADLINE};
use super::alarm;
use super::link::Links;
use super::make::{Call, Paged, Whom};
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::id::{DeliveryId, IncidentId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::message::page::{self, Facts, Said};
use crate::domain::message::{DeliveryState, Kind, Words, message_id};
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
    /// Other deliveries that go in the same mail, each with which attempt this is.
    pub others: Vec<(DeliveryId, i16)>,
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
        let Some(words) = words(conn, links, (&delivery, &message), now).await? else {
            let state = DeliveryState::Withdrawn;
            store::deliveries::set_state(conn, id, state, None, now).await?;
            store::messages::settle(conn, message.id, now).await?;
            return Ok(None);
        };
        store::deliveries::set_state(conn, id, DeliveryState::Sending, None, now).await?;
        let (attempt, first) = store::attempts::begin(conn, id, now).await?;
        let mail = Mail {
            message_id: message_id(id, links.host()),
            at: message.created_at,
            to: delivery.address,
            subject: words.subject,
            text: words.text,
            reply_to: None,
        };
        Ok(Some(Letter { delivery: id, attempt, first, others: Vec::new(), mail }))
    })
    .await
}

/// What the message is to say to this person now; none: it is not wanted any more.
async fn words(
    conn: &mut PgConnection,
    links: &Links,
    (delivery, message): (&Delivery, &Message),
    now: OffsetDateTime,
) -> ActionResult<Option<Words>> {
    if message.kind == Kind::Alarm {
        return alarm::words(conn, links, (message, delivery.person)).await;
    }
    let Some((incident, paged)) = wanted(conn, delivery, message, now).await? else {
        return Ok(None);
    };
    let plan = plan_of(conn, &incident).await?;
    let zone = zone_of_person(conn, delivery.person, Some(&plan)).await?;
    let delivery = delivery.id;
    let scene = Scene { incident: &incident, plan: &plan, zone: &zone, links, delivery };
    Ok(Some(scene.words(&paged)))
}

pub(super) async fn plan_of(conn: &mut PgConnection, incident: &Incident) -> ActionResult<Plan> {
    let revision = store::plans::find(conn, incident.revision).await?;
    Ok(revision.ok_or(ActionError::NotFound("revision of the plan"))?.plan)
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
    let wanted = is_wanted(conn, &incident, (person, &paged.roles), &paged.call, (message, now));
    Ok(wanted.await?.then_some((incident, paged)))
}

/// Whether this call still makes sense to the person.
pub(super) async fn is_wanted(
    conn: &mut PgConnection,
    incident: &Incident,
    (person, roles): (PersonId, &[String]),
    call: &Call,
    (message, now): (&Message, OffsetDateTime),
) -> ActionResult<bool> {
    let id = incident.id;
    Ok(match call {
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
            !spoke(conn, id, person, message).await? && lacks(conn, id, roles).await?
        }
    })
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

/// The zone of whoever it goes to.
pub(super) async fn zone_of_person(
    conn: &mut PgConnection,
    person: Option<PersonId>,
    plan: Option<&Plan>,
) -> ActionResult<Zone> {
    let found = match person {
        Some(person) => store::people::find(conn, person).await?,
        None => None,
    };
    let own = found.map(|person| person.zone).unwrap_or_default();
    Ok(zone_of(&own, plan.map(|plan| &plan.document)))
}

/// Of what a delivery tells, and how it is written.
pub(super) struct Scene<'a> {
    pub incident: &'a Incident,
    pub plan: &'a Plan,
    pub zone: &'a Zone,
    pub links: &'a Links,
    pub delivery: DeliveryId,
}

impl Scene<'_> {
    fn words(&self, paged: &Paged) -> Words {
        self.facts(&paged.roles, &paged.call, |facts| page::alone(facts, &said(facts, &paged.call)))
    }

    /// What one call says, in a digest of others.
    pub(super) fn said(&self, roles: &[String], call: &Call) -> Said {
        self.facts(roles, call, |facts| said(facts, call))
    }

    /// Does something with what the words of this call need.
    pub(super) fn facts<T>(
        &self,
        roles: &[String],
        call: &Call,
        with: impl FnOnce(&Facts<'_>) -> T,
    ) -> T {
        let Scene { incident, plan, links, .. } = self;
        let since = self.zone.clock(incident.impact_start);
        let roles: Vec<_> = roles.iter().filter_map(|key| plan.role(key)).collect();
        let roles: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
        let link = match call {
            Call::StandDown { .. } | Call::Outlasted { .. } => links.incident(incident.id),
            Call::TaskOverdue { .. } => links.tasks(incident.id),
            Call::ReportDue { .. } => links.post_mortem(incident.id),
            _ => links.answer(self.delivery),
        };
        let hotline = plan.document.hotline.as_str();
        with(&Facts {
            drill: incident.is_drill(),
            level: incident.level,
            level_name: plan.level(incident.level).map_or("", |level| &level.name),
            title: &incident.title,
            since: &since,
            roles: &roles,
            link: &link,
            hotline: (!hotline.is_empty()).then_some(hotline),
            organisation: &plan.document.organisation,
        })
    }
}

fn said(facts: &Facts<'_>, call: &Call) -> Said {
    fn refs(names: &[String]) -> Vec<&str> {
        names.iter().map(String::as_str).collect()
    }
    match call {
        Call::First => page::said(facts, page::Call::First),
        Call::Repeated => page::said(facts, page::Call::Repeated),
        Call::InTurn { before } => page::said(facts, page::Call::InTurn { before: &refs(before) }),
        Call::AskedAgain { answered } => page::said(facts, page::Call::AskedAgain { answered }),
        Call::Nobody { role, asked } => {
            page::said(facts, page::Call::NobodyAnswered { role, asked: &refs(asked) })
        }
        Call::Outlasted { usual, next_level } => {
            page::said(facts, page::Call::Outlasted { usual, next_level: *next_level })
        }
        Call::StandDown { by } => page::called_off(facts, by),
        Call::TaskOverdue { what, who, .. } => {
            page::said(facts, page::Call::TaskOverdue { what, who })
        }
        Call::ReportDue { due } => page::report_due(facts, due),
    }
}
