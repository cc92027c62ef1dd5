//! Public states of components.

use std::collections::BTreeMap;

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

/// The components that this incident disturbs, as the public is told: `down` or `slow`.
pub async fn states(
    conn: &mut PgConnection,
    incident: IncidentId,
) -> StoreResult<BTreeMap<String, String>> {
    let rows = sqlx::query!(
        "select key, state from component_states where incident = $1 and until_at is null",
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.state)).collect())
}

/// When that of a component last changed; none: never.
pub async fn state_changed_at(
    conn: &mut PgConnection,
    incident: IncidentId,
    key: &str,
) -> StoreResult<Option<OffsetDateTime>> {
    let at = sqlx::query_scalar!(
        r#"select coalesce(until_at, from_at) as "at!" from component_states
           where incident = $1 and key = $2 order by id desc limit 1"#,
        incident.0,
        key,
    );
    Ok(at.fetch_optional(conn).await?)
}

/// Sets what the public is told of a component; none: it works. A state that lasts stays as it is.
pub async fn set_state(
    conn: &mut PgConnection,
    incident: IncidentId,
    (key, state): (&str, Option<&str>),
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update component_states set until_at = $4
         where incident = $1 and key = $2 and until_at is null and state is distinct from $3",
        incident.0,
        key,
        state,
        now,
    )
    .execute(&mut *conn)
    .await?;
    let Some(state) = state else { return Ok(()) };
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
