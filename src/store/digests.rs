//! What waited while nobody worked, and the digests that stand for it.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use super::deliveries::{Delivery, Row};
use crate::domain::id::{DeliveryId, IncidentId};

/// The reason of a message that goes in one mail with others.
pub const REASON: &str = "digest";

/// The incidents of which something should have left by now, or been asked.
pub async fn incidents_that_wait(
    conn: &mut PgConnection,
    now: OffsetDateTime,
) -> StoreResult<Vec<IncidentId>> {
    let ids = sqlx::query_scalar!(
        r#"select id as "id!" from (
             select messages.incident as id from deliveries
               join messages on messages.id = deliveries.message
              where deliveries.settled_at is null and deliveries.person is not null
                and deliveries.state in ('held', 'waiting', 'sending')
                and deliveries.send_at <= $1 and messages.incident is not null
             union
             select clocks.incident from clocks join incidents on incidents.id = clocks.incident
              where clocks.kind = 'escalate' and clocks.due_at <= $1 and clocks.fired_at is null
                and clocks.done_at is null and incidents.ended_at is null) waiting
           order by id"#,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(IncidentId).collect())
}

/// What of an incident should have left by now, held until the transaction ends.
pub async fn waiting(
    conn: &mut PgConnection,
    incident: IncidentId,
    now: OffsetDateTime,
) -> StoreResult<Vec<Delivery>> {
    let rows = sqlx::query_as!(
        Row,
        "select d.id, message, person, method, address, rank, state, send_at, d.settled_at,
                problem, digest
         from deliveries d join messages on messages.id = message
         where messages.incident = $1 and d.settled_at is null and person is not null
           and state in ('held', 'waiting', 'sending') and send_at <= $2
         order by d.id for update of d",
        incident.0,
        now,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// What goes in this mail and has not ended, held until the transaction ends.
pub async fn open(conn: &mut PgConnection, digest: DeliveryId) -> StoreResult<Vec<Delivery>> {
    let rows = sqlx::query_as!(
        Row,
        "select d.id, message, person, method, address, rank, state, send_at, d.settled_at,
                problem, digest
         from deliveries d join messages on messages.id = message
         where digest = $1 and messages.reason = $2
           and state in ('held', 'waiting', 'sending')
         order by messages.incident, d.id for update of d",
        digest.0,
        REASON,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// What went in this mail in vain.
pub async fn failed(conn: &mut PgConnection, digest: DeliveryId) -> StoreResult<Vec<Delivery>> {
    let rows = sqlx::query_as!(
        Row,
        "select d.id, message, person, method, address, rank, state, send_at, d.settled_at,
                problem, digest
         from deliveries d join messages on messages.id = message
         where digest = $1 and messages.reason = $2 and state = 'failed' order by d.id",
        digest.0,
        REASON,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// The incidents that a mail tells of.
pub async fn incidents(
    conn: &mut PgConnection,
    digest: DeliveryId,
) -> StoreResult<Vec<IncidentId>> {
    let ids = sqlx::query_scalar!(
        r#"select distinct messages.incident as "incident!" from deliveries
           join messages on messages.id = deliveries.message
           where deliveries.digest = $1 and messages.reason = $2
             and messages.incident is not null
           order by 1"#,
        digest.0,
        REASON,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(IncidentId).collect())
}

/// What had waited is told in this mail.
pub async fn fold(
    conn: &mut PgConnection,
    delivery: DeliveryId,
    digest: DeliveryId,
) -> StoreResult<()> {
    let done =
        sqlx::query!("update deliveries set digest = $2 where id = $1", delivery.0, digest.0,)
            .execute(conn)
            .await?;
    super::one("deliveries", &done)
}
