//! Deliveries: one person and method each.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{StoreError, StoreResult, corrupt};
use crate::domain::id::{DeliveryId, IncidentId, MessageId, MethodId, PersonId};
use crate::domain::message::DeliveryState;

/// A message on its way to one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Identity.
    pub id: DeliveryId,
    /// What is sent.
    pub message: MessageId,
    /// To whom.
    pub person: Option<PersonId>,
    /// By which of their methods.
    pub method: Option<MethodId>,
    /// The address, empty where none is known.
    pub address: String,
    /// The method's rank.
    pub rank: i16,
    /// How it stands.
    pub state: DeliveryState,
    /// Not before then.
    pub send_at: OffsetDateTime,
    /// When it was.
    pub settled_at: Option<OffsetDateTime>,
    /// Why it failed.
    pub problem: Option<String>,
    /// The one that is sent for it: several go in one mail, the digest, or it is told in one.
    pub digest: Option<DeliveryId>,
}

/// Adds a delivery by mail.
pub async fn insert(conn: &mut PgConnection, delivery: &Delivery) -> StoreResult<()> {
    sqlx::query!(
        "insert into deliveries
             (id, message, person, method, channel, address, rank, state, send_at, problem, digest)
         values ($1, $2, $3, $4, 'mail', $5, $6, $7, $8, $9, $10)",
        delivery.id.0,
        delivery.message.0,
        delivery.person.map(|person| person.0),
        delivery.method.map(|method| method.0),
        delivery.address,
        delivery.rank,
        delivery.state.name(),
        delivery.send_at,
        delivery.problem,
        delivery.digest.map(|digest| digest.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One delivery, its row held until the transaction ends.
pub async fn lock(conn: &mut PgConnection, id: DeliveryId) -> StoreResult<Option<Delivery>> {
    let row = sqlx::query_as!(
        Row,
        "select id, message, person, method, address, rank, state, send_at, settled_at, problem,
                digest
         from deliveries where id = $1 for update",
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Delivery::try_from).transpose()
}

/// All deliveries of a message.
pub async fn of(conn: &mut PgConnection, message: MessageId) -> StoreResult<Vec<Delivery>> {
    let rows = sqlx::query_as!(
        Row,
        "select id, message, person, method, address, rank, state, send_at, settled_at, problem,
                digest
         from deliveries where message = $1 order by id",
        message.0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// All deliveries of an incident's messages.
pub async fn of_incident(
    conn: &mut PgConnection,
    incident: IncidentId,
) -> StoreResult<Vec<Delivery>> {
    let rows = sqlx::query_as!(
        Row,
        "select d.id, message, person, method, address, rank, state, send_at, d.settled_at,
                problem, digest
         from deliveries d join messages on messages.id = message
         where messages.incident = $1 order by d.id",
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// Changes how a delivery stands.
pub async fn set_state(
    conn: &mut PgConnection,
    id: DeliveryId,
    state: DeliveryState,
    problem: Option<&str>,
    now: OffsetDateTime,
) -> StoreResult<()> {
    let done = sqlx::query!(
        "update deliveries set state = $2, problem = $3, settled_at = $4 where id = $1",
        id.0,
        state.name(),
        problem,
        state.is_settled().then_some(now),
    )
    .execute(conn)
    .await?;
    super::one("deliveries", &done)
}

/// Withdraws what is still held, and what of it has no one left to send it.
pub async fn withdraw(
    conn: &mut PgConnection,
    incident: IncidentId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update deliveries set state = 'withdrawn', settled_at = $2
         from messages where messages.id = deliveries.message and messages.incident = $1
           and deliveries.state = 'held' and deliveries.send_at > $2",
        incident.0,
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update messages set settled_at = $2 where incident = $1 and settled_at is null
           and not exists (select from deliveries where message = messages.id
                           and state not in ('sent', 'failed', 'withdrawn'))",
        incident.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Those of an incident who may have read a page.
pub async fn reached(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<PersonId>> {
    let people = sqlx::query_scalar!(
        r#"select distinct person as "person!" from deliveries
           join messages on messages.id = deliveries.message
           where messages.incident = $1 and person is not null
             and (deliveries.state in ('sent', 'sending')
                  or exists (select from attempts where delivery = deliveries.id
                             and outcome = 'unknown'))"#,
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(people.into_iter().map(PersonId).collect())
}

/// Whom the newest page of an incident did not reach: every send of it failed.
pub async fn unreached(
    conn: &mut PgConnection,
    incident: IncidentId,
) -> StoreResult<Vec<PersonId>> {
    let people = sqlx::query_scalar!(
        r#"select person as "person!" from (
             select distinct on (deliveries.person) deliveries.person,
                    bool_and(deliveries.state = 'failed') as failed
               from deliveries join messages on messages.id = deliveries.message
              where messages.incident = $1 and messages.kind = 'page'
                and deliveries.person is not null
              group by deliveries.person, messages.id, messages.created_at
              order by deliveries.person, messages.created_at desc) newest
           where failed"#,
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(people.into_iter().map(PersonId).collect())
}

pub(super) struct Row {
    pub(super) id: uuid::Uuid,
    pub(super) message: uuid::Uuid,
    pub(super) person: Option<uuid::Uuid>,
    pub(super) method: Option<uuid::Uuid>,
    pub(super) address: String,
    pub(super) rank: i16,
    pub(super) state: String,
    pub(super) send_at: OffsetDateTime,
    pub(super) settled_at: Option<OffsetDateTime>,
    pub(super) problem: Option<String>,
    pub(super) digest: Option<uuid::Uuid>,
}

impl TryFrom<Row> for Delivery {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Delivery> {
        Ok(Delivery {
            id: DeliveryId(row.id),
            message: MessageId(row.message),
            person: row.person.map(PersonId),
            method: row.method.map(MethodId),
            address: row.address,
            rank: row.rank,
            state: row.state.parse().map_err(|error| corrupt("deliveries", row.id, error))?,
            send_at: row.send_at,
            settled_at: row.settled_at,
            problem: row.problem,
            digest: row.digest.map(DeliveryId),
        })
    }
}
