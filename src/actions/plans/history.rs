//! Revisions that came before, and what each changed.

use time::OffsetDateTime;

use super::text;
use crate::actions::{ActionError, ActionResult, DEADLINE};
use crate::db::Db;
use crate::domain::plan::document::{Plan, PlanFile};
use crate::domain::plan::{self, Change};
use crate::store;
use crate::store::plans::{Listed, Revision};

/// How many revisions the list goes back.
const LISTED: i64 = 500;

/// A revision as it is read later.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// The revision.
    pub revision: Revision,
    /// What of the document it changed; none where it is the first.
    pub changes: Option<Vec<Change>>,
    /// How many things it changed, the roster's included, where that was counted.
    pub counted: Option<i32>,
    /// When the next one came into force.
    pub until: Option<OffsetDateTime>,
}

/// The newest revisions, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn newest(db: &Db) -> ActionResult<Vec<Listed>> {
    db.transaction(DEADLINE, async |conn| Ok(store::plans::newest(conn, LISTED).await?)).await
}

/// One revision, in force or not.
///
/// # Errors
/// [`ActionError::NotFound`] where there is none of that number.
pub async fn revision(db: &Db, number: i32) -> ActionResult<Revision> {
    db.transaction(DEADLINE, async |conn| {
        store::plans::find(conn, number).await?.ok_or(ActionError::NotFound("revision"))
    })
    .await
}

/// One revision next to its neighbours.
///
/// # Errors
/// [`ActionError::NotFound`] where there is none of that number.
pub async fn past(db: &Db, number: i32) -> ActionResult<Past> {
    db.transaction(DEADLINE, async |conn| {
        let revision = store::plans::find(conn, number).await?;
        let revision = revision.ok_or(ActionError::NotFound("revision"))?;
        let before = match number.checked_sub(1) {
            Some(before) => store::plans::find(conn, before).await?,
            None => None,
        };
        let bare = |plan: &Plan| PlanFile { plan: plan.clone(), people: Vec::new() };
        let changes =
            before.map(|before| plan::difference(Some(&bare(&before.plan)), &bare(&revision.plan)));
        let counted = store::plans::listed(conn, number).await?.and_then(|listed| listed.changes);
        let next = store::plans::listed(conn, number.saturating_add(1)).await?;
        Ok(Past { revision, changes, counted, until: next.map(|next| next.in_force_from) })
    })
    .await
}

/// The text form of one revision, with the roster as it stands now.
///
/// # Errors
/// [`ActionError::NotFound`] where there is none of that number.
pub async fn export_revision(db: &Db, number: i32) -> ActionResult<String> {
    db.transaction(DEADLINE, async |conn| {
        let found = store::plans::find(conn, number).await?;
        text(conn, found.ok_or(ActionError::NotFound("revision"))?.plan).await
    })
    .await
}
