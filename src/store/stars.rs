//! Entries that belong into the report of their incident.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::{IncidentId, PersonId};

/// The numbers of an incident's starred entries, in order.
pub async fn of(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<i64>> {
    let seqs =
        sqlx::query_scalar!("select seq from stars where incident = $1 order by seq", incident.0);
    Ok(seqs.fetch_all(conn).await?)
}

/// Stars an entry, once.
pub async fn insert(
    conn: &mut PgConnection,
    incident: IncidentId,
    seq: i64,
    by: PersonId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into stars (incident, seq, person, at) values ($1, $2, $3, $4)
         on conflict (incident, seq) do nothing",
        incident.0,
        seq,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a star back.
pub async fn remove(conn: &mut PgConnection, incident: IncidentId, seq: i64) -> StoreResult<()> {
    sqlx::query!("delete from stars where incident = $1 and seq = $2", incident.0, seq)
        .execute(conn)
        .await?;
    Ok(())
}
