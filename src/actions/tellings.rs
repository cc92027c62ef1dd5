//! Telling an audience by hand.

use time::OffsetDateTime;
use uuid::Uuid;

use super::{ActionError, ActionResult, DEADLINE, incidents, paging, timeline};
use crate::db::Db;
use crate::domain::clocks::{Clock, Kind as ClockKind};
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::audiences;
use crate::domain::plan::document::Every;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;
use crate::store::tellings::Telling;

/// An audience was told; its clock starts again where the plan wants more words later.
///
/// # Errors
/// Not found where the plan has no such audience; refused when the incident is over, or when the
/// form's id stands for another telling.
pub async fn told(
    db: &Db,
    id: IncidentId,
    telling: Uuid,
    audience: &str,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let (incident, plan) = incidents::lock(conn, id).await?;
        if let Some(old) = store::tellings::find(conn, telling).await? {
            return again(&old, id, audience, by);
        }
        incident.going_on().map_err(ActionError::refused)?;
        let name = &plan.audience(audience).ok_or(ActionError::NotFound("audience"))?.name;
        let row = Telling {
            id: telling,
            incident: id,
            audience: audience.to_owned(),
            told_at: now,
            told_by: by,
        };
        if !store::tellings::insert(conn, &row).await? {
            return Err(ActionError::refused("this form was sent before; look at the timeline"));
        }
        store::clocks::finish(conn, id, ClockKind::Tell, &[audience.to_owned()], now).await?;
        let rows = audiences(&plan, incident.level);
        let every = rows.iter().find(|row| row.audience == audience).map(|row| row.every);
        if let Some(Every::Span(span)) = every {
            let generation = store::tellings::count(conn, id, audience).await?;
            let (kind, key, due_at) = (ClockKind::Tell, audience.to_owned(), now + span.duration());
            let next = Clock { incident: id, kind, key, generation, due_at };
            store::clocks::set(conn, &next).await?;
        }
        paging::active(conn, &incident, by, now).await?;
        let body = Body::words(format!("Told: {name}.")).with("audience", audience);
        timeline::say(conn, &incident, Kind::Told, Actor::Person(by), body, now).await?;
        Ok(())
    })
    .await
}

fn again(old: &Telling, id: IncidentId, audience: &str, by: PersonId) -> ActionResult<()> {
    if old.incident == id && old.audience == audience && old.told_by == by {
        return Ok(());
    }
    Err(ActionError::refused("this form was sent before for another audience; open it again"))
}
