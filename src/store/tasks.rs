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

/// What is still to be done, first due first.
pub async fn open(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<Task>> {
    let rows = sqlx::query_as!(
        Row,
        "select id, incident, entry_seq, words, person, due_at, done_at
           from tasks where incident = $1 and done_at is null order by due_at, id",
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Task::from).collect())
}

/// Marks a task done and answers it; none: there is no such task, or it was done before.
pub async fn finish(
    conn: &mut PgConnection,
    incident: IncidentId,
    id: TaskId,
    now: OffsetDateTime,
) -> StoreResult<Option<Task>> {
    let row = sqlx::query_as!(
        Row,
        "update tasks set done_at = $3 where id = $1 and incident = $2 and done_at is null
           returning id, incident, entry_seq, words, person, due_at, done_at",
        id.0,
        incident.0,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Task::from))
}

struct Row {
    id: uuid::Uuid,
    incident: uuid::Uuid,
    entry_seq: i64,
    words: String,
    person: Option<uuid::Uuid>,
    due_at: OffsetDateTime,
    done_at: Option<OffsetDateTime>,
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
        }
    }
}
