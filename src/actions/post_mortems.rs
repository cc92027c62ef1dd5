//! Reports after incidents: made at closing, written together, reviewed, published.

mod items;
mod make;
mod read;
mod write;

pub use items::{Item, add, change, finish, reopen};
pub(super) use make::{ended, goes_on, overdue};
pub use read::{Listed, Whole, list, read, to_write};
pub use write::{Draft, Wrote, set_state, write};

use sqlx::PgConnection;

use super::{ActionError, ActionResult};
use crate::domain::id::IncidentId;
use crate::domain::incident::Incident;
use crate::domain::post_mortem::{Report, State};
use crate::store;

/// Locks the incident and reads its report.
async fn lock(conn: &mut PgConnection, id: IncidentId) -> ActionResult<(Incident, Report)> {
    let incident = store::incidents::lock(conn, id).await?;
    let incident = incident.ok_or(ActionError::NotFound("incident"))?;
    let report = store::post_mortems::find(conn, id).await?;
    Ok((incident, report.ok_or(ActionError::NotFound("post-mortem"))?))
}

/// The same, while it may be written.
async fn lock_open(conn: &mut PgConnection, id: IncidentId) -> ActionResult<(Incident, Report)> {
    let (incident, report) = lock(conn, id).await?;
    if report.state == State::Published {
        let words = "this post-mortem is published; press “Back to draft” to change it";
        return Err(ActionError::refused(words));
    }
    Ok((incident, report))
}
