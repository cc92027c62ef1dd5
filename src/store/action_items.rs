//! What is to be done after incidents.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{StoreError, StoreResult, corrupt};
use crate::domain::id::{EntryId, IncidentId, PersonId};
use crate::domain::post_mortem::ActionItem;

/// Adds an item.
pub async fn insert(conn: &mut PgConnection, item: &ActionItem) -> StoreResult<()> {
    sqlx::query!(
        "insert into action_items (id, incident, what, owner, due_on, priority, slot)
         values ($1, $2, $3, $4, $5::text::date, $6, $7)",
        item.id.0,
        item.incident.0,
        item.what,
        item.owner.map(|owner| owner.0),
        item.due_on.map(|day| day.iso()),
        item.priority.name(),
        item.window,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes a changed item; its incident is locked.
pub async fn update(conn: &mut PgConnection, item: &ActionItem) -> StoreResult<()> {
    let done = sqlx::query!(
        "update action_items set what = $2, owner = $3, due_on = $4::text::date, priority = $5,
             slot = $6, done_at = $7, done_by = $8, version = version + 1
         where id = $1 and version = $9",
        item.id.0,
        item.what,
        item.owner.map(|owner| owner.0),
        item.due_on.map(|day| day.iso()),
        item.priority.name(),
        item.window,
        item.done.map(|(at, _)| at),
        item.done.map(|(_, by)| by.0),
        item.version,
    )
    .execute(conn)
    .await?;
    super::one("action_items", &done)
}

/// The items of one report: open ones first, first due first.
pub async fn of(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<ActionItem>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, incident, what, owner, due_on::text as due_on, priority, slot, done_at,
                  done_by, version
           from action_items where incident = $1
           order by done_at is not null, due_on nulls last, id"#,
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(ActionItem::try_from).collect()
}

/// All items that are still to be done, first due first.
pub async fn open(conn: &mut PgConnection) -> StoreResult<Vec<ActionItem>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, incident, what, owner, due_on::text as due_on, priority, slot, done_at,
                  done_by, version
           from action_items where done_at is null order by due_on nulls last, id"#,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(ActionItem::try_from).collect()
}

struct Row {
    id: uuid::Uuid,
    incident: uuid::Uuid,
    what: String,
    owner: Option<uuid::Uuid>,
    due_on: Option<String>,
    priority: String,
    slot: String,
    done_at: Option<OffsetDateTime>,
    done_by: Option<uuid::Uuid>,
    version: i32,
}

impl TryFrom<Row> for ActionItem {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<ActionItem> {
        let bad = |problem: &dyn ToString| corrupt("action_items", row.id, problem.to_string());
        let day = row.due_on.map(|day| day.parse()).transpose();
        Ok(ActionItem {
            id: EntryId(row.id),
            incident: IncidentId(row.incident),
            what: row.what,
            owner: row.owner.map(PersonId),
            due_on: day.map_err(|error| bad(&error))?,
            priority: row.priority.parse().map_err(|error| bad(&error))?,
            window: row.slot,
            done: row.done_at.zip(row.done_by.map(PersonId)),
            version: row.version,
        })
    }
}
