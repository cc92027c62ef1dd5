//! Who holds which role in an incident.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::{DutyId, IncidentId, PersonId};

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
