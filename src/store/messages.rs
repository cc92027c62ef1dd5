//! Messages, as they wait to become mails.

use sqlx::PgConnection;
use sqlx::types::JsonValue;
use time::OffsetDateTime;

use super::{StoreResult, corrupt};
use crate::domain::id::{DeliveryId, IncidentId, MessageId};
use crate::domain::message::Kind;

/// One message, to everybody it goes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Identity.
    pub id: MessageId,
    /// The incident it is about.
    pub incident: Option<IncidentId>,
    /// What it wants.
    pub kind: Kind,
    /// Why it was made, in a word.
    pub reason: String,
    /// What its words need beside the incident.
    pub facts: JsonValue,
    /// When it was made.
    pub created_at: OffsetDateTime,
}

/// Adds a message.
pub async fn insert(conn: &mut PgConnection, message: &Message) -> StoreResult<()> {
    sqlx::query!(
        "insert into messages (id, incident, kind, reason, facts, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        message.id.0,
        message.incident.map(|incident| incident.0),
        message.kind.name(),
        message.reason,
        message.facts,
        message.created_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One message.
pub async fn find(conn: &mut PgConnection, id: MessageId) -> StoreResult<Option<Message>> {
    let row = sqlx::query!(
        "select incident, kind, reason, facts, created_at from messages where id = $1",
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Message {
            id,
            incident: row.incident.map(IncidentId),
            kind: row.kind.parse().map_err(|error| corrupt("messages", id, error))?,
            reason: row.reason,
            facts: row.facts,
            created_at: row.created_at,
        })
    })
    .transpose()
}

/// Marks a message settled once all its deliveries are. False: some are not, or it was.
pub async fn settle(
    conn: &mut PgConnection,
    id: MessageId,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "update messages set settled_at = $2 where id = $1 and settled_at is null
           and not exists (select from deliveries where message = $1
                           and state not in ('sent', 'failed', 'withdrawn'))",
        id.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The message that a delivery carries.
pub async fn of_delivery(
    conn: &mut PgConnection,
    delivery: DeliveryId,
) -> StoreResult<Option<Message>> {
    let id = sqlx::query_scalar!("select message from deliveries where id = $1", delivery.0)
        .fetch_optional(&mut *conn)
        .await?;
    match id {
        Some(id) => find(conn, MessageId(id)).await,
        None => Ok(None),
    }
}

/// The messages of an incident, newest first.
pub async fn of_incident(
    conn: &mut PgConnection,
    incident: IncidentId,
) -> StoreResult<Vec<Message>> {
    let ids = sqlx::query_scalar!(
        "select id from messages where incident = $1 order by created_at desc, id desc",
        incident.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut messages = Vec::new();
    for id in ids {
        messages.extend(find(conn, MessageId(id)).await?);
    }
    Ok(messages)
}
