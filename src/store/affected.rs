//! What is down in an incident.

use sqlx::PgConnection;

use super::StoreResult;
use crate::domain::id::IncidentId;
use crate::domain::incident::Affected;

/// What is or was down, first things first.
pub async fn of(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<Affected>> {
    let rows = sqlx::query_as!(
        Affected,
        "select key, since, restored_at from affected where incident = $1 order by since, key",
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Writes how one thing stands, new or known.
pub async fn put(
    conn: &mut PgConnection,
    incident: IncidentId,
    affected: &Affected,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into affected (incident, key, since, restored_at) values ($1, $2, $3, $4)
         on conflict (incident, key) do update
             set since = excluded.since, restored_at = excluded.restored_at",
        incident.0,
        affected.key,
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
pub async fn remove(conn: &mut PgConnection, incident: IncidentId, key: &str) -> StoreResult<bool> {
    let done =
        sqlx::query!("delete from affected where incident = $1 and key = $2", incident.0, key)
            .execute(conn)
            .await?;
    Ok(done.rows_affected() == 1)
}
