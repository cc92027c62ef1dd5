//! Deeds on incidents.

mod affected;
mod clock;
mod command;
mod declare;
mod edit;
mod level;
mod merge;
mod phase;
mod stay;
mod undo;

pub use affected::{declare_down, restore, unmark};
pub(super) use clock::outlast;
pub use command::command;
pub use declare::{Declaration, DeclaredOutcome, declare};
pub use edit::{Edit, Edited, Facts, edit};
pub use level::{lower, raise};
pub use merge::{Look, Merging, Others, Side, look, merge, unmerge};
pub use phase::{Step, step};
pub use stay::stay;
pub use undo::undo;

use sqlx::PgConnection;

use super::{ActionError, ActionResult};
use crate::domain::id::IncidentId;
use crate::domain::incident::{Affected, Incident};
use crate::domain::plan::document::Plan;
use crate::domain::plan::touches;
use crate::store;

/// From this level on the public reads of it (plan, stakeholder matrix).
const FIRST_PUBLIC_LEVEL: u8 = 2;

/// Locks an incident and reads the plan that it pins.
pub(super) async fn lock(
    conn: &mut PgConnection,
    id: IncidentId,
) -> ActionResult<(Incident, Plan)> {
    let incident = store::incidents::lock(conn, id).await?;
    with_plan(conn, incident.ok_or(ActionError::NotFound("incident"))?).await
}

/// The same of the incident that goes on for this one, if it was merged: what is meant for it counts
/// there.
///
/// # Errors
/// Refused where it was merged, or unmerged, at this very moment.
pub(super) async fn lock_going_on(
    conn: &mut PgConnection,
    id: IncidentId,
) -> ActionResult<(Incident, Plan)> {
    let last = store::incidents::goes_on_as(conn, id).await?;
    let locked = lock(conn, last).await?;
    if store::incidents::goes_on_as(conn, id).await? != last {
        let words = "it was merged, or parted again, at this very moment; press once more";
        return Err(ActionError::refused(words));
    }
    Ok(locked)
}

/// Reads an incident and the plan that it pins.
pub(super) async fn read(
    conn: &mut PgConnection,
    id: IncidentId,
) -> ActionResult<(Incident, Plan)> {
    let incident = store::incidents::find(conn, id).await?;
    with_plan(conn, incident.ok_or(ActionError::NotFound("incident"))?).await
}

/// An open incident that is no drill, with its plan and with what it is said to touch.
pub(super) struct Meant {
    pub(super) incident: Incident,
    plan: Plan,
    affected: Vec<Affected>,
}

impl Meant {
    /// Whether it may touch a database of that key or name.
    pub(super) fn touches(&self, database: &str) -> bool {
        touches(&self.plan, &self.affected, database)
    }
}

/// All of them.
pub(super) async fn meant(conn: &mut PgConnection) -> ActionResult<Vec<Meant>> {
    let mut all = Vec::new();
    for incident in store::incidents::open(conn).await? {
        if !incident.is_drill() {
            let affected = store::affected::of(conn, incident.id).await?;
            let (incident, plan) = with_plan(conn, incident).await?;
            all.push(Meant { incident, plan, affected });
        }
    }
    Ok(all)
}

/// An incident with the plan that it pins.
pub(super) async fn with_plan(
    conn: &mut PgConnection,
    incident: Incident,
) -> ActionResult<(Incident, Plan)> {
    let revision = store::plans::find(conn, incident.revision).await?;
    let plan = revision.ok_or(ActionError::NotFound("revision of the plan"))?.plan;
    Ok((incident, plan))
}
