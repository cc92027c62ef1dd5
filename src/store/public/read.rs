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
    /// Whose.
    pub incident: Uuid,
    /// The words.
    pub words: String,
    /// When.
    pub at: OffsetDateTime,
}

/// How often the public view changed.
pub async fn version(conn: &mut PgConnection) -> StoreResult<i64> {
    Ok(sqlx::query_scalar!("select version from public_version").fetch_one(conn).await?)
}

/// Open incidents and the newest ended ones, newest first.
pub async fn incidents(conn: &mut PgConnection, ended: i64) -> StoreResult<Vec<PublicIncident>> {
    let rows = sqlx::query_as!(
        PublicIncident,
        "select id, title, since, ended_at, next_by from public_incidents
         where ended_at is null or id in (
             select id from public_incidents where ended_at is not null
             order by ended_at desc limit $1)
         order by since desc, id",
        ended,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// The newest posts of one incident, newest first.
pub async fn posts(
    conn: &mut PgConnection,
    incident: IncidentId,
    limit: i64,
) -> StoreResult<Vec<PublicPost>> {
    let rows = sqlx::query_as!(
        PublicPost,
        "select incident, words, at from public_posts
         where incident = $1 order by at desc, id desc limit $2",
        incident.0,
        limit,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Components that don't work, and how: `down` or `slow`.
pub async fn components(conn: &mut PgConnection) -> StoreResult<Vec<(String, String)>> {
    let rows = sqlx::query!("select key, state from component_states where until_at is null")
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.state)).collect())
}

/// One incident, if the public knows it.
pub async fn find(
    conn: &mut PgConnection,
    incident: IncidentId,
) -> StoreResult<Option<PublicIncident>> {
    let row = sqlx::query_as!(
        PublicIncident,
        "select id, title, since, ended_at, next_by from public_incidents where id = $1",
        incident.0,
    );
    Ok(row.fetch_optional(conn).await?)
}
