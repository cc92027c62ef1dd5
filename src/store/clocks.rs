//! Timers as rows.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{StoreResult, corrupt};
use crate::domain::clocks::{Clock, Kind};
use crate::domain::id::IncidentId;

/// Sets a timer, or moves the one of that name which has not ended.
pub async fn set(conn: &mut PgConnection, clock: &Clock) -> StoreResult<()> {
    sqlx::query!(
        "insert into clocks (incident, kind, key, generation, due_at) values ($1, $2, $3, $4, $5)
         on conflict (incident, kind, key, generation) do update
             set due_at = excluded.due_at, fired_at = null, done_at = null",
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

/// Ends every timer of that name, fired or not.
pub async fn done(
    conn: &mut PgConnection,
    incident: IncidentId,
    kind: Kind,
    key: &str,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update clocks set done_at = $4
         where incident = $1 and kind = $2 and key = $3 and done_at is null",
        incident.0,
        kind.name(),
        key,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends all timers of a kind.
pub async fn done_all(
    conn: &mut PgConnection,
    incident: IncidentId,
    kind: Kind,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update clocks set done_at = $3 where incident = $1 and kind = $2 and done_at is null",
        incident.0,
        kind.name(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Timers that have not ended, fired or not, first due first.
pub async fn open(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<Clock>> {
    let rows = sqlx::query!(
        "select kind, key, generation, due_at from clocks
         where incident = $1 and done_at is null order by due_at, kind, key",
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let kind = row.kind.parse().map_err(|error| corrupt("clocks", incident, error))?;
            let (key, generation, due_at) = (row.key, row.generation, row.due_at);
            Ok(Clock { incident, kind, key, generation, due_at })
        })
        .collect()
}
