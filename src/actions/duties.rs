//! Duties that end before their incident does: the roles look for the next person.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{ActionError, ActionResult, paging, timeline};
use crate::domain::clocks::Kind as ClockKind;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::plan::document::Plan;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;
use crate::store::people::Person;

/// Ends what the person holds in every open incident, command too; `because` says why.
pub(super) async fn end_all(
    conn: &mut PgConnection,
    who: &Person,
    because: &str,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    for open in store::incidents::open(conn).await? {
        end(conn, open.id, who, because, by, now).await?;
    }
    Ok(())
}

async fn end(
    conn: &mut PgConnection,
    id: IncidentId,
    who: &Person,
    because: &str,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let incident = store::incidents::lock(conn, id).await?;
    let mut incident = incident.ok_or(ActionError::NotFound("incident"))?;
    let commands = incident.commander == Some(who.id);
    let roles = leave(conn, id, who.id, now).await?;
    if roles.is_empty() && !commands {
        return Ok(());
    }
    if commands {
        (incident.commander, incident.commander_since) = (None, None);
        store::incidents::update(conn, &incident).await?;
    }
    if store::responders::of(conn, id).await?.iter().any(|one| one.person == who.id) {
        store::responders::answer(conn, id, who.id, "cannot", now).await?;
    }
    let revision = store::plans::find(conn, incident.revision).await?;
    let plan = revision.ok_or(ActionError::NotFound("revision of the plan"))?.plan;
    let held = spoken(&plan, &roles, commands);
    let body = Body::words(format!("{} no longer holds {held}: {because}.", who.name));
    let body = body.with("person", who.id);
    timeline::say(conn, &incident, Kind::Role, Actor::Person(by), body, now).await?;
    seek(conn, &incident, &roles, now).await
}

/// The person leaves all roles of an incident; returns them.
pub(super) async fn leave(
    conn: &mut PgConnection,
    incident: IncidentId,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Vec<String>> {
    let left = store::duties::leave(conn, incident, person, now).await?;
    store::chains::reopen(conn, incident, &left, person).await?;
    let keys = [person.to_string()];
    store::clocks::finish(conn, incident, ClockKind::Silent, &keys, now).await?;
    Ok(left)
}

/// The chains of these roles go on at once.
pub(super) async fn seek(
    conn: &mut PgConnection,
    incident: &Incident,
    roles: &[String],
    now: OffsetDateTime,
) -> ActionResult<()> {
    let chains = store::chains::of(conn, incident.id).await?;
    let next = chains.iter().filter(|chain| roles.contains(&chain.role_key));
    let steps: Vec<_> =
        next.map(|chain| (chain.role_key.clone(), i32::from(chain.step) + 1)).collect();
    paging::go_on(conn, incident, &steps, None, now).await
}

fn spoken(plan: &Plan, roles: &[String], commands: bool) -> String {
    let name = |key: &String| plan.role(key).map_or(key.clone(), |role| role.name.clone());
    let mut names: Vec<String> = roles.iter().map(name).collect();
    if commands {
        names.insert(0, "command".to_owned());
    }
    names.join(", ")
}
