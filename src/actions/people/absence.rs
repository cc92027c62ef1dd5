//! Taking somebody off the roster, and putting them back.

use time::OffsetDateTime;

use super::guard::{gaps, keep_held, take, tell};
use crate::actions::sessions::SignedIn;
use crate::actions::{ActionResult, DEADLINE, accounts, duties};
use crate::db::Db;
use crate::domain::id::PersonId;
use crate::secrets::KeyRing;
use crate::store;

/// Takes somebody off the roster: they are called on no more and can't sign in; their sessions,
/// links and duties end. Their account stays as it is for when they come back.
///
/// # Errors
/// Refused to all but owners who just typed their password, for the last owner, and where a level
/// or audience would reach nobody any more.
pub async fn take_off(
    db: &Db,
    ring: &KeyRing,
    by: &SignedIn,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    db.transaction(DEADLINE, async |conn| {
        store::accounts::lock_all(conn).await?;
        let who = take(conn, person).await?;
        if who.disabled_at.is_some() {
            return Ok(());
        }
        if let Some(standing) = accounts::find(conn, person).await? {
            accounts::keep_an_owner(conn, ring, &standing).await?;
        }
        let before = gaps(conn).await?;
        store::people::set_disabled(conn, person, Some(now)).await?;
        keep_held(conn, &before).await?;
        store::sessions::end_all(conn, person, None).await?;
        store::links::spend_all(conn, person, now).await?;
        duties::end_all(conn, &who, "they left the roster", by.person, now).await?;
        tell(conn, by, person, format!("{} was taken off the roster.", who.name), now).await
    })
    .await
}

/// Puts somebody back on the roster, with the ways to reach them and the account they had.
///
/// # Errors
/// Refused to all but owners who just typed their password.
pub async fn put_back(
    db: &Db,
    by: &SignedIn,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    db.transaction(DEADLINE, async |conn| {
        let who = take(conn, person).await?;
        if who.disabled_at.is_none() {
            return Ok(());
        }
        store::people::set_disabled(conn, person, None).await?;
        tell(conn, by, person, format!("{} was put back on the roster.", who.name), now).await
    })
    .await
}
