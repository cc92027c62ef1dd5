//! Signing in and out, and knowing who is there.

use time::{Duration, OffsetDateTime};

use super::{ActionResult, DEADLINE, accounts, timeline};
use crate::db::Db;
use crate::domain::id::PersonId;
use crate::domain::rights::Rights;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::{KeyRing, Passwords, Token};
use crate::store;
use crate::store::sessions::Session;

/// A session ends after so long without a request.
const IDLE: Duration = Duration::days(30);
/// A session ends so long after it began.
const ABSOLUTE: Duration = Duration::days(90);
/// Use is noted once in so long, not at each request.
const GRAIN: Duration = Duration::minutes(1);

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their zone; the plan's where empty.
    pub zone: String,
    /// What they may do, its seal checked.
    pub rights: Rights,
    /// Hash of the session's token.
    pub session: [u8; 32],
    /// When the password was last typed in it.
    pub stepped_up_at: OffsetDateTime,
}

/// Who holds this token; none where the session is over, or the account is.
pub async fn find(
    db: &Db,
    ring: &KeyRing,
    token: &Token,
    now: OffsetDateTime,
) -> ActionResult<Option<SignedIn>> {
    db.transaction(DEADLINE, async |conn| {
        let hash = token.hash();
        let Some(session) = store::sessions::find(conn, &hash).await? else { return Ok(None) };
        if is_over(&session, now) && !store::sessions::has_duty(conn, session.person).await? {
            store::sessions::end(conn, &hash).await?;
            return Ok(None);
        }
        let Some(account) = store::accounts::find(conn, session.person).await? else {
            return Ok(None);
        };
        if account.disabled_at.is_some() || !accounts::seal_holds(ring, &account) {
            return Ok(None);
        }
        if now - session.seen_at >= GRAIN {
            store::sessions::touch(conn, &hash, now).await?;
        }
        let person = store::people::find(conn, session.person).await?;
        Ok(person.map(|person| SignedIn {
            person: person.id,
            name: person.name,
            zone: person.zone,
            rights: account.rights,
            session: hash,
            stepped_up_at: session.stepped_up_at,
        }))
    })
    .await
}

fn is_over(session: &Session, now: OffsetDateTime) -> bool {
    now - session.seen_at > IDLE || now - session.created_at > ABSOLUTE
}

/// Signs in by address and password. None where they don't belong together: an unknown address
/// and a wrong password take the same work and get the same words.
pub async fn start(
    db: &Db,
    ring: &KeyRing,
    passwords: &Passwords,
    email: &str,
    password: &str,
    now: OffsetDateTime,
) -> ActionResult<Option<Token>> {
    let account = db
        .transaction(DEADLINE, async |conn| {
            ActionResult::Ok(store::accounts::find_by_email(conn, email).await?)
        })
        .await?
        .filter(|account| account.disabled_at.is_none() && accounts::seal_holds(ring, account));
    let person = account.as_ref().map_or(PersonId(uuid::Uuid::nil()), |account| account.person);
    let stored = account.as_ref().and_then(|account| account.password_hash.as_deref());
    if !passwords.verify(person, password, stored).await? {
        return Ok(None);
    }
    let token = Token::random()?;
    db.transaction(DEADLINE, async |conn| {
        store::sessions::insert(conn, &token.hash(), person, now).await?;
        let body = Body::words("Signed in.");
        timeline::log(conn, Kind::SignIn, Actor::Person(person), body, now).await?;
        ActionResult::Ok(())
    })
    .await?;
    Ok(Some(token))
}

/// Signs out.
pub async fn end(db: &Db, who: &SignedIn, now: OffsetDateTime) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        store::sessions::end(conn, &who.session).await?;
        let body = Body::words("Signed out.");
        timeline::log(conn, Kind::SignIn, Actor::Person(who.person), body, now).await?;
        Ok(())
    })
    .await
}
