//! What was told to an audience by hand.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::StoreResult;
use crate::domain::id::{IncidentId, PersonId};

/// One telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// Identity, made by the form.
    pub id: Uuid,
    /// Of which incident.
    pub incident: IncidentId,
    /// Key of the audience.
    pub audience: String,
    /// When.
    pub told_at: OffsetDateTime,
    /// By whom.
    pub told_by: PersonId,
}

/// Adds a telling. False: it stands already, as after a second press.
pub async fn insert(conn: &mut PgConnection, telling: &Telling) -> StoreResult<bool> {
    let done = sqlx::query!(
        "insert into tellings (id, incident, audience, told_at, told_by)
         values ($1, $2, $3, $4, $5) on conflict (id) do nothing",
        telling.id,
        telling.incident.0,
        telling.audience,
        telling.told_at,
        telling.told_by.0,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The telling of that identity.
pub async fn find(conn: &mut PgConnection, id: Uuid) -> StoreResult<Option<Telling>> {
    let row = sqlx::query_as!(
        Telling,
        r#"select id, incident, audience, told_at, told_by as "told_by!"
           from tellings where id = $1"#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// All tellings of an incident, newest first.
pub async fn of(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<Telling>> {
    let rows = sqlx::query_as!(
        Telling,
        r#"select id, incident, audience, told_at, told_by as "told_by!"
           from tellings where incident = $1 order by told_at desc, id desc"#,
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}
