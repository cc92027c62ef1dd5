//! A person changes their own password.

use time::OffsetDateTime;

use super::set_up::check_password;
use super::standing::find;
use crate::actions::sessions::{self, SignedIn};
use crate::actions::{ActionError, ActionResult, DEADLINE, timeline};
use crate::db::Db;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::{KeyRing, Passwords, Token};
use crate::store;

/// Changes the password, ends every session of the person, and begins a new one.
///
/// # Errors
/// Wrong fields: `your_password` for the old one, `password` for the new.
pub async fn change_password(
    db: &Db,
    ring: &KeyRing,
    passwords: &Passwords,
    by: &SignedIn,
    (old, new): (&str, &str),
    now: OffsetDateTime,
) -> ActionResult<Token> {
    let by = sessions::step_up(db, ring, passwords, by, old, now).await?;
    let hash = passwords.line_up(true)?.turn().await?.hash(by.person, new).await?;
    db.transaction(DEADLINE, async |conn| {
        store::accounts::lock_all(conn).await?;
        let mut standing = find(conn, by.person).await?.ok_or(ActionError::NotFound("account"))?;
        standing.believed(ring)?;
        check_password(new, &[&by.name, &standing.account.email])
            .map_err(|wrong| ActionError::Invalid(vec![wrong]))?;
        standing.account.password_hash = Some(hash);
        standing.save(conn, ring, now).await?;
        store::sessions::end_all(conn, by.person, None).await?;
        let token = sessions::begin(conn, by.person, now).await?;
        let body = Body::words(format!("{} chose a new password.", by.name));
        timeline::log(conn, Kind::SignIn, Actor::Person(by.person), body, now).await?;
        Ok(token)
    })
    .await
}
