//! One-time links: set-up, invitation, reset, verification. Tokens stand here as hashes alone.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::{MethodId, PersonId};

/// What a link to an account is for. A link may also prove that a method reaches its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Makes the first owner.
    SetUp,
    /// Lets a person of the roster choose address and password.
    Invite,
    /// Lets a person choose a new password.
    Reset,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::SetUp => "set-up",
            Purpose::Invite => "invite",
            Purpose::Reset => "reset",
        }
    }
}

/// Keeps a new link.
pub async fn insert(
    conn: &mut PgConnection,
    hash: &[u8; 32],
    purpose: Purpose,
    person: Option<PersonId>,
    expires_at: OffsetDateTime,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into links (token_hash, purpose, person, created_at, expires_at)
         values ($1, $2, $3, $4, $5)",
        &hash[..],
        purpose.name(),
        person.map(|person| person.0),
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps a new link that proves a method.
pub async fn insert_for_method(
    conn: &mut PgConnection,
    hash: &[u8; 32],
    (person, method): (PersonId, MethodId),
    expires_at: OffsetDateTime,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into links (token_hash, purpose, person, method, created_at, expires_at)
         values ($1, 'verify', $2, $3, $4, $5)",
        &hash[..],
        person.0,
        method.0,
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The method that a link proves, and whether it was used: a link that is too old is none. The row
/// stays locked.
pub async fn find_method(
    conn: &mut PgConnection,
    hash: &[u8; 32],
    now: OffsetDateTime,
) -> StoreResult<Option<(MethodId, bool)>> {
    let row = sqlx::query!(
        r#"select method as "method!", used_at is not null as "used!" from links
           where token_hash = $1 and purpose = 'verify' and expires_at > $2
           for update"#,
        &hash[..],
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (MethodId(row.method), row.used)))
}

/// Spends every link that proves a method.
pub async fn spend_of_method(
    conn: &mut PgConnection,
    method: MethodId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update links set used_at = $2 where method = $1 and used_at is null",
        method.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether a link of that purpose is still good, and whose it is. The row stays locked.
pub async fn find_good(
    conn: &mut PgConnection,
    hash: &[u8; 32],
    purpose: Purpose,
    now: OffsetDateTime,
) -> StoreResult<Option<Option<PersonId>>> {
    let row = sqlx::query!(
        "select person from links
         where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3 for update",
        &hash[..],
        purpose.name(),
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| row.person.map(PersonId)))
}

/// Who is invited and has not come yet, and until when they may.
pub async fn invitations(
    conn: &mut PgConnection,
    now: OffsetDateTime,
) -> StoreResult<Vec<(PersonId, OffsetDateTime)>> {
    let rows = sqlx::query!(
        r#"select person as "person!", expires_at from links
           where purpose = 'invite' and used_at is null and expires_at > $1"#,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (PersonId(row.person), row.expires_at)).collect())
}

/// Spends every link of that purpose and person.
pub async fn spend(
    conn: &mut PgConnection,
    purpose: Purpose,
    person: Option<PersonId>,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update links set used_at = $3
         where purpose = $1 and person is not distinct from $2 and used_at is null",
        purpose.name(),
        person.map(|person| person.0),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Spends every link of a person.
pub async fn spend_all(
    conn: &mut PgConnection,
    person: PersonId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update links set used_at = $2 where person = $1 and used_at is null",
        person.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// No link of any purpose works any more.
pub async fn spend_every(conn: &mut PgConnection, now: OffsetDateTime) -> StoreResult<()> {
    sqlx::query!("update links set used_at = $1 where used_at is null", now).execute(conn).await?;
    Ok(())
}
