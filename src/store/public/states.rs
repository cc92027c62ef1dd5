//! Public states of components.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::domain::id::IncidentId;
use crate::store::StoreResult;

/// What an incident affects now, as `function.KEY` or `component.KEY`, and how.
pub async fn affected(
    conn: &mut PgConnection,
    incident: IncidentId,
) -> StoreResult<Vec<(String, String)>> {
    let rows = sqlx::query!(
        "select key, state from affected where incident = $1 and restored_at is null order by key",
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.state)).collect())
}

/// Starts a state; one that lasts stays as it is.
pub async fn start_state(
    conn: &mut PgConnection,
    incident: IncidentId,
    (key, state): (&str, &str),
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into component_states (key, state, incident, from_at) values ($1, $2, $3, $4)
         on conflict (key, incident) where until_at is null do nothing",
        key,
        state,
        incident.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends the incident's states, but for those that go on as `KEY:STATE`.
pub async fn end_states(
    conn: &mut PgConnection,
    incident: IncidentId,
    but: &[String],
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update component_states set until_at = $3
         where incident = $1 and until_at is null and not (key || ':' || state = any($2))",
        incident.0,
        but,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
