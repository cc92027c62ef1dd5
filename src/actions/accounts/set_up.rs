//! The first owner, by the set-up link; and accounts made on the command line.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::standing::{Standing, find};
use crate::actions::{ActionError, ActionResult, DEADLINE, Wrong, sessions, timeline};
use crate::db::Db;
use crate::domain::id::{MethodId, PersonId};
use crate::domain::rights::{Right, Rights};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::domain::{password, plan, roster};
use crate::secrets::{KeyRing, Passwords, Token};
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
///
/// # Errors
/// When the database does not answer.
pub async fn owner_exists(db: &Db) -> ActionResult<bool> {
    db.transaction(DEADLINE, async |conn| Ok(store::accounts::owner_exists(conn).await?)).await
}

/// Makes a set-up link; older ones stop working.
///
/// # Errors
/// Refused once there is an owner.
pub async fn make_set_up_link(db: &Db, now: OffsetDateTime) -> ActionResult<Token> {
    let token = Token::random()?;
    db.transaction(DEADLINE, async |conn| {
        refuse_second_owner(conn).await?;
        store::links::spend(conn, Purpose::SetUp, None, now).await?;
        let (hash, end) = (token.hash(), now + SET_UP_LINK_LIVES);
        store::links::insert(conn, &hash, Purpose::SetUp, None, end, now).await?;
        Ok::<_, ActionError>(())
    })
    .await?;
    Ok(token)
}

/// Whether the link would still let somebody set up this installation.
///
/// # Errors
/// When the database does not answer.
pub async fn set_up_link_is_good(
    db: &Db,
    token: &Token,
    now: OffsetDateTime,
) -> ActionResult<bool> {
    db.transaction(DEADLINE, async |conn| {
        let owned = store::accounts::owner_exists(conn).await?;
        let link = store::links::find_good(conn, &token.hash(), Purpose::SetUp, now).await?;
        Ok(!owned && link.is_some())
    })
    .await
}

/// Makes the first owner, and signs them in. The link is void afterwards.
///
/// # Errors
/// Wrong fields, a link that is no longer good, or an owner who was quicker.
pub async fn set_up(
    db: &Db,
    ring: &KeyRing,
    passwords: &Passwords,
    link: &Token,
    owner: &Newcomer<'_>,
    now: OffsetDateTime,
) -> ActionResult<Token> {
    check(owner)?;
    if !set_up_link_is_good(db, link, now).await? {
        return Err(spent());
    }
    let person = choose(db, owner.name, None, now).await?;
    let hash = passwords.line_up(true)?.turn().await?.hash(person.id, owner.password).await?;
    db.transaction(DEADLINE, async |conn| {
        store::accounts::lock_all(conn).await?;
        refuse_second_owner(conn).await?;
        let good = store::links::find_good(conn, &link.hash(), Purpose::SetUp, now).await?;
        good.ok_or_else(spent)?;
        store::links::spend(conn, Purpose::SetUp, None, now).await?;
        open(conn, ring, &person, owner.email, hash, owner.rights.clone(), now).await?;
        let token = sessions::begin(conn, person.id, now).await?;
        let body = Body::words(format!("{} set up this installation.", person.name));
        timeline::log(conn, Kind::Installation, Actor::Person(person.id), body, now).await?;
        Ok(token)
    })
    .await
}

/// Adds an account from the command line.
///
/// # Errors
/// Wrong fields, or a person who has an account already.
pub async fn create(
    db: &Db,
    ring: &KeyRing,
    passwords: &Passwords,
    new: &Newcomer<'_>,
    now: OffsetDateTime,
) -> ActionResult<PersonId> {
    check(new)?;
    let person = choose(db, new.name, new.key, now).await?;
    let hash = passwords.line_up(true)?.turn().await?.hash(person.id, new.password).await?;
    db.transaction(DEADLINE, async |conn| {
        store::accounts::lock_all(conn).await?;
        if find(conn, person.id).await?.is_some() {
            return Err(ActionError::wrong("key", format!("{} has an account.", person.name)));
        }
        let rights = new.rights.clone();
        open(conn, ring, &person, new.email, hash, rights, now).await?;
        if new.rights.allow(Right::Own) {
            store::links::spend(conn, Purpose::SetUp, None, now).await?;
        }
        let words = format!("{} got an account on the command line: {}.", person.name, new.rights);
        let body = Body::words(words).with("person", person.id);
        timeline::log(conn, Kind::Rights, Actor::System, body, now).await?;
        Ok(person.id)
    })
    .await
}

fn spent() -> ActionError {
    ActionError::refused(
        "this set-up link is spent or older than an hour; “muster user setup-link” makes a new one",
    )
}

async fn refuse_second_owner(conn: &mut PgConnection) -> ActionResult<()> {
    if store::accounts::owner_exists(conn).await? {
        return Err(ActionError::refused(
            "this installation has an owner; sign in, or ask an owner for an invitation",
        ));
    }
    Ok(())
}

fn check(who: &Newcomer<'_>) -> ActionResult<()> {
    let mut wrong = Vec::new();
    if who.name.trim().is_empty() || who.name.chars().count() > 200 {
        let words = "Type the name as others shall read it, in 200 characters at most.".to_owned();
        wrong.push(Wrong { field: "name", words });
    }
    if !roster::is_line(who.name.trim()) {
        let words = "A character in it can’t be shown; type it on one line.".to_owned();
        wrong.push(Wrong { field: "name", words });
    }
    wrong.extend(check_email(who.email).err());
    wrong.extend(check_password(who.password, &[who.name, who.email]).err());
    if who.rights.iter().next().is_none() {
        wrong.push(Wrong { field: "rights", words: "Give at least one right.".to_owned() });
    }
    if wrong.is_empty() { Ok(()) } else { Err(ActionError::Invalid(wrong)) }
}

/// Whether it is a mail address.
pub(super) fn check_email(email: &str) -> Result<(), Wrong> {
    if plan::is_mail_address(email.trim()) {
        return Ok(());
    }
    Err(Wrong { field: "email", words: "Type a mail address, such as ada@example.org.".to_owned() })
}

/// Whether the password is good enough for somebody who is known by `own`.
pub(super) fn check_password(password: &str, own: &[&str]) -> Result<(), Wrong> {
    password::check(password, own)
        .map_err(|refusal| Wrong { field: "password", words: refusal.to_string() })
}

/// The person of that key or name on the roster who has no account; else a new one, not kept yet.
async fn choose(
    db: &Db,
    name: &str,
    key: Option<&str>,
    now: OffsetDateTime,
) -> ActionResult<Person> {
    let name = name.trim();
    db.transaction(DEADLINE, async |conn| match key {
        Some(key) => by_key(conn, name, key, now).await,
        None => by_name(conn, name, now).await,
    })
    .await
}

async fn by_key(
    conn: &mut PgConnection,
    name: &str,
    key: &str,
    now: OffsetDateTime,
) -> ActionResult<Person> {
    let key = key.strip_prefix("person.").unwrap_or(key);
    if !roster::is_key(key) {
        return Err(ActionError::wrong("key", "A key is written in a-z, 0-9 and -."));
    }
    let found = store::people::find_by_key(conn, key).await?;
    Ok(found.unwrap_or_else(|| new_person(name, key.to_owned(), now)))
}

async fn by_name(conn: &mut PgConnection, name: &str, now: OffsetDateTime) -> ActionResult<Person> {
    for key in roster::keys_for(name) {
        match store::people::find_by_key(conn, &key).await? {
            None => return Ok(new_person(name, key, now)),
            Some(person) if person.name == name && find(conn, person.id).await?.is_none() => {
                return Ok(person);
            }
            Some(_) => {}
        }
    }
    Err(ActionError::wrong("name", "There are too many people of this name; add to it."))
}

fn new_person(name: &str, key: String, now: OffsetDateTime) -> Person {
    let (name, title, zone) = (name.to_owned(), String::new(), String::new());
    Person { id: PersonId::new(now), key, name, title, zone, disabled_at: None, version: 1 }
}

/// Keeps person, mail address and account. The caller holds the accounts still.
async fn open(
    conn: &mut PgConnection,
    ring: &KeyRing,
    person: &Person,
    email: &str,
    hash: String,
    rights: Rights,
    now: OffsetDateTime,
) -> ActionResult<()> {
    if store::people::find(conn, person.id).await?.is_none() {
        store::people::insert(conn, person, now).await?;
    }
    let mut standing = new_standing(person.id, email, hash, rights);
    let approves = standing.account.rights.allow(Right::Approve);
    standing.regrant(conn, approves, None, now).await?;
    standing.open(conn, ring, now).await
}

/// An account that is not kept yet.
pub(super) fn new_standing(
    person: PersonId,
    email: &str,
    hash: String,
    rights: Rights,
) -> Standing {
    let account = Account {
        person,
        email: email.trim().to_owned(),
        password_hash: Some(hash),
        rights,
        seal: Vec::new(),
        version: 0,
        disabled_at: None,
        last_sign_in_at: None,
    };
    Standing { account, grant: None }
}

impl Standing {
    /// Keeps a new account and its address, or says that the address is somebody else's.
    pub(super) async fn open(
        &mut self,
        conn: &mut PgConnection,
        ring: &KeyRing,
        now: OffsetDateTime,
    ) -> ActionResult<()> {
        let (person, address) = (self.account.person, self.account.email.clone());
        self.require_own_address(conn).await?;
        self.save(conn, ring, now).await?;
        let method = Method::given(MethodId::new(now), person, "mail", &address, 1);
        Ok(store::people::insert_method(conn, &method, now).await?)
    }
    /// Refuses an address that somebody else signs in with.
    pub(super) async fn require_own_address(&self, conn: &mut PgConnection) -> ActionResult<()> {
        let Account { person, email, .. } = &self.account;
        let taken = store::accounts::find_by_email(conn, email).await?;
        if taken.is_some_and(|other| other.person != *person) {
            return Err(ActionError::wrong("email", "Somebody else signs in with this address."));
        }
        Ok(())
    }
}
