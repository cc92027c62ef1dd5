//! What is to be done after an incident.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{lock, lock_open};
use crate::actions::entries::{self, Written};
use crate::actions::{ActionError, ActionResult, DEADLINE, roles, timeline};
use crate::db::Db;
use crate::domain::civil::Day;
use crate::domain::id::{EntryId, IncidentId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::plan::document::Plan;
use crate::domain::post_mortem::{ActionItem, Priority};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::domain::typed;
use crate::store;

/// The most that an item may say, in characters.
const LONGEST: usize = 500;

/// An item as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Identity, made by the form.
    pub id: EntryId,
    /// What is to be done.
    pub what: String,
    /// Who sees to it.
    pub owner: Option<PersonId>,
    /// By which day.
    pub due_on: Option<Day>,
    /// How much it matters.
    pub priority: Priority,
    /// Key of a follow-up window of the plan; empty: none.
    pub window: String,
    /// The version it was drawn from; a new one has none.
    pub version: i32,
}

/// Adds an item; a form that is sent twice adds it once.
///
/// # Errors
/// Invalid where a field is; refused when the report is published.
pub async fn add(
    db: &Db,
    id: IncidentId,
    item: Item,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let (incident, _) = lock_open(conn, id).await?;
        if store::streams::find(conn, item.id).await?.is_some() {
            return Ok(());
        }
        let new = checked(conn, &incident, item, None).await?;
        store::action_items::insert(conn, &new).await?;
        let text = format!("Post-mortem: action item “{}”.", new.what);
        let body = Body::words(&text).with("item", new.id);
        let written = Written { id: new.id, text, occurred_at: None };
        entries::append(conn, &incident, Kind::Edited, &written, &body, by, now).await?;
        Ok(())
    })
    .await
}

/// Changes an item. What somebody else changed in between is told instead of overwritten.
///
/// # Errors
/// Not found where there is no such item; invalid where a field is, or it was changed meanwhile.
pub async fn change(
    db: &Db,
    id: IncidentId,
    item: Item,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let (incident, _) = lock_open(conn, id).await?;
        let old = find(conn, id, item.id).await?;
        let version = item.version;
        let new = checked(conn, &incident, item, Some(&old)).await?;
        if new == old {
            return Ok(());
        }
        if version != old.version {
            let words = "somebody else changed this meanwhile; how it stands now is written above. \
                         Save again to put yours in its place";
            return Err(ActionError::wrong("what", words));
        }
        store::action_items::update(conn, &new).await?;
        say(conn, &incident, &new, "changed", by, now).await
    })
    .await
}

/// An item is done. Pressing twice changes nothing.
///
/// # Errors
/// Not found where there is no such item.
pub async fn finish(
    db: &Db,
    id: IncidentId,
    item: EntryId,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    press(db, id, item, Some((now, by)), by, now).await
}

/// An item is not done after all.
///
/// # Errors
/// Not found where there is no such item.
pub async fn reopen(
    db: &Db,
    id: IncidentId,
    item: EntryId,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    press(db, id, item, None, by, now).await
}

/// Items are done long after the report is published.
async fn press(
    db: &Db,
    id: IncidentId,
    item: EntryId,
    done: Option<(OffsetDateTime, PersonId)>,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let (incident, _) = lock(conn, id).await?;
        let old = find(conn, id, item).await?;
        if old.done.is_some() == done.is_some() {
            return Ok(());
        }
        let new = ActionItem { done, ..old };
        store::action_items::update(conn, &new).await?;
        let what = if done.is_some() { "done" } else { "not done after all" };
        say(conn, &incident, &new, what, by, now).await
    })
    .await
}

async fn say(
    conn: &mut PgConnection,
    incident: &Incident,
    item: &ActionItem,
    what: &str,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let body = Body::words(format!("Post-mortem: action item “{}” {what}.", item.what));
    let body = body.with("item", item.id);
    timeline::say(conn, incident, Kind::Edited, Actor::Person(by), body, now).await?;
    Ok(())
}

async fn find(
    conn: &mut PgConnection,
    incident: IncidentId,
    id: EntryId,
) -> ActionResult<ActionItem> {
    let items = store::action_items::of(conn, incident).await?;
    items.into_iter().find(|item| item.id == id).ok_or(ActionError::NotFound("action item"))
}

/// What was typed, fit to be kept.
async fn checked(
    conn: &mut PgConnection,
    incident: &Incident,
    item: Item,
    old: Option<&ActionItem>,
) -> ActionResult<ActionItem> {
    let what = typed::line(&item.what);
    if !(1..=LONGEST).contains(&what.chars().count()) {
        return Err(ActionError::wrong("what", "type what is to be done, in 1 to 500 characters"));
    }
    let owned = old.and_then(|old| old.owner);
    if let Some(owner) = item.owner.filter(|owner| Some(*owner) != owned) {
        roles::on_call(conn, owner).await.map_err(|_| ActionError::wrong("owner", "choose who"))?;
    }
    let revision = store::plans::find(conn, incident.revision).await?;
    let plan: Plan = revision.ok_or(ActionError::NotFound("revision of the plan"))?.plan;
    let known = plan.follow_up.iter().any(|window| window.key == item.window);
    if !known && !item.window.is_empty() {
        return Err(ActionError::wrong("window", "choose one of the plan’s windows, or none"));
    }
    Ok(ActionItem {
        id: item.id,
        incident: incident.id,
        what,
        owner: item.owner,
        due_on: item.due_on,
        priority: item.priority,
        window: item.window,
        done: old.and_then(|old| old.done),
        version: old.map_or(1, |old| old.version),
    })
}
