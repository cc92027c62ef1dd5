//! Staying at a level that the impact has outlasted.

use time::OffsetDateTime;

use crate::actions::entries::{self, Written};
use crate::actions::{ActionError, ActionResult, DEADLINE};
use crate::db::Db;
use crate::domain::clocks::Kind as ClockKind;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::proposal;
use crate::domain::timeline::{Body, Kind};
use crate::store;

/// Answers the proposal of the next level with "no, because": a decision on the timeline.
///
/// # Errors
/// Invalid without a reason; refused when nothing is proposed any more, or the incident is over.
pub async fn stay(
    db: &Db,
    id: IncidentId,
    because: Written,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    entries::check("because", &because, now)?;
    db.transaction(DEADLINE, async |conn| {
        let (incident, plan) = super::lock(conn, id).await?;
        incident.going_on().map_err(ActionError::refused)?;
        let clocks = store::clocks::open(conn, id).await?;
        let came_before = store::streams::find(conn, because.id).await?.is_some();
        if proposal(&plan, &incident, &clocks, now).is_none() && !came_before {
            let level = incident.level;
            let words = format!("no other level is proposed any more; it is at level {level}");
            return Err(ActionError::wrong("because", words));
        }
        let key = incident.level.to_string();
        let text = format!("Stays at level {key}: {}", because.text.trim());
        store::clocks::finish(conn, id, ClockKind::Outlast, &[key], now).await?;
        let body = Body::words(text);
        entries::append(conn, &incident, Kind::Decision, &because, &body, by, now).await?;
        Ok(())
    })
    .await
}
