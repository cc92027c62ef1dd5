//! Revisions of the plan: immutable documents.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{StoreResult, corrupt};
use crate::domain::id::PersonId;
use crate::domain::plan;
use crate::domain::plan::document::Plan;

/// A revision, with its document read.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Its number, from 1.
    pub number: i32,
    /// The plan.
    pub plan: Plan,
    /// SHA-256 of the exact bytes.
    pub digest: Vec<u8>,
    /// Who brought it in; none: the command line.
    pub author: Option<PersonId>,
    /// What was said of it.
    pub note: String,
    /// Since when it holds.
    pub in_force_from: OffsetDateTime,
}

/// A revision to be.
#[derive(Debug, Clone)]
pub struct NewRevision<'a> {
    /// Its number.
    pub number: i32,
    /// The exact bytes.
    pub document: &'a [u8],
    /// Their SHA-256.
    pub digest: &'a [u8],
    /// Version of their structure.
    pub format: i32,
    /// Who brings it in.
    pub author: Option<PersonId>,
    /// Who approved it, by name.
    pub approved_by: &'a str,
    /// What is said of it.
    pub note: &'a str,
    /// How many things it changes.
    pub changes: i32,
}

/// A revision in the list of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub number: i32,
    /// Name of who brought it in; none: the command line.
    pub author: Option<String>,
    /// Key of who approved it.
    pub approved_by: String,
    /// Since when it held.
    pub in_force_from: OffsetDateTime,
    /// How many things it changed, where that was counted.
    pub changes: Option<i32>,
}

/// The newest revision: the one in force.
pub async fn current(conn: &mut PgConnection) -> StoreResult<Option<Revision>> {
    let row = sqlx::query_as!(
        Row,
        "select number, document, digest, author, note, in_force_from
         from plan_revisions order by number desc limit 1",
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::revision).transpose()
}

/// One revision, as an incident pins it.
pub async fn find(conn: &mut PgConnection, number: i32) -> StoreResult<Option<Revision>> {
    let row = sqlx::query_as!(
        Row,
        "select number, document, digest, author, note, in_force_from
         from plan_revisions where number = $1",
        number,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::revision).transpose()
}

/// The newest revisions, newest first.
pub async fn newest(conn: &mut PgConnection, count: i64) -> StoreResult<Vec<Listed>> {
    let rows = sqlx::query_as!(
        Listed,
        r#"select number, people.name as "author?", approved_by, in_force_from, changes
           from plan_revisions left join people on people.id = author
           order by number desc limit $1"#,
        count,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// One revision as it stands in the list.
pub async fn listed(conn: &mut PgConnection, number: i32) -> StoreResult<Option<Listed>> {
    let row = sqlx::query_as!(
        Listed,
        r#"select number, people.name as "author?", approved_by, in_force_from, changes
           from plan_revisions left join people on people.id = author where number = $1"#,
        number,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// Adds a revision. Two at once: the second breaks the primary key.
pub async fn insert(
    conn: &mut PgConnection,
    new: &NewRevision<'_>,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into plan_revisions
             (number, document, digest, format, author, approved_by, note, changes, in_force_from,
              created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        new.number,
        new.document,
        new.digest,
        new.format,
        new.author.map(|author| author.0),
        new.approved_by,
        new.note,
        new.changes,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

struct Row {
    number: i32,
    document: Vec<u8>,
    digest: Vec<u8>,
    author: Option<uuid::Uuid>,
    note: String,
    in_force_from: OffsetDateTime,
}

impl Row {
    fn revision(self) -> StoreResult<Revision> {
        let plan = plan::read(&self.document)
            .map_err(|error| corrupt("plan_revisions", self.number, error))?;
        Ok(Revision {
            number: self.number,
            plan,
            digest: self.digest,
            author: self.author.map(PersonId),
            note: self.note,
            in_force_from: self.in_force_from,
        })
    }
}
