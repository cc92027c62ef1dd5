//! Who holds which role in an incident.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::{DutyId, IncidentId, PersonId};

/// A role that a person holds in an incident that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// The incident.
    pub incident: IncidentId,
    /// What responders call it.
    pub title: String,
    /// Key of the role.
    pub role_key: String,
    /// Since when.
    pub since: OffsetDateTime,
}

/// Who holds a role of one incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Key of the role.
    pub role_key: String,
    /// Who.
    pub person: PersonId,
    /// Since when.
    pub since: OffsetDateTime,
}

/// What a person holds in open incidents, the longest held first.
pub async fn of_person(conn: &mut PgConnection, person: PersonId) -> StoreResult<Vec<Duty>> {
    let rows = sqlx::query_as!(
        Duty,
        "select d.incident, i.title, d.role_key, d.since
         from duties d join incidents i on i.id = d.incident
         where d.person = $1 and d.until is null and i.ended_at is null
         order by d.since, d.role_key",
        person.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Who holds which role of an incident now.
pub async fn of(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<Holder>> {
    let rows = sqlx::query_as!(
        Holder,
        "select role_key, person, since from duties where incident = $1 and until is null
         order by since, role_key",
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Gives a role to a person where nobody holds it. False: somebody does.
pub async fn take(
    conn: &mut PgConnection,
    incident: IncidentId,
    role: &str,
    person: PersonId,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "insert into duties (id, incident, role_key, person, since) values ($1, $2, $3, $4, $5)
         on conflict (incident, role_key) where until is null do nothing",
        DutyId::new(now).0,
        incident.0,
        role,
        person.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends the duties of these roles, whoever holds them.
pub async fn end(
    conn: &mut PgConnection,
    incident: IncidentId,
    roles: &[String],
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update duties set until = $3
         where incident = $1 and role_key = any($2) and until is null",
        incident.0,
        roles,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a person's duties, and returns the roles.
pub async fn leave(
    conn: &mut PgConnection,
    incident: IncidentId,
    person: PersonId,
    now: OffsetDateTime,
) -> StoreResult<Vec<String>> {
    let roles = sqlx::query_scalar!(
        "update duties set until = $3
         where incident = $1 and person = $2 and until is null returning role_key",
        incident.0,
        person.0,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(roles)
}

/// Ends a role that another person holds, so that this one can take it.
pub async fn vacate(
    conn: &mut PgConnection,
    incident: IncidentId,
    role: &str,
    person: PersonId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update duties set until = $4
         where incident = $1 and role_key = $2 and person <> $3 and until is null",
        incident.0,
        role,
        person.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends what everybody but one person holds.
pub async fn leave_all_but(
    conn: &mut PgConnection,
    incident: IncidentId,
    person: PersonId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update duties set until = $3 where incident = $1 and person <> $2 and until is null",
        incident.0,
        person.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
