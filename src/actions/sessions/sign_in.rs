//! Signing in: the unknown and the wrong are answered alike, after the same work.

use time::OffsetDateTime;
use uuid::Uuid;

use super::visitor::Visitor;
use super::{begin, failures};
use crate::actions::accounts::{Standing, find, tell_broken_seal};
use crate::actions::{ActionResult, DEADLINE, timeline};
use crate::db::Db;
use crate::domain::id::PersonId;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::{KeyRing, Passwords, Token};
use crate::store;

/// Signs in by address and password. None where they don't belong together.
///
/// # Errors
/// [`ActionError::TooMany`](crate::actions::ActionError::TooMany) after too many wrong ones;
/// crowded where too many sign in at once; else when the database does not answer, or the process
/// is ending.
pub async fn start(
    db: &Db,
    ring: &KeyRing,
    passwords: &Passwords,
    visitor: Visitor<'_>,
    (email, password): (&str, &str),
    now: OffsetDateTime,
) -> ActionResult<Option<Token>> {
    let turn = passwords.line_up(visitor.is_known(ring, email))?.turn().await?;
    db.transaction(DEADLINE, async |conn| visitor.tries(conn, ring, email, now).await).await?;
    let (standing, on_roster) = look_up(db, email).await?;
    let usable = standing.as_ref().filter(|standing| {
        on_roster && standing.account.disabled_at.is_none() && standing.is_sealed(ring)
    });
    let person = usable.map_or(PersonId(Uuid::nil()), |standing| standing.account.person);
    let hash = usable.and_then(|standing| standing.account.password_hash.as_deref());
    let looked = turn.verify(person, password, hash).await;
    if looked.as_ref().ok().is_none_or(|right| *right && usable.is_some()) {
        db.transaction(DEADLINE, async |c| visitor.no_wrong_one(c, ring, email, now).await).await?;
    }
    match usable {
        Some(standing) if looked? => let_in(db, standing, now).await,
        _ => {
            let person = standing.as_ref().map(|standing| standing.account.person);
            let first = failures::count(db, ring, person, now).await?;
            if let Some(standing) = standing.filter(|s| first && !s.is_sealed(ring)) {
                let person = standing.account.person;
                db.transaction(DEADLINE, async |c| tell_broken_seal(c, person, now).await).await?;
            }
            Ok(None)
        }
    }
}

/// Whose address it is, and whether they are on the roster.
async fn look_up(db: &Db, email: &str) -> ActionResult<(Option<Standing>, bool)> {
    db.transaction(DEADLINE, async |conn| {
        let account = store::accounts::find_by_email(conn, email.trim()).await?;
        let Some(account) = account else { return Ok((None, false)) };
        let who = store::people::find(conn, account.person).await?;
        let on_roster = who.is_some_and(|who| who.disabled_at.is_none());
        Ok((find(conn, account.person).await?, on_roster))
    })
    .await
}

/// Lets the person in, unless the account changed while the password was checked.
async fn let_in(db: &Db, standing: &Standing, now: OffsetDateTime) -> ActionResult<Option<Token>> {
    let (person, version) = (standing.account.person, standing.account.version);
    db.transaction(DEADLINE, async |conn| {
        let still = find(conn, person).await?;
        let who = store::people::find(conn, person).await?;
        let (Some(_), Some(who)) = (still.filter(|s| s.account.version == version), who) else {
            return Ok(None);
        };
        let token = begin(conn, person, now).await?;
        let body = Body::words(format!("{} signed in.", who.name));
        timeline::log(conn, Kind::SignIn, Actor::Person(person), body, now).await?;
        Ok(Some(token))
    })
    .await
}
