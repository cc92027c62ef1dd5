//! Timers of incidents as rows.

use sqlx::PgConnection;

use super::StoreResult;
use crate::domain::clocks::{Clock, Kind};
use crate::domain::id::IncidentId;

/// Sets a timer; one of that name starts anew.
pub async fn set(conn: &mut PgConnection, clock: &Clock) -> StoreResult<()> {
    sqlx::query!(
        "insert into clocks (incident, kind, key, generation, due_at) values ($1, $2, $3, $4, $5)
         on conflict (incident, kind, key, generation)
             do update set due_at = excluded.due_at, fired_at = null, done_at = null",
        clock.incident.0,
        clock.kind.name(),
        clock.key,
        clock.generation,
        clock.due_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes back the incident's timers of that kind that did not fire.
pub async fn cancel(conn: &mut PgConnection, incident: IncidentId, kind: Kind) -> StoreResult<()> {
    sqlx::query!(
        "delete from clocks
         where incident = $1 and kind = $2 and fired_at is null and done_at is null",
        incident.0,
        kind.name(),
    )
    .execute(conn)
    .await?;
    Ok(())
}
