//! What is down in an incident.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{StoreResult, corrupt};
use crate::domain::id::IncidentId;
use crate::domain::incident::Affected;

/// What is or was down, first things first.
pub async fn of(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<Affected>> {
    let rows = sqlx::query!(
        "select key, state, since, restored_at from affected where incident = $1
         order by since, key",
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    let affected = |key, state: String, since, restored_at| {
        let outage = state.parse().map_err(|error| corrupt("affected", incident, error))?;
        Ok(Affected { key, outage, since, restored_at })
    };
    rows.into_iter().map(|row| affected(row.key, row.state, row.since, row.restored_at)).collect()
}

/// Writes how one thing stands, new or known.
pub async fn put(
    conn: &mut PgConnection,
    incident: IncidentId,
    affected: &Affected,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into affected (incident, key, state, since, restored_at)
         values ($1, $2, $3, $4, $5)
         on conflict (incident, key) do update
             set state = excluded.state, since = excluded.since,
                 restored_at = excluded.restored_at",
        incident.0,
        affected.key,
        affected.outage.name(),
        affected.since,
        affected.restored_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All that was restored is down again, from when it first was: the incident was reopened.
pub async fn resume(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<()> {
    sqlx::query!("update affected set restored_at = null where incident = $1", incident.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes one thing off the list: it was never down.
pub async fn remove(conn: &mut PgConnection, incident: IncidentId, key: &str) -> StoreResult<()> {
    let done =
        sqlx::query!("delete from affected where incident = $1 and key = $2", incident.0, key)
            .execute(conn)
            .await?;
    super::one("affected", &done)
}

/// What was down from the incident's first moment on is down from another one: it was corrected.
pub async fn begin_anew(
    conn: &mut PgConnection,
    incident: IncidentId,
    old: OffsetDateTime,
    new: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update affected set since = $3 where incident = $1 and since = $2",
        incident.0,
        old,
        new,
    )
    .execute(conn)
    .await?;
    Ok(())
}
