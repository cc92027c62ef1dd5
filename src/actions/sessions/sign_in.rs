//! Signing in: the unknown and the wrong are answered alike, after the same work.

use time::OffsetDateTime;
use uuid::Uuid;

use super::begin;
use crate::actions::accounts::{Standing, find, tell_broken_seal};
use crate::actions::{ActionError, ActionResult, DEADLINE, timeline};
use crate::db::Db;
use crate::domain::id::PersonId;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::{KeyRing, Label, Passwords, Token};
use crate::store;

/// Failures of one account within so many seconds make one entry.
const WINDOW_SECONDS: i64 = 600;

/// Signs in by address and password. None where they don't belong together.
///
/// # Errors
/// When the database does not answer, or the process is ending.
pub async fn start(
    db: &Db,
    ring: &KeyRing,
    passwords: &Passwords,
    email: &str,
    password: &str,
    now: OffsetDateTime,
) -> ActionResult<Option<Token>> {
    let standing = look_up(db, email).await?;
    let usable = standing
        .as_ref()
        .filter(|standing| standing.account.disabled_at.is_none() && standing.is_sealed(ring));
    let person = usable.map_or(PersonId(Uuid::nil()), |standing| standing.account.person);
    let hash = usable.and_then(|standing| standing.account.password_hash.as_deref());
    let right = passwords.verify(person, password, hash).await?;
    match usable {
        Some(standing) if right => let_in(db, standing, now).await,
        _ => {
            let broken = standing.as_ref().is_some_and(|standing| !standing.is_sealed(ring));
            refuse(db, ring, standing.as_ref(), broken, now).await
        }
    }
}

async fn look_up(db: &Db, email: &str) -> ActionResult<Option<Standing>> {
    db.transaction(DEADLINE, async |conn| {
        match store::accounts::find_by_email(conn, email.trim()).await? {
            Some(account) => find(conn, account.person).await,
            None => Ok(None),
        }
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
        store::accounts::note_sign_in(conn, person, now).await?;
        let body = Body::words(format!("{} signed in.", who.name));
        timeline::log(conn, Kind::SignIn, Actor::Person(person), body, now).await?;
        Ok(Some(token))
    })
    .await
}

/// Counts the failure. All unknown addresses count as one, so that they can't fill the stream.
async fn refuse(
    db: &Db,
    ring: &KeyRing,
    standing: Option<&Standing>,
    broken: bool,
    now: OffsetDateTime,
) -> ActionResult<Option<Token>> {
    let person = standing.map(|standing| standing.account.person);
    let id = person.map_or(Uuid::nil(), |person| person.0);
    let subject = ring.mac(Label::Seals, &[b"sign-in-failures", id.as_bytes()]);
    let into_window = now.unix_timestamp().rem_euclid(WINDOW_SECONDS);
    let window = now.replace_nanosecond(0).unwrap_or(now) - time::Duration::seconds(into_window);
    db.transaction(DEADLINE, async |conn| {
        if !store::sign_in_failures::count(conn, &subject, window).await? {
            return Ok::<_, ActionError>(());
        }
        if let Some(person) = person.filter(|_| broken) {
            tell_broken_seal(conn, person, now).await?;
        }
        let body = match person {
            Some(person) => Body::words("Sign-ins were refused.").with("person", person),
            None => Body::words("Sign-ins were refused: nobody has such an address."),
        };
        timeline::log(conn, Kind::SignIn, Actor::Public, body, now).await?;
        Ok(())
    })
    .await?;
    Ok(None)
}
