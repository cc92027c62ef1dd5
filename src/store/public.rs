//! What the public may see: rows that hold nothing private.

mod read;
mod states;

pub use read::{PublicIncident, PublicPost, components, find, incidents, posts, version};
pub use states::{affected, end_states, start_state};

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
}

/// Shows an incident to the public; one that stands already keeps its title.
pub async fn open(
    conn: &mut PgConnection,
    incident: IncidentId,
    title: &str,
    since: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into public_incidents (id, title, since) values ($1, $2, $3)
         on conflict (id) do nothing",
        incident.0,
        title,
        since,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Calls an incident that the public reads of by another name.
pub async fn rename(
    conn: &mut PgConnection,
    incident: IncidentId,
    title: &str,
) -> StoreResult<bool> {
    let done =
        sqlx::query!("update public_incidents set title = $2 where id = $1", incident.0, title)
            .execute(conn)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Sets when the next word comes.
pub async fn promise(
    conn: &mut PgConnection,
    incident: IncidentId,
    next_by: Option<OffsetDateTime>,
) -> StoreResult<()> {
    sqlx::query!("update public_incidents set next_by = $2 where id = $1", incident.0, next_by)
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets when it ended, or that it goes on.
pub async fn set_ended(
    conn: &mut PgConnection,
    incident: IncidentId,
    ended_at: Option<OffsetDateTime>,
) -> StoreResult<()> {
    sqlx::query!(
        "update public_incidents set ended_at = $2, next_by = null where id = $1",
        incident.0,
        ended_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps words. False: such a post stands already, as after a second press.
pub async fn add_post(conn: &mut PgConnection, post: &NewPost<'_>) -> StoreResult<bool> {
    let done = sqlx::query!(
        "insert into public_posts (id, incident, words, at, author) values ($1, $2, $3, $4, $5)
         on conflict (id) do nothing",
        post.id,
        post.incident.0,
        post.words,
        post.at,
        post.author.map(|person| person.0),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether the post that stands under this identity says the same, by the same person.
pub async fn is_same_post(conn: &mut PgConnection, post: &NewPost<'_>) -> StoreResult<bool> {
    let found = sqlx::query_scalar!(
        r#"select true as "same!" from public_posts
           where id = $1 and incident = $2 and words = $3 and author is not distinct from $4"#,
        post.id,
        post.incident.0,
        post.words,
        post.author.map(|person| person.0),
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.is_some())
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
