//! The end of paging, and asking again who has it.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::super::{ActionError, ActionResult};
use super::make::{Call, Paged, Roster, Whom, make};
use crate::domain::clocks::{Clock, Kind};
use crate::domain::id::PersonId;
use crate::domain::incident::Incident;
use crate::domain::message;
use crate::store;

/// How long somebody who has it may be silent.
pub(in crate::actions) const SILENCE: Duration = Duration::minutes(15);

/// Ends all chains of an incident that is over. Where somebody called it off, those who were paged
/// hear from whom, and to stand down.
pub async fn stop(
    conn: &mut PgConnection,
    incident: &Incident,
    off_by: Option<PersonId>,
    now: OffsetDateTime,
) -> ActionResult<()> {
    store::chains::end(conn, incident.id).await?;
    store::clocks::finish_all(conn, incident.id, Kind::Escalate, now).await?;
    store::clocks::finish_all(conn, incident.id, Kind::Silent, now).await?;
    store::deliveries::withdraw(conn, incident.id, now).await?;
    let Some(by) = off_by else { return Ok(()) };
    let roster = Roster::read(conn).await?;
    let call = Call::StandDown { by: roster.name(by).to_owned() };
    let off = Paged::new(Vec::new(), call);
    let people = store::deliveries::reached(conn, incident.id).await?;
    let whom: Whom = people.into_iter().map(|person| (person, off.clone())).collect();
    make(conn, incident, &roster, (message::Kind::Notice, "stand-down"), &whom, now, now).await
}

/// The person did something on the incident: who has it is not asked again for a while.
pub async fn active(
    conn: &mut PgConnection,
    incident: &Incident,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    if incident.is_open() && store::responders::active(conn, incident.id, person, now).await? {
        await_silence(conn, incident, person, now).await?;
    }
    Ok(())
}

/// Somebody who has it has been silent.
pub(in crate::actions) async fn ask_again(
    conn: &mut PgConnection,
    clock: &Clock,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let Some(incident) = store::incidents::find(conn, clock.incident).await? else { return Ok(()) };
    let responders = store::responders::of(conn, incident.id).await?;
    let silent = responders.into_iter().find(|responder| {
        responder.person.to_string() == clock.key && responder.answer.as_deref() == Some("have")
    });
    let Some((responder, answered)) = silent.and_then(|r| r.answered_at.map(|at| (r, at))) else {
        return Ok(());
    };
    if !incident.is_open() {
        return Ok(());
    }
    let revision = store::plans::find(conn, incident.revision).await?;
    let plan = revision.ok_or(ActionError::NotFound("revision of the plan"))?.plan;
    let zone = plan.document.zone();
    let call = Call::AskedAgain { answered: zone.clock(answered) };
    let whom = Whom::from([(responder.person, Paged::new(responder.roles, call))]);
    let roster = Roster::read(conn).await?;
    make(conn, &incident, &roster, (message::Kind::Page, "asked-again"), &whom, now, now).await?;
    await_silence(conn, &incident, responder.person, now).await
}

/// Sets the clock that asks the person again.
pub(in crate::actions) async fn await_silence(
    conn: &mut PgConnection,
    incident: &Incident,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let clock = Clock {
        incident: incident.id,
        kind: Kind::Silent,
        key: person.to_string(),
        generation: 0,
        due_at: now + SILENCE,
    };
    Ok(store::clocks::set(conn, &clock).await?)
}
