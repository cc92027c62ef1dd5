//! A person changes the address they sign in with.

use time::OffsetDateTime;

use super::set_up::check_email;
use super::standing::find;
use crate::actions::sessions::SignedIn;
use crate::actions::{ActionError, ActionResult, DEADLINE, timeline};
use crate::db::Db;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::KeyRing;
use crate::store;

/// Changes the person's own address for signing in. Whoever reads mail there could have a new
/// password mailed, so the right to approve is suspended, and other sessions end.
///
/// # Errors
/// Refused without a fresh password; a wrong `email` where it is none, or somebody else's.
pub async fn change_address(
    db: &Db,
    ring: &KeyRing,
    by: &SignedIn,
    email: &str,
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_fresh(now)?;
    check_email(email).map_err(|wrong| ActionError::Invalid(vec![wrong]))?;
    db.transaction(DEADLINE, async |conn| {
        store::accounts::lock_all(conn).await?;
        let mut standing = find(conn, by.person).await?.ok_or(ActionError::NotFound("account"))?;
        standing.believed(ring)?;
        if standing.account.email == email.trim() {
            return Ok(()); // pressed twice
        }
        standing.account.email = email.trim().to_owned();
        standing.require_own_address(conn).await?;
        standing.suspend(conn, now).await?;
        standing.save(conn, ring, now).await?;
        store::sessions::end_all(conn, by.person, Some(&by.session)).await?;
        let words = format!("{} signs in with another address now.", by.name);
        let body = Body::words(words).with("person", by.person);
        timeline::log(conn, Kind::SignIn, Actor::Person(by.person), body, now).await?;
        Ok(())
    })
    .await
}
