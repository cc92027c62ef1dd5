//! Incidents that were merged into another one.

use sqlx::PgConnection;
use sqlx::types::JsonValue;
use time::OffsetDateTime;

use super::{StoreResult, corrupt};
use crate::domain::id::{EntryId, IncidentId, PersonId};
use crate::domain::incident::Phase;

/// One merge.
#[derive(Debug, Clone, PartialEq)]
pub struct Merge {
    /// Identity, made by the form.
    pub id: EntryId,
    /// What was merged.
    pub incident: IncidentId,
    /// Into which.
    pub target: IncidentId,
    /// When.
    pub at: OffsetDateTime,
    /// By whom.
    pub by: PersonId,
    /// How it stood.
    pub phase: Phase,
    /// Since when.
    pub phase_since: OffsetDateTime,
    /// What came over to the target.
    pub brought: JsonValue,
}

/// Writes a merge down.
pub async fn insert(conn: &mut PgConnection, merge: &Merge) -> StoreResult<()> {
    sqlx::query!(
        "insert into merges
             (id, incident, target, merged_at, merged_by, phase, phase_since, brought)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        merge.id.0,
        merge.incident.0,
        merge.target.0,
        merge.at,
        merge.by.0,
        merge.phase.name(),
        merge.phase_since,
        merge.brought,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The merge that stands of an incident.
pub async fn of(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Option<Merge>> {
    let row = sqlx::query!(
        "select id, target, merged_at, merged_by, phase, phase_since, brought
         from merges where incident = $1 and undone_at is null",
        incident.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Merge {
            id: EntryId(row.id),
            incident,
            target: IncidentId(row.target),
            at: row.merged_at,
            by: PersonId(row.merged_by),
            phase: row.phase.parse().map_err(|error| corrupt("merges", row.id, error))?,
            phase_since: row.phase_since,
            brought: row.brought,
        })
    })
    .transpose()
}

/// Writes down that it was undone.
pub async fn undo(conn: &mut PgConnection, id: EntryId, now: OffsetDateTime) -> StoreResult<()> {
    let done = sqlx::query!(
        "update merges set undone_at = $2 where id = $1 and undone_at is null",
        id.0,
        now,
    )
    .execute(conn)
    .await?;
    super::one("merges", &done)
}
