//! What the public page says of the past.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::id::IncidentId;
use crate::store::StoreResult;

/// A stretch of time in which a component was `down` or `slow`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The component's key in the plan.
    pub key: String,
    /// `down` or `slow`.
    pub state: String,
    /// From when.
    pub from_at: OffsetDateTime,
    /// Until when; none: it goes on.
    pub until_at: Option<OffsetDateTime>,
}

/// What names the public feed and its entries.
pub async fn identity(conn: &mut PgConnection) -> StoreResult<Uuid> {
    Ok(sqlx::query_scalar!("select identity from public_version").fetch_one(conn).await?)
}

/// Notes which components the page shows from now on; those that it showed before stay known.
pub async fn set_known(
    conn: &mut PgConnection,
    keys: &[String],
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!("delete from public_components where key <> all($1)", keys)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "insert into public_components (key, since) select key, $2 from unnest($1::text[]) as key
         on conflict (key) do nothing",
        keys,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Since when the page shows which components.
pub async fn known(conn: &mut PgConnection) -> StoreResult<BTreeMap<String, OffsetDateTime>> {
    let rows = sqlx::query!("select key, since from public_components").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.key, row.since)).collect())
}

/// How components did since `from`. What an incident's first words told of is as old as the
/// incident; what came later counts from when it was told.
pub async fn past(conn: &mut PgConnection, from: OffsetDateTime) -> StoreResult<Vec<Past>> {
    let rows = sqlx::query_as!(
        Past,
        r#"select key, state, until_at,
                  case when from_at <= (select min(at) from public_posts where incident = told.id)
                       then least(from_at, told.since) else from_at end as "from_at!"
             from component_states left join public_incidents told on told.id = incident
            where not void and (until_at is null or until_at > $1)
            order by component_states.id"#,
        from,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Says that components never were as this incident told, or that they were after all.
pub async fn set_void(
    conn: &mut PgConnection,
    incident: IncidentId,
    void: bool,
) -> StoreResult<()> {
    sqlx::query!("update component_states set void = $2 where incident = $1", incident.0, void)
        .execute(conn)
        .await?;
    Ok(())
}
