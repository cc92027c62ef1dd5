//! One-time links: set-up, invitation, reset. Tokens stand here as hashes alone.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::PersonId;

/// What a link is for.
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
