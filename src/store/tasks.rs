//! Tasks of an incident: who does what by when.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::{IncidentId, PersonId, TaskId};

/// A task as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Identity.
    pub id: TaskId,
    /// Whose.
    pub incident: IncidentId,
    /// Number of the entry that gave it.
    pub entry_seq: i64,
    /// What is to be done.
    pub words: String,
    /// Who does it; none: anybody.
    pub person: Option<PersonId>,
    /// By when.
    pub due_at: OffsetDateTime,
    /// When it was done.
    pub done_at: Option<OffsetDateTime>,
    /// Who said so.
    pub done_by: Option<PersonId>,
}

impl Task {
    /// Who does it by when, as a form carries it: whoever changes it changes what they saw.
    #[must_use]
    pub fn stand(&self) -> String {
        let person = self.person.map(|person| person.to_string()).unwrap_or_default();
        format!("{person}@{}", self.due_at.unix_timestamp_nanos())
    }

    /// Whether it should have been done by now.
    #[must_use]
    pub fn is_overdue(&self, now: OffsetDateTime) -> bool {
        self.done_at.is_none() && self.due_at <= now
    }
}

/// Adds a task.
pub async fn insert(conn: &mut PgConnection, task: &Task) -> StoreResult<()> {
    sqlx::query!(
        "insert into tasks (id, incident, entry_seq, words, person, due_at)
         values ($1, $2, $3, $4, $5, $6)",
        task.id.0,
        task.incident.0,
        task.entry_seq,
        task.words,
        task.person.map(|person| person.0),
        task.due_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All tasks of an incident: what is still to be done first, first due first; then what was done.
pub async fn of(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<Task>> {
    let rows = sqlx::query_as!(
        Row,
        "select id, incident, entry_seq, words, person, due_at, done_at, done_by
           from tasks where incident = $1
           order by done_at is not null, done_at desc, due_at, id",
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Task::from).collect())
}

/// One task of an incident, its row held until the transaction ends.
pub async fn lock(
    conn: &mut PgConnection,
    incident: IncidentId,
    id: TaskId,
) -> StoreResult<Option<Task>> {
    let row = sqlx::query_as!(
        Row,
        "select id, incident, entry_seq, words, person, due_at, done_at, done_by
           from tasks where id = $1 and incident = $2 for update",
        id.0,
        incident.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Task::from))
}

/// Writes who does a task by when, and whether it was done.
pub async fn update(conn: &mut PgConnection, task: &Task) -> StoreResult<()> {
    let done = sqlx::query!(
        "update tasks set person = $2, due_at = $3, done_at = $4, done_by = $5 where id = $1",
        task.id.0,
        task.person.map(|person| person.0),
        task.due_at,
        task.done_at,
        task.done_by.map(|person| person.0),
    )
    .execute(conn)
    .await?;
    super::one("tasks", &done)
}

/// Moves a task to another incident, in which that entry tells of it.
pub async fn move_to(
    conn: &mut PgConnection,
    id: TaskId,
    (incident, entry_seq): (IncidentId, i64),
) -> StoreResult<()> {
    let done = sqlx::query!(
        "update tasks set incident = $2, entry_seq = $3 where id = $1",
        id.0,
        incident.0,
        entry_seq,
    )
    .execute(conn)
    .await?;
    super::one("tasks", &done)
}

struct Row {
    id: uuid::Uuid,
    incident: uuid::Uuid,
    entry_seq: i64,
    words: String,
    person: Option<uuid::Uuid>,
    due_at: OffsetDateTime,
    done_at: Option<OffsetDateTime>,
    done_by: Option<uuid::Uuid>,
}

impl From<Row> for Task {
    fn from(row: Row) -> Task {
        Task {
            id: TaskId(row.id),
            incident: IncidentId(row.incident),
            entry_seq: row.entry_seq,
            words: row.words,
            person: row.person.map(PersonId),
            due_at: row.due_at,
            done_at: row.done_at,
            done_by: row.done_by.map(PersonId),
        }
    }
}
