//! What is down, and what works again.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::actions::{ActionError, ActionResult, DEADLINE, paging, publishing, timeline};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Affected, Incident, all_restored};
use crate::domain::plan::document::Plan;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;

/// Says that a function or component is down since then.
///
/// # Errors
/// Not found where the plan has no such thing; refused when the incident is over.
pub async fn declare_down(
    db: &Db,
    id: IncidentId,
    key: &str,
    since: OffsetDateTime,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let (mut incident, plan) = super::lock(conn, id).await?;
        incident.going_on().map_err(ActionError::refused)?;
        let name = name(&plan, key).ok_or(ActionError::NotFound("function or component"))?;
        if since > now {
            return Err(ActionError::wrong(
                "since",
                "this is still to come; type when it went down",
            ));
        }
        if stands(conn, id, key).await?.is_some_and(|old| old.restored_at.is_none()) {
            return Ok(());
        }
        let affected = Affected { key: key.to_owned(), since, restored_at: None };
        store::affected::put(conn, id, &affected).await?;
        incident.recovered_at = None;
        let body = Body::words(format!("{name} is down.")).with("key", key);
        finish(conn, &incident, (key, body), by, now).await
    })
    .await
}

/// Says that it works again. With nothing chosen, `incident` itself is restored.
///
/// # Errors
/// Refused when it was not down, or the incident is over.
pub async fn restore(
    db: &Db,
    id: IncidentId,
    key: &str,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let (mut incident, plan) = super::lock(conn, id).await?;
        incident.going_on().map_err(ActionError::refused)?;
        let old = match stands(conn, id, key).await? {
            Some(old) if old.restored_at.is_some() => return Ok(()),
            Some(old) => old,
            None if key == "incident" => {
                Affected { key: key.to_owned(), since: incident.impact_start, restored_at: None }
            }
            None => return Err(ActionError::refused("this was not marked as down")),
        };
        store::affected::put(conn, id, &Affected { restored_at: Some(now), ..old }).await?;
        if all_restored(&store::affected::of(conn, id).await?) {
            incident.recovered_at = Some(now);
        }
        let name = name(&plan, key).unwrap_or("The service");
        let body = Body::words(format!("{name} is restored.")).with("key", key);
        finish(conn, &incident, (key, body), by, now).await
    })
    .await
}

async fn finish(
    conn: &mut PgConnection,
    incident: &Incident,
    (key, body): (&str, Body),
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    store::incidents::update(conn, incident).await?;
    publishing::components_changed(conn, incident, key, now).await?;
    paging::active(conn, incident, by, now).await?;
    timeline::say(conn, incident, Kind::Affected, Actor::Person(by), body, now).await?;
    Ok(())
}

async fn stands(
    conn: &mut PgConnection,
    id: IncidentId,
    key: &str,
) -> ActionResult<Option<Affected>> {
    let all = store::affected::of(conn, id).await?;
    Ok(all.into_iter().find(|affected| affected.key == key))
}

fn name<'a>(plan: &'a Plan, key: &str) -> Option<&'a str> {
    match key.split_once('.')? {
        ("function", key) => plan.function(key).map(|function| function.name.as_str()),
        ("component", key) => plan.component(key).map(|component| component.name.as_str()),
        _ => None,
    }
}
