//! What was ticked of an incident's runbooks and checklists.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::{EntryId, IncidentId, PersonId};
use crate::domain::incident::Tick;

/// All ticks of an incident, oldest first.
pub async fn of(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<Tick>> {
    let rows = sqlx::query_as!(
        Row,
        "select id, key, person, at, passed from ticks where incident = $1 order by at, key",
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Tick::from).collect())
}

/// How one step or item stands.
pub async fn find(
    conn: &mut PgConnection,
    incident: IncidentId,
    key: &str,
) -> StoreResult<Option<Tick>> {
    let row = sqlx::query_as!(
        Row,
        "select id, key, person, at, passed from ticks where incident = $1 and key = $2",
        incident.0,
        key,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Tick::from))
}

/// Adds a tick.
pub async fn insert(conn: &mut PgConnection, incident: IncidentId, tick: &Tick) -> StoreResult<()> {
    sqlx::query!(
        "insert into ticks (incident, key, id, person, at, passed) values ($1, $2, $3, $4, $5, $6)",
        incident.0,
        tick.key,
        tick.id.0,
        tick.person.0,
        tick.at,
        tick.passed,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a tick back.
pub async fn remove(conn: &mut PgConnection, incident: IncidentId, key: &str) -> StoreResult<()> {
    let done = sqlx::query!("delete from ticks where incident = $1 and key = $2", incident.0, key)
        .execute(conn)
        .await?;
    super::one("ticks", &done)
}

/// Takes these ticks back, as far as they stand.
pub async fn remove_these(
    conn: &mut PgConnection,
    incident: IncidentId,
    ids: &[EntryId],
) -> StoreResult<()> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query!("delete from ticks where incident = $1 and id = any($2)", incident.0, &ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes back all whose key begins so. False: there were none.
pub async fn clear(
    conn: &mut PgConnection,
    incident: IncidentId,
    begins: &str,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "delete from ticks where incident = $1 and starts_with(key, $2)",
        incident.0,
        begins,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

struct Row {
    id: uuid::Uuid,
    key: String,
    person: uuid::Uuid,
    at: OffsetDateTime,
    passed: Option<String>,
}

impl From<Row> for Tick {
    fn from(row: Row) -> Tick {
        let (id, person) = (EntryId(row.id), PersonId(row.person));
        Tick { id, key: row.key, person, at: row.at, passed: row.passed }
    }
}
