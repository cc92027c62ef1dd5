//! Somebody has told an audience.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::{ActionError, ActionResult, DEADLINE, incidents, paging, timeline};
use super::clocks;
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Incident, audiences, due};
use crate::domain::plan::document::Plan;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;
use crate::store::tellings::Telling;

/// An audience was told; its clock starts again where the plan wants more words later. Of an
/// incident that is over, those who were told before may be told so.
///
/// # Errors
/// Not found where the plan has no such audience; refused when it has nothing to hear of what is
/// over, or when the form's id stands for another telling.
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
        let (id, audience) = (telling, audience.to_owned());
        let row = Telling { id, incident: incident.id, audience, told_at: now, told_by: by };
        tell(conn, &incident, &plan, &row).await
    })
    .await
}

async fn tell(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    row: &Telling,
) -> ActionResult<()> {
    if let Some(old) = store::tellings::find(conn, row.id).await? {
        return again(&old, row);
    }
    let audience = plan.audience(&row.audience).ok_or(ActionError::NotFound("audience"))?;
    let earlier = store::tellings::of(conn, incident.id).await?;
    if !earlier.iter().any(|earlier| earlier.audience == row.audience) {
        incident.going_on().map_err(ActionError::refused)?;
    }
    if !store::tellings::insert(conn, row).await? {
        return Err(ActionError::refused("this form was sent before; look at the timeline"));
    }
    let next = match incident.is_open() {
        true => audiences(plan, incident.level)
            .iter()
            .find(|wanted| wanted.audience == row.audience)
            .and_then(|wanted| due(wanted, false, Some(row.told_at), None, row.told_at)),
        false => None,
    };
    clocks::again(conn, incident, &row.audience, next, row.told_at).await?;
    paging::active(conn, incident, row.told_by, row.told_at).await?;
    let body = Body::words(format!("Told: {}.", audience.name)).with("audience", &row.audience);
    let actor = Actor::Person(row.told_by);
    timeline::say(conn, incident, Kind::Told, actor, body, row.told_at).await?;
    Ok(())
}

fn again(old: &Telling, row: &Telling) -> ActionResult<()> {
    let same = |telling: &Telling| (telling.incident, telling.audience.clone(), telling.told_by);
    if same(old) == same(row) {
        return Ok(());
    }
    Err(ActionError::refused("this form was sent before for another audience; open it again"))
}
