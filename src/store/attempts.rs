//! Attempts: a row before and a row after each send, never changed.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::{DeliveryId, IncidentId, MethodId};

/// One attempt to send a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// When it began.
    pub begun_at: OffsetDateTime,
    /// When it ended; none: that was never noted.
    pub ended_at: Option<OffsetDateTime>,
    /// `sent`, `temporary`, `permanent` or `unknown`.
    pub outcome: Option<String>,
    /// What the channel said.
    pub words: String,
}

/// All attempts for an incident's messages, the first one first.
pub async fn of_incident(
    conn: &mut PgConnection,
    incident: IncidentId,
) -> StoreResult<Vec<Attempt>> {
    let rows = sqlx::query_as!(
        Attempt,
        r#"select begun.delivery, begun.at as begun_at, ended.at as "ended_at?", ended.outcome,
                  coalesce(ended.words, '') as "words!"
           from attempts begun
           left join attempts ended on ended.delivery = begun.delivery
                and ended.number = begun.number and ended.moment = 'ended'
           join deliveries on deliveries.id = begun.delivery
           join messages on messages.id = deliveries.message
           where messages.incident = $1 and begun.moment = 'begun'
           order by begun.at, begun.number"#,
        incident.0,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Begins the next attempt, and returns its number and when the first one began.
pub async fn begin(
    conn: &mut PgConnection,
    delivery: DeliveryId,
    now: OffsetDateTime,
) -> StoreResult<(i16, OffsetDateTime)> {
    let number = sqlx::query_scalar!(
        r#"insert into attempts (delivery, number, moment, at)
           select $1, coalesce(max(number), 0) + 1, 'begun', $2 from attempts where delivery = $1
           returning number"#,
        delivery.0,
        now,
    )
    .fetch_one(&mut *conn)
    .await?;
    let first = sqlx::query_scalar!(
        r#"select min(at) as "at!" from attempts where delivery = $1"#,
        delivery.0,
    )
    .fetch_one(conn)
    .await?;
    Ok((number, first))
}

/// Ends an attempt.
pub async fn end(
    conn: &mut PgConnection,
    delivery: DeliveryId,
    number: i16,
    outcome: &str,
    words: &str,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into attempts (delivery, number, moment, at, outcome, words)
         values ($1, $2, 'ended', $3, $4, $5)",
        delivery.0,
        number,
        now,
        outcome,
        words,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps since when sends to a method fail; none: they don't.
pub async fn method_fails(
    conn: &mut PgConnection,
    method: MethodId,
    since: Option<OffsetDateTime>,
) -> StoreResult<()> {
    sqlx::query!(
        "update contact_methods
         set failing_since = case when $2::timestamptz is null then null
                                  else coalesce(failing_since, $2) end
         where id = $1",
        method.0,
        since,
    )
    .execute(conn)
    .await?;
    Ok(())
}
