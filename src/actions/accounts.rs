//! Accounts: the first owner, further ones, and the seals that bind their rights to the key ring.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::{ActionError, ActionResult, DEADLINE, Wrong, timeline};
use crate::db::Db;
use crate::domain::id::{MethodId, PersonId};
use crate::domain::password;
use crate::domain::plan;
use crate::domain::rights::Rights;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::{KeyRing, Label, Passwords, Token};
use crate::store;
use crate::store::accounts::Account;
use crate::store::links::Purpose;
use crate::store::people::{Method, Person};

/// A set-up link is good for so long.
pub const SET_UP_LINK_LIVES: Duration = Duration::hours(1);

/// Somebody who is to get an account.
#[derive(Debug, Clone)]
pub struct Newcomer<'a> {
    /// The whole name.
    pub name: &'a str,
    /// The address to sign in with.
    pub email: &'a str,
    /// The password they chose.
    pub password: &'a str,
    /// Their key on the roster; made of the name where none is given.
    pub key: Option<&'a str>,
    /// What they may do.
    pub rights: Rights,
}

/// Whether anybody owns this installation yet.
pub async fn owner_exists(db: &Db) -> ActionResult<bool> {
    db.transaction(DEADLINE, async |conn| Ok(store::accounts::owner_exists(conn).await?)).await
}

/// Makes a new set-up link; older ones stop working.
///
/// # Errors
/// Refused once there is an owner.
pub async fn make_set_up_link(db: &Db, now: OffsetDateTime) -> ActionResult<Token> {
    let token = Token::random()?;
    db.transaction(DEADLINE, async |conn| {
        refuse_second_owner(conn).await?;
        store::links::spend(conn, Purpose::SetUp, None, now).await?;
        let until = now + SET_UP_LINK_LIVES;
        store::links::insert(conn, &token.hash(), Purpose::SetUp, None, until, now).await?;
        ActionResult::Ok(())
    })
    .await?;
    Ok(token)
}

/// Whether this is the set-up link, and still good.
pub async fn set_up_link_is_good(
    db: &Db,
    token: &Token,
    now: OffsetDateTime,
) -> ActionResult<bool> {
    db.transaction(DEADLINE, async |conn| {
        let found = store::links::find_good(conn, &token.hash(), Purpose::SetUp, now).await?;
        Ok(found.is_some() && !store::accounts::owner_exists(conn).await?)
    })
    .await
}

/// Makes the first owner, spends the link, and signs them in.
///
/// # Errors
/// Refused where the link is spent or too old; [`ActionError::Invalid`] for what was typed.
pub async fn set_up(
    db: &Db,
    ring: &KeyRing,
    passwords: &Passwords,
    link: &Token,
    owner: &Newcomer<'_>,
    now: OffsetDateTime,
) -> ActionResult<Token> {
    check(owner)?;
    let id = PersonId::new(now);
    let hash = passwords.hash(id, owner.password).await?;
    let session = Token::random()?;
    db.transaction(DEADLINE, async |conn| {
        store::accounts::lock_all(conn).await?;
        refuse_second_owner(conn).await?;
        store::links::find_good(conn, &link.hash(), Purpose::SetUp, now).await?.ok_or_else(|| {
            ActionError::refused(
                "this set-up link is spent or older than an hour; “muster user setup-link” makes \
                 a new one",
            )
        })?;
        store::links::spend(conn, Purpose::SetUp, None, now).await?;
        let person = add(conn, ring, owner, id, hash, now).await?;
        store::sessions::insert(conn, &session.hash(), person, now).await?;
        let body = Body::words(format!("Set up. {} owns this installation.", owner.name.trim()));
        timeline::log(conn, Kind::Rights, Actor::Person(person), body, now).await?;
        ActionResult::Ok(())
    })
    .await?;
    Ok(session)
}

/// Adds an account from the command line, to a new person or one of the roster.
///
/// # Errors
/// [`ActionError::Invalid`] for what was typed; refused where the person has an account already.
pub async fn create(
    db: &Db,
    ring: &KeyRing,
    passwords: &Passwords,
    newcomer: &Newcomer<'_>,
    now: OffsetDateTime,
) -> ActionResult<PersonId> {
    check(newcomer)?;
    let key = key_of(newcomer);
    let known = db
        .transaction(DEADLINE, async |conn| {
            ActionResult::Ok(store::people::find_by_key(conn, &key).await?)
        })
        .await?;
    let id = known.map_or_else(|| PersonId::new(now), |person| person.id);
    let hash = passwords.hash(id, newcomer.password).await?;
    db.transaction(DEADLINE, async |conn| {
        store::accounts::lock_all(conn).await?;
        let person = add(conn, ring, newcomer, id, hash, now).await?;
        let words = format!("{} got an account: {}.", newcomer.name.trim(), newcomer.rights);
        timeline::log(conn, Kind::Rights, Actor::System, Body::words(words), now).await?;
        Ok(person)
    })
    .await
}

/// Whether an account's row was written with this key ring.
pub(super) fn seal_holds(ring: &KeyRing, account: &Account) -> bool {
    let rights = account.rights.names().join(",");
    ring.check_mac(Label::Seals, &parts(account, &rights), &account.seal)
}

/// Seals the account as it now stands.
pub(super) fn seal(ring: &KeyRing, account: &mut Account) {
    let rights = account.rights.names().join(",");
    account.seal = ring.mac(Label::Seals, &parts(account, &rights)).to_vec();
}

fn parts<'a>(account: &'a Account, rights: &'a str) -> [&'a [u8]; 4] {
    let disabled: &[u8] = if account.disabled_at.is_some() { b"disabled" } else { b"" };
    [b"account v1", account.person.0.as_bytes(), rights.as_bytes(), disabled]
}

async fn refuse_second_owner(conn: &mut PgConnection) -> ActionResult<()> {
    if store::accounts::owner_exists(conn).await? {
        return Err(ActionError::refused(
            "this installation has an owner; sign in, or ask an owner for an invitation",
        ));
    }
    Ok(())
}

fn check(newcomer: &Newcomer<'_>) -> ActionResult<()> {
    let mut wrong = Vec::new();
    let mut say = |field, words: String| wrong.push(Wrong { field, words });
    if newcomer.name.trim().is_empty() {
        say("name", "Type your name, as others shall read it.".to_owned());
    }
    if !plan::is_mail_address(newcomer.email.trim()) {
        say("email", format!("“{}” is no mail address.", newcomer.email.trim()));
    }
    let own = [newcomer.name, newcomer.email];
    if let Err(refusal) = password::check(newcomer.password, &own) {
        say("password", refusal.to_string());
    }
    if newcomer.rights.iter().next().is_none() {
        say("rights", "Give at least one right.".to_owned());
    }
    if wrong.is_empty() { Ok(()) } else { Err(ActionError::Invalid(wrong)) }
}

async fn add(
    conn: &mut PgConnection,
    ring: &KeyRing,
    newcomer: &Newcomer<'_>,
    id: PersonId,
    hash: String,
    now: OffsetDateTime,
) -> ActionResult<PersonId> {
    if store::accounts::find(conn, id).await?.is_some() {
        return Err(ActionError::refused("this person has an account already"));
    }
    if store::accounts::find_by_email(conn, newcomer.email.trim()).await?.is_some() {
        return Err(ActionError::wrong("email", "Somebody signs in with this address already."));
    }
    put_on_roster(conn, newcomer, id, now).await?;
    let mut account = Account {
        person: id,
        email: newcomer.email.trim().to_owned(),
        password_hash: Some(hash),
        rights: newcomer.rights.clone(),
        seal: Vec::new(),
        version: 1,
        disabled_at: None,
    };
    seal(ring, &mut account);
    store::accounts::upsert(conn, &account, now).await?;
    Ok(id)
}

async fn put_on_roster(
    conn: &mut PgConnection,
    newcomer: &Newcomer<'_>,
    id: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    if store::people::find(conn, id).await?.is_none() {
        let person = Person {
            id,
            key: key_of(newcomer),
            name: newcomer.name.trim().to_owned(),
            title: String::new(),
            zone: String::new(),
            disabled_at: None,
        };
        store::people::insert(conn, &person, now).await?;
    }
    let method = Method {
        id: MethodId::new(now),
        person: id,
        channel: "mail".to_owned(),
        address: newcomer.email.trim().to_owned(),
        rank: 1,
        verified_at: None,
        failing_since: None,
    };
    Ok(store::people::insert_method(conn, &method, now).await?)
}

/// The key of a person: what was given, else their name in small letters with hyphens.
fn key_of(newcomer: &Newcomer<'_>) -> String {
    let source = newcomer.key.unwrap_or(newcomer.name);
    let plain: String = source
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let key = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if key.is_empty() { "person".to_owned() } else { key }
}
