//! Chains: how far each paged role has come.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::{IncidentId, PersonId};

/// One paged role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Key of the role.
    pub role_key: String,
    /// The last step done; below 0 nobody was asked in turn.
    pub step: i16,
    /// When its first page leaves.
    pub started_at: OffsetDateTime,
    /// Who has it.
    pub answered_by: Option<PersonId>,
    /// Whether there is nobody left to ask, or the incident is over.
    pub exhausted: bool,
    /// Whom somebody named for it, out of turn.
    pub named: Option<PersonId>,
}

impl Chain {
    /// Whether it still looks for somebody.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        self.answered_by.is_none() && !self.exhausted
    }
}

/// Begins a chain, with its last step done. False: the role has one.
pub async fn insert(
    conn: &mut PgConnection,
    incident: IncidentId,
    (role, step): (&str, i16),
    at: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "insert into chains (incident, role_key, step, started_at) values ($1, $2, $3, $4)
         on conflict (incident, role_key) do nothing",
        incident.0,
        role,
        step,
        at,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The chains of an incident.
pub async fn of(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<Chain>> {
    let rows = sqlx::query!(
        "select role_key, step, started_at, answered_by, exhausted, named
         from chains where incident = $1 order by started_at, role_key",
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    let chains = rows.into_iter().map(|row| Chain {
        role_key: row.role_key,
        step: row.step,
        started_at: row.started_at,
        answered_by: row.answered_by.map(PersonId),
        exhausted: row.exhausted,
        named: row.named.map(PersonId),
    });
    Ok(chains.collect())
}

/// Somebody is named for a role that nobody has: it is no longer given up.
pub async fn name(
    conn: &mut PgConnection,
    incident: IncidentId,
    role: &str,
    person: PersonId,
) -> StoreResult<()> {
    let done = sqlx::query!(
        "update chains set named = $3, answered_by = null, exhausted = false
         where incident = $1 and role_key = $2",
        incident.0,
        role,
        person.0,
    )
    .execute(conn)
    .await?;
    super::one("chains", &done)
}

/// Writes down that a step was done.
pub async fn advance(
    conn: &mut PgConnection,
    incident: IncidentId,
    role: &str,
    step: i16,
    exhausted: bool,
) -> StoreResult<()> {
    let done = sqlx::query!(
        "update chains set step = $3, exhausted = $4 where incident = $1 and role_key = $2",
        incident.0,
        role,
        step,
        exhausted,
    )
    .execute(conn)
    .await?;
    super::one("chains", &done)
}

/// Nobody has the role, and its first page leaves once more.
pub async fn begin_anew(
    conn: &mut PgConnection,
    incident: IncidentId,
    role: &str,
    at: OffsetDateTime,
) -> StoreResult<()> {
    let done = sqlx::query!(
        "update chains set step = 0, started_at = $3, exhausted = false
         where incident = $1 and role_key = $2",
        incident.0,
        role,
        at,
    )
    .execute(conn)
    .await?;
    super::one("chains", &done)
}

/// Somebody has these roles.
pub async fn answer(
    conn: &mut PgConnection,
    incident: IncidentId,
    roles: &[String],
    person: PersonId,
) -> StoreResult<()> {
    sqlx::query!(
        "update chains set answered_by = $3
         where incident = $1 and role_key = any($2) and answered_by is null",
        incident.0,
        roles,
        person.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes the chains that had not begun yet, and returns their roles.
pub async fn remove_unbegun(
    conn: &mut PgConnection,
    incident: IncidentId,
    now: OffsetDateTime,
) -> StoreResult<Vec<String>> {
    let roles = sqlx::query_scalar!(
        "delete from chains where incident = $1 and started_at > $2 returning role_key",
        incident.0,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(roles)
}

/// Ends all chains.
pub async fn end(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<()> {
    sqlx::query!("update chains set exhausted = true where incident = $1", incident.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Who had these roles can't after all: their chains go on. One that had come to its end asks
/// everybody once more, which is its last step.
pub async fn reopen(
    conn: &mut PgConnection,
    incident: IncidentId,
    roles: &[String],
    person: PersonId,
) -> StoreResult<()> {
    sqlx::query!(
        "update chains set answered_by = null, exhausted = false
         where incident = $1 and role_key = any($2) and answered_by = $3",
        incident.0,
        roles,
        person.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes the chains of an incident but those that one person answered.
pub async fn remove_all_but(
    conn: &mut PgConnection,
    incident: IncidentId,
    person: PersonId,
) -> StoreResult<()> {
    sqlx::query!(
        "delete from chains where incident = $1 and answered_by is distinct from $2",
        incident.0,
        person.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes how a chain stands, of a role that has none or another one.
pub async fn put(conn: &mut PgConnection, incident: IncidentId, chain: &Chain) -> StoreResult<()> {
    sqlx::query!(
        "insert into chains (incident, role_key, step, started_at, answered_by, exhausted, named)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (incident, role_key) do update
             set step = excluded.step, answered_by = excluded.answered_by,
                 exhausted = excluded.exhausted, named = excluded.named",
        incident.0,
        chain.role_key,
        chain.step,
        chain.started_at,
        chain.answered_by.map(|person| person.0),
        chain.exhausted,
        chain.named.map(|person| person.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes the chains of these roles.
pub async fn remove(
    conn: &mut PgConnection,
    incident: IncidentId,
    roles: &[String],
) -> StoreResult<()> {
    sqlx::query!(
        "delete from chains where incident = $1 and role_key = any($2)",
        incident.0,
        roles
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What ended with the incident goes on with it; a chain at its last step has nobody left to ask.
pub async fn go_on(conn: &mut PgConnection, incident: IncidentId, last: i16) -> StoreResult<()> {
    sqlx::query!(
        "update chains set exhausted = step >= $2 where incident = $1 and answered_by is null",
        incident.0,
        last,
    )
    .execute(conn)
    .await?;
    Ok(())
}
