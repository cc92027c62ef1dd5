//! The roster.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::{MethodId, PersonId};

/// Somebody on the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Identity.
    pub id: PersonId,
    /// Stable key, as plans name them.
    pub key: String,
    /// Whole name.
    pub name: String,
    /// What they are in the organisation.
    pub title: String,
    /// Their zone; the plan's where empty.
    pub zone: String,
    /// Since when they are no longer called on.
    pub disabled_at: Option<OffsetDateTime>,
}

/// A way to reach a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// Identity.
    pub id: MethodId,
    /// Whose.
    pub person: PersonId,
    /// `mail`, `phone` or `sms`.
    pub channel: String,
    /// Address or number.
    pub address: String,
    /// 1 is tried first.
    pub rank: i16,
    /// Since when it is known to reach them; none: it was given.
    pub verified_at: Option<OffsetDateTime>,
    /// Since when sends to it fail.
    pub failing_since: Option<OffsetDateTime>,
}

/// Everybody, by name.
pub async fn all(conn: &mut PgConnection) -> StoreResult<Vec<Person>> {
    let rows = sqlx::query_as!(
        Person,
        "select id, key, name, title, zone, disabled_at from people order by name, key",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// One person.
pub async fn find(conn: &mut PgConnection, id: PersonId) -> StoreResult<Option<Person>> {
    let row = sqlx::query_as!(
        Person,
        "select id, key, name, title, zone, disabled_at from people where id = $1",
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// One person, by the key that plans use.
pub async fn find_by_key(conn: &mut PgConnection, key: &str) -> StoreResult<Option<Person>> {
    let row = sqlx::query_as!(
        Person,
        "select id, key, name, title, zone, disabled_at from people where key = $1",
        key,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// Adds somebody.
pub async fn insert(
    conn: &mut PgConnection,
    person: &Person,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into people (id, key, name, title, zone, created_at) values ($1,$2,$3,$4,$5,$6)",
        person.id.0,
        person.key,
        person.name,
        person.title,
        person.zone,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Changes name, title and zone.
pub async fn update(conn: &mut PgConnection, person: &Person) -> StoreResult<()> {
    let done = sqlx::query!(
        "update people set name = $2, title = $3, zone = $4, version = version + 1 where id = $1",
        person.id.0,
        person.name,
        person.title,
        person.zone,
    )
    .execute(conn)
    .await?;
    super::one("people", &done)
}

/// All standing methods, a person's together, best first: by rank, verified before given.
pub async fn methods(conn: &mut PgConnection) -> StoreResult<Vec<Method>> {
    let rows = sqlx::query_as!(
        Method,
        "select id, person, channel, address, rank, verified_at, failing_since
         from contact_methods where removed_at is null
         order by person, rank, verified_at is null, channel, address",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Adds a method, or does nothing where it stands already.
pub async fn insert_method(
    conn: &mut PgConnection,
    method: &Method,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into contact_methods (id, person, channel, address, rank, verified_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (person, channel, address) where removed_at is null do nothing",
        method.id.0,
        method.person.0,
        method.channel,
        method.address,
        method.rank,
        method.verified_at,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a method away; its history stays.
pub async fn remove_method(
    conn: &mut PgConnection,
    id: MethodId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    let done = sqlx::query!(
        "update contact_methods set removed_at = $2 where id = $1 and removed_at is null",
        id.0,
        now,
    )
    .execute(conn)
    .await?;
    super::one("contact_methods", &done)
}

/// Changes a method's rank.
pub async fn set_rank(conn: &mut PgConnection, id: MethodId, rank: i16) -> StoreResult<()> {
    let done = sqlx::query!("update contact_methods set rank = $2 where id = $1", id.0, rank)
        .execute(conn)
        .await?;
    super::one("contact_methods", &done)
}

/// Ends what the person holds in open incidents.
pub async fn end_duties(
    conn: &mut PgConnection,
    person: PersonId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update duties set until = $2 where person = $1 and until is null",
        person.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
