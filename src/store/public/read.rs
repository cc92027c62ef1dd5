//! Reading the public view.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::id::IncidentId;
use crate::store::StoreResult;

/// An incident as the public knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicIncident {
    /// Its identity.
    pub id: Uuid,
    /// What the public counts it by.
    pub number: i64,
    /// Its public title.
    pub title: String,
    /// Since when.
    pub since: OffsetDateTime,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// When the next word is due.
    pub next_by: Option<OffsetDateTime>,
}

/// Words that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicPost {
    /// Their identity.
    pub id: Uuid,
    /// Whose.
    pub incident: Uuid,
    /// The words.
    pub words: String,
    /// When.
    pub at: OffsetDateTime,
    /// Who wrote them; none: the plan, or Muster.
    pub author: Option<Uuid>,
    /// Which earlier post they correct.
    pub corrects: Option<Uuid>,
    /// Of the form that sent them.
    pub digest: Option<Vec<u8>>,
}

/// A component that an incident disturbs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disturbed {
    /// Its key in the plan.
    pub key: String,
    /// `down` or `slow`.
    pub state: String,
    /// By which incident.
    pub incident: Option<Uuid>,
}

/// How often the public view changed.
pub async fn version(conn: &mut PgConnection) -> StoreResult<i64> {
    Ok(sqlx::query_scalar!("select version from public_version").fetch_one(conn).await?)
}

/// Open incidents and the newest ended ones, newest first.
pub async fn incidents(conn: &mut PgConnection, ended: i64) -> StoreResult<Vec<PublicIncident>> {
    let rows = sqlx::query_as!(
        PublicIncident,
        "select id, number, title, since, ended_at, next_by from public_incidents
         where ended_at is null or id in (
             select id from public_incidents where ended_at is not null
             order by ended_at desc limit $1)
         order by coalesce(ended_at, since) desc, number desc",
        ended,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// All posts of these incidents, newest first.
pub async fn posts(conn: &mut PgConnection, incidents: &[Uuid]) -> StoreResult<Vec<PublicPost>> {
    let rows = sqlx::query_as!(
        PublicPost,
        "select id, incident, words, at, author, corrects, digest
           from public_posts where incident = any($1) order by number desc",
        incidents,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// The post of that identity.
pub async fn find_post(conn: &mut PgConnection, id: Uuid) -> StoreResult<Option<PublicPost>> {
    let row = sqlx::query_as!(
        PublicPost,
        "select id, incident, words, at, author, corrects, digest
           from public_posts where id = $1",
        id,
    );
    Ok(row.fetch_optional(conn).await?)
}

/// Components that don't work now, once for each incident that disturbs them.
pub async fn components(conn: &mut PgConnection) -> StoreResult<Vec<Disturbed>> {
    let rows = sqlx::query_as!(
        Disturbed,
        "select key, state, incident from component_states where until_at is null",
    );
    Ok(rows.fetch_all(conn).await?)
}

/// One incident, if the public knows it.
pub async fn find(
    conn: &mut PgConnection,
    incident: IncidentId,
) -> StoreResult<Option<PublicIncident>> {
    let row = sqlx::query_as!(
        PublicIncident,
        "select id, number, title, since, ended_at, next_by from public_incidents where id = $1",
        incident.0,
    );
    Ok(row.fetch_optional(conn).await?)
}
