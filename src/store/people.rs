//! The roster.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

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
    /// Counts changes of name, title, zone and order of methods: a form drawn before one is late.
    pub version: i32,
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
    /// Who knows: the person by a link that was mailed to it, or who called.
    pub verified_by: Option<PersonId>,
    /// Since when sends to it fail.
    pub failing_since: Option<OffsetDateTime>,
    /// Since when it is taken away.
    pub removed_at: Option<OffsetDateTime>,
}

impl Method {
    /// A method that somebody gave and nobody has tried.
    #[must_use]
    pub fn given(
        id: MethodId,
        person: PersonId,
        channel: &str,
        address: &str,
        rank: i16,
    ) -> Method {
        Method {
            id,
            person,
            channel: channel.to_owned(),
            address: address.to_owned(),
            rank,
            verified_at: None,
            verified_by: None,
            failing_since: None,
            removed_at: None,
        }
    }
}

/// Everybody, by name.
pub async fn all(conn: &mut PgConnection) -> StoreResult<Vec<Person>> {
    let rows = sqlx::query_as!(
        Person,
        "select id, key, name, title, zone, disabled_at, version from people order by name, key",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Everybody who is called on, by name: on the roster, and without a disabled account.
pub async fn on_call(conn: &mut PgConnection) -> StoreResult<Vec<Person>> {
    let rows = sqlx::query_as!(
        Person,
        "select id, key, name, title, zone, disabled_at, version from people p
         where disabled_at is null and not exists
             (select from accounts a where a.person = p.id and a.disabled_at is not null)
         order by name, key",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Whether somebody is called on: one row of [`on_call`].
pub async fn is_on_call(conn: &mut PgConnection, id: PersonId) -> StoreResult<bool> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from people p
               where id = $1 and disabled_at is null and not exists
                   (select from accounts a where a.person = p.id and a.disabled_at is not null)
           ) as "found!""#,
        id.0,
    )
    .fetch_one(conn)
    .await?;
    Ok(found)
}

/// One person.
pub async fn find(conn: &mut PgConnection, id: PersonId) -> StoreResult<Option<Person>> {
    let row = sqlx::query_as!(
        Person,
        "select id, key, name, title, zone, disabled_at, version from people where id = $1",
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
        "select id, key, name, title, zone, disabled_at, version from people where key = $1",
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

/// All standing methods, a person's together, best first: verified before given, then by rank.
pub async fn methods(conn: &mut PgConnection) -> StoreResult<Vec<Method>> {
    let rows = sqlx::query_as!(
        MethodRow,
        "select id, person, channel, address, rank, verified_at, verified_by, failing_since,
                removed_at
         from contact_methods where removed_at is null
         order by person, verified_at is null, rank, channel, address",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(MethodRow::method).collect())
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

/// Holds the roster still until the transaction ends: who can be reached is decided one at a time.
pub async fn lock_all(conn: &mut PgConnection) -> StoreResult<()> {
    sqlx::query!("lock table people in share row exclusive mode").execute(conn).await?;
    Ok(())
}

/// Takes somebody off the roster, or puts them back.
pub async fn set_disabled(
    conn: &mut PgConnection,
    id: PersonId,
    since: Option<OffsetDateTime>,
) -> StoreResult<()> {
    let done = sqlx::query!("update people set disabled_at = $2 where id = $1", id.0, since)
        .execute(conn)
        .await?;
    super::one("people", &done)
}

/// A method as its row has it.
pub(super) struct MethodRow {
    pub(super) id: Uuid,
    pub(super) person: Uuid,
    pub(super) channel: String,
    pub(super) address: String,
    pub(super) rank: i16,
    pub(super) verified_at: Option<OffsetDateTime>,
    pub(super) verified_by: Option<Uuid>,
    pub(super) failing_since: Option<OffsetDateTime>,
    pub(super) removed_at: Option<OffsetDateTime>,
}

impl MethodRow {
    pub(super) fn method(self) -> Method {
        Method {
            id: MethodId(self.id),
            person: PersonId(self.person),
            channel: self.channel,
            address: self.address,
            rank: self.rank,
            verified_at: self.verified_at,
            verified_by: self.verified_by.map(PersonId),
            failing_since: self.failing_since,
            removed_at: self.removed_at,
        }
    }
}
