//! Alarms: words to who looks after databases, about what needs them outside of any incident.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::{ActionResult, quarantine, timeline};
use super::link::Links;
use super::make::{Roster, deliver_first, urgency};
use super::sending::zone_of_person;
use crate::domain::id::{MessageId, PersonId};
use crate::domain::message::alarm::Alarm;
use crate::domain::message::{Kind, Words};
use crate::domain::plan::document::{Mark, Plan};
use crate::domain::recovery::{Nearness, Told};
use crate::domain::timeline::{Actor, Body, Kind as Entry};
use crate::store;
use crate::store::messages::Message;

/// Sends it to everybody who holds the role that looks after databases, or to the plan's owner where
/// nobody does. Its last statements write the installation's entry.
pub(in crate::actions) async fn alarm(
    conn: &mut PgConnection,
    alarm: &Alarm,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let roster = Roster::read(conn).await?;
    let plan = store::plans::current(conn).await?.map(|revision| revision.plan);
    let whom = plan.as_ref().map(|plan| whom(plan, &roster)).unwrap_or_default();
    if !quarantine::is_on(conn).await? && !whom.is_empty() {
        send(conn, alarm, (&roster, &whom), now).await?;
    }
    let names: Vec<_> = whom.iter().map(|person| roster.name(*person)).collect();
    let told = match names.as_slice() {
        [] => "Nobody could be told: no role in the plan looks after databases".to_owned(),
        names => format!("Told: {}", names.join(", ")),
    };
    let subject = alarm.words(|at| at.to_string(), "").subject;
    let body = Body::words(format!("{subject}. {told}."));
    timeline::log(conn, Entry::Alarm, Actor::System, body, now).await.map(drop)
}

async fn send(
    conn: &mut PgConnection,
    alarm: &Alarm,
    (roster, whom): (&Roster, &BTreeSet<PersonId>),
    now: OffsetDateTime,
) -> ActionResult<()> {
    let message = Message {
        id: MessageId::new(now),
        incident: None,
        kind: Kind::Alarm,
        reason: alarm.reason().to_owned(),
        facts: serde_json::to_value(alarm).unwrap_or_default(),
        created_at: now,
    };
    store::messages::insert(conn, &message).await?;
    let urgency = urgency(Kind::Alarm, None);
    for &person in whom {
        deliver_first(conn, (message.id, urgency), (roster, person), now, now).await?;
    }
    Ok(())
}

fn whom(plan: &Plan, roster: &Roster) -> BTreeSet<PersonId> {
    let roles = plan.role.iter().filter(|role| role.marks.contains(&Mark::Database));
    let holders = roles.flat_map(|role| &role.holders);
    let holders: BTreeSet<_> =
        holders.filter_map(|key| roster.by_key(key)).map(|person| person.id).collect();
    match holders.is_empty() {
        true => roster.by_key(&plan.document.owner).map(|person| person.id).into_iter().collect(),
        false => holders,
    }
}

/// What an alarm says to this person now; none: it is over.
pub(super) async fn words(
    conn: &mut PgConnection,
    links: &Links,
    (message, person): (&Message, Option<PersonId>),
) -> ActionResult<Option<Words>> {
    let Ok(alarm) = serde_json::from_value::<Alarm>(message.facts.clone()) else {
        return Ok(None);
    };
    if is_over(conn, &alarm).await? {
        return Ok(None);
    }
    let plan = store::plans::current(conn).await?.map(|revision| revision.plan);
    let zone = zone_of_person(conn, person, plan.as_ref()).await?;
    Ok(Some(alarm.words(|at| zone.moment(at), &links.recovery())))
}

/// Whether nothing of it needs a person any more.
async fn is_over(conn: &mut PgConnection, alarm: &Alarm) -> ActionResult<bool> {
    match alarm {
        Alarm::SecondAgent { .. } | Alarm::ProofFailed { .. } => Ok(false),
        Alarm::Exposed { site, database, .. } => {
            let told = store::databases::told(conn, (*site, database)).await?;
            Ok(told.is_none_or(|told| told == Told::Nothing))
        }
        Alarm::LogFills { site, database, .. } => {
            let told = store::databases::fills(conn, (*site, database)).await?;
            Ok(told.is_none_or(|told| told == Nearness::Far))
        }
        Alarm::SiteSilent { .. } | Alarm::AllSilent { .. } => {
            let heard = store::sites::heard(conn).await?;
            let about = alarm.sites();
            Ok(!heard.iter().any(|one| one.told && about.contains(&one.site)))
        }
    }
}
