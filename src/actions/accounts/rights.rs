//! Owners give and take rights, and shut accounts.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::standing::{Standing, find};
use crate::actions::sessions::SignedIn;
use crate::actions::{ActionError, ActionResult, DEADLINE, duties, overtaken, timeline};
use crate::db::Db;
use crate::domain::id::PersonId;
use crate::domain::rights::{Right, Rights};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::KeyRing;
use crate::store;
use crate::store::accounts::Account;
use crate::store::people::Person;

/// Sets what an account may do; the right to approve is granted anew where it was suspended.
/// Setting what stands changes nothing. `version` is the account's as the form was drawn: whatever
/// its seal covers, an address or a suspended right too, was seen as it stands.
///
/// # Errors
/// Refused to all but owners who just typed their password, for the last owner's own right, and
/// where somebody else changed the account in between.
pub async fn set_rights(
    db: &Db,
    ring: &KeyRing,
    by: &SignedIn,
    person: PersonId,
    (version, rights): (i32, &Rights),
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    db.transaction(DEADLINE, async |conn| {
        let (mut standing, who) = take(conn, ring, person).await?;
        let approves = rights.allow(Right::Approve);
        let suspended = standing.grant.as_ref().is_some_and(|g| g.suspended_at.is_some());
        if approves && suspended && by.person == person {
            let words = "Another owner must grant you the right to approve anew.";
            return Err(ActionError::refused(words));
        }
        let anew = suspended || approves != standing.grant.is_some();
        if !anew && standing.account.rights == *rights {
            return Ok(()); // pressed twice
        }
        if standing.account.version != version {
            return Err(overtaken_of(conn, by, &standing, now).await?);
        }
        if !rights.allow(Right::Own) {
            keep_an_owner(conn, ring, &standing).await?;
        }
        if anew {
            standing.regrant(conn, approves, Some(by.person), now).await?;
        }
        standing.account.rights = rights.clone();
        standing.save(conn, ring, now).await?;
        let but = (by.person == person).then_some(&by.session);
        store::sessions::end_all(conn, person, but).await?;
        let words = format!("{} may now: {}.", who.name, spoken(rights));
        tell(conn, by, &standing, words, now).await
    })
    .await
}

/// Shuts an account: its sessions, links and duties end.
///
/// # Errors
/// Refused to all but owners who just typed their password, and for the last owner.
pub async fn disable(
    db: &Db,
    ring: &KeyRing,
    by: &SignedIn,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    db.transaction(DEADLINE, async |conn| {
        let (mut standing, who) = take(conn, ring, person).await?;
        keep_an_owner(conn, ring, &standing).await?;
        standing.account.disabled_at = Some(now);
        standing.suspend(conn, now).await?;
        standing.save(conn, ring, now).await?;
        store::sessions::end_all(conn, person, None).await?;
        store::links::spend_all(conn, person, now).await?;
        duties::end_all(conn, &who, "their account was disabled", by.person, now).await?;
        tell(conn, by, &standing, format!("{}’s account was disabled.", who.name), now).await
    })
    .await
}

/// Opens a shut account again; its password holds, its right to approve stays suspended.
///
/// # Errors
/// Refused to all but owners who just typed their password.
pub async fn enable(
    db: &Db,
    ring: &KeyRing,
    by: &SignedIn,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    db.transaction(DEADLINE, async |conn| {
        let (mut standing, who) = take(conn, ring, person).await?;
        standing.account.disabled_at = None;
        standing.save(conn, ring, now).await?;
        tell(conn, by, &standing, format!("{}’s account was enabled again.", who.name), now).await
    })
    .await
}

async fn take(
    conn: &mut PgConnection,
    ring: &KeyRing,
    person: PersonId,
) -> ActionResult<(Standing, Person)> {
    store::accounts::lock_all(conn).await?;
    let standing = find(conn, person).await?.ok_or(ActionError::NotFound("account"))?;
    standing.believed(ring)?;
    let who = store::people::find(conn, person).await?.ok_or(ActionError::NotFound("person"))?;
    Ok((standing, who))
}

/// Refuses to let the last owner go.
pub(in crate::actions) async fn keep_an_owner(
    conn: &mut PgConnection,
    ring: &KeyRing,
    leaving: &Standing,
) -> ActionResult<()> {
    if !leaving.account.rights.allow(Right::Own) {
        return Ok(());
    }
    for other in store::accounts::all(conn).await? {
        let owns = other.rights.allow(Right::Own) && other.disabled_at.is_none();
        let another = other.person != leaving.account.person;
        if owns && another && other.password_hash.is_some() {
            let who = store::people::find(conn, other.person).await?;
            let standing = find(conn, other.person).await?;
            let on_roster = who.is_some_and(|who| who.disabled_at.is_none());
            if on_roster && standing.is_some_and(|standing| standing.is_sealed(ring)) {
                return Ok(());
            }
        }
    }
    Err(ActionError::refused("This is the last owner; make somebody else an owner first."))
}

async fn overtaken_of(
    conn: &mut PgConnection,
    by: &SignedIn,
    standing: &Standing,
    now: OffsetDateTime,
) -> ActionResult<ActionError> {
    let Account { person, version, .. } = &standing.account;
    let facts = [("person", person.to_string()), ("version", version.to_string())];
    overtaken::refusal(conn, Kind::Rights, &facts, by, now).await
}

fn spoken(rights: &Rights) -> String {
    let spoken = rights.to_string();
    if spoken.is_empty() { "nothing".to_owned() } else { spoken }
}

async fn tell(
    conn: &mut PgConnection,
    by: &SignedIn,
    of: &Standing,
    words: String,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let Account { person, version, .. } = of.account;
    let body = Body::words(words).with("person", person).with("version", version);
    timeline::log(conn, Kind::Rights, Actor::Person(by.person), body, now).await?;
    Ok(())
}
