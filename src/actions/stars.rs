//! Starring entries that belong into the report.

use time::OffsetDateTime;

use super::{ActionError, ActionResult, DEADLINE};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId, StreamId};
use crate::store;

/// Stars an entry, or takes its star back. It is a mark for whoever writes the report and happens
/// outside the record: no entry tells of it.
///
/// # Errors
/// Not found where there is no such incident or entry.
pub async fn set(
    db: &Db,
    id: IncidentId,
    (seq, starred): (i64, bool),
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let head = store::streams::head(conn, StreamId(id.0)).await?;
        let incident = store::incidents::find(conn, id).await?;
        if incident.is_none() || seq < 1 || head.is_none_or(|head| seq > head.seq) {
            return Err(ActionError::NotFound("entry"));
        }
        match starred {
            true => store::stars::insert(conn, id, seq, by, now).await?,
            false => store::stars::remove(conn, id, seq).await?,
        }
        Ok(store::changes::tell(conn, StreamId(id.0)).await?)
    })
    .await
}
