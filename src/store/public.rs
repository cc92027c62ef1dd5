//! What the public may see: rows that hold nothing private.

mod history;
mod read;
mod states;

pub use history::{Past, identity, known, past, set_known, set_void};
pub use read::{
    Disturbed, PublicIncident, PublicPost, components, find, find_post, incidents, posts, version,
};
pub use states::{affected, set_state, state_changed_at, states};

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::{IncidentId, PersonId};

/// Words for the public, to be kept.
#[derive(Debug, Clone)]
pub struct NewPost<'a> {
    /// Its identity; the browser makes it.
    pub id: uuid::Uuid,
    /// Whose.
    pub incident: IncidentId,
    /// The words.
    pub words: &'a str,
    /// When they go out.
    pub at: OffsetDateTime,
    /// Who wrote them; none: the plan.
    pub author: Option<PersonId>,
    /// The earlier post that this one corrects.
    pub corrects: Option<uuid::Uuid>,
    /// SHA-256 of the form that sent it, where one did.
    pub digest: Option<&'a [u8]>,
}

/// Shows an incident to the public, which it did not know.
pub async fn open(
    conn: &mut PgConnection,
    incident: IncidentId,
    title: &str,
    since: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into public_incidents (id, title, since) values ($1, $2, $3)",
        incident.0,
        title,
        since,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Sets what the public calls an incident, since when it lasts, and when the next word comes.
pub async fn describe(
    conn: &mut PgConnection,
    incident: IncidentId,
    (title, since): (&str, OffsetDateTime),
    next_by: Option<OffsetDateTime>,
) -> StoreResult<()> {
    let done = sqlx::query!(
        "update public_incidents set title = $2, since = $3, next_by = $4 where id = $1",
        incident.0,
        title,
        since,
        next_by,
    )
    .execute(conn)
    .await?;
    super::one("public_incidents", &done)
}

/// Sets when it ended, or that it goes on.
pub async fn set_ended(
    conn: &mut PgConnection,
    incident: IncidentId,
    ended_at: Option<OffsetDateTime>,
) -> StoreResult<()> {
    let done = sqlx::query!(
        "update public_incidents set ended_at = $2, next_by = null where id = $1",
        incident.0,
        ended_at,
    )
    .execute(conn)
    .await?;
    super::one("public_incidents", &done)
}

/// Keeps words. False: a post of this identity stands already.
pub async fn add_post(conn: &mut PgConnection, post: &NewPost<'_>) -> StoreResult<bool> {
    let done = sqlx::query!(
        "insert into public_posts (id, incident, words, at, author, corrects, digest)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing",
        post.id,
        post.incident.0,
        post.words,
        post.at,
        post.author.map(|person| person.0),
        post.corrects,
        post.digest,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether this person holds this role in the incident now.
pub async fn has_duty(
    conn: &mut PgConnection,
    incident: IncidentId,
    role: &str,
    person: PersonId,
) -> StoreResult<bool> {
    let found = sqlx::query_scalar!(
        r#"select true as "holds!" from duties
           where incident = $1 and role_key = $2 and person = $3 and until is null"#,
        incident.0,
        role,
        person.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.is_some())
}

/// Counts a change, so that every replica makes its page anew.
pub async fn changed(conn: &mut PgConnection) -> StoreResult<()> {
    sqlx::query!("update public_version set version = version + 1").execute(&mut *conn).await?;
    sqlx::query!("select pg_notify('muster_public', '')").fetch_one(conn).await?;
    Ok(())
}
