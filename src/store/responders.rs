//! How each person who was paged stands.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::{IncidentId, PersonId};

/// A person who was paged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responder {
    /// Who.
    pub person: PersonId,
    /// Keys of the roles they were paged for.
    pub roles: Vec<String>,
    /// When their first page leaves.
    pub paged_at: OffsetDateTime,
    /// `have`, `cannot` or `call`; the latest holds.
    pub answer: Option<String>,
    /// When they gave it.
    pub answered_at: Option<OffsetDateTime>,
    /// When they last did something.
    pub active_at: Option<OffsetDateTime>,
    /// When they were last called.
    pub called_at: Option<OffsetDateTime>,
    /// `reached`, `no-answer` or `wrong-number`.
    pub call_outcome: Option<String>,
}

/// Everybody paged, in the order of their pages.
pub async fn of(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<Responder>> {
    let rows = sqlx::query_as!(
        Responder,
        "select person, roles, paged_at, answer, answered_at, active_at, called_at, call_outcome
         from responders where incident = $1 order by paged_at, person",
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Somebody is paged for roles, or for more of them.
pub async fn page(
    conn: &mut PgConnection,
    incident: IncidentId,
    person: PersonId,
    roles: &[String],
    at: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into responders (incident, person, roles, paged_at) values ($1, $2, $3, $4)
         on conflict (incident, person) do update set roles =
             array(select distinct unnest(responders.roles || excluded.roles) order by 1)",
        incident.0,
        person.0,
        roles,
        at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps an answer; the latest holds. Who answers before their page has left was reached.
pub async fn answer(
    conn: &mut PgConnection,
    incident: IncidentId,
    person: PersonId,
    answer: &str,
    now: OffsetDateTime,
) -> StoreResult<()> {
    let done = sqlx::query!(
        "update responders set answer = $3, answered_at = $4, active_at = $4,
             paged_at = least(paged_at, $4)
         where incident = $1 and person = $2",
        incident.0,
        person.0,
        answer,
        now,
    )
    .execute(conn)
    .await?;
    super::one("responders", &done)
}

/// Keeps what came of a call. False: they were never paged.
pub async fn call(
    conn: &mut PgConnection,
    incident: IncidentId,
    person: PersonId,
    outcome: &str,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "update responders set called_at = $4, call_outcome = $3
         where incident = $1 and person = $2",
        incident.0,
        person.0,
        outcome,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// They did something. False: they were never paged, or do not have it.
pub async fn active(
    conn: &mut PgConnection,
    incident: IncidentId,
    person: PersonId,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "update responders set active_at = $3
         where incident = $1 and person = $2 and answer = 'have'",
        incident.0,
        person.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes back pages that had not left, and these roles from those who were paged before.
pub async fn withdraw(
    conn: &mut PgConnection,
    incident: IncidentId,
    roles: &[String],
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!("delete from responders where incident = $1 and paged_at > $2", incident.0, now)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "update responders set roles = array(
             select role from unnest(roles) as role where role <> all($2))
         where incident = $1 and roles && $2",
        incident.0,
        roles,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Everybody but one person is as if never paged: they are to be paged anew.
pub async fn forget_all_but(
    conn: &mut PgConnection,
    incident: IncidentId,
    person: PersonId,
) -> StoreResult<()> {
    sqlx::query!(
        "delete from responders where incident = $1 and not (person = $2 and answer = 'have')",
        incident.0,
        person.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes how somebody stands, known or new.
pub async fn put(
    conn: &mut PgConnection,
    incident: IncidentId,
    responder: &Responder,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into responders (incident, person, roles, paged_at, answer, answered_at, active_at,
                                 called_at, call_outcome)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (incident, person) do update
             set roles = excluded.roles, paged_at = excluded.paged_at, answer = excluded.answer,
                 answered_at = excluded.answered_at, active_at = excluded.active_at,
                 called_at = excluded.called_at, call_outcome = excluded.call_outcome",
        incident.0,
        responder.person.0,
        &responder.roles,
        responder.paged_at,
        responder.answer,
        responder.answered_at,
        responder.active_at,
        responder.called_at,
        responder.call_outcome,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Somebody is as if never paged.
pub async fn remove(
    conn: &mut PgConnection,
    incident: IncidentId,
    person: PersonId,
) -> StoreResult<()> {
    sqlx::query!(
        "delete from responders where incident = $1 and person = $2",
        incident.0,
        person.0
    )
    .execute(conn)
    .await?;
    Ok(())
}
