//! One-time links to people of the roster: to get an account, or a new password.

use time::{Duration, OffsetDateTime};

use super::set_up::{check_email, check_password, new_standing};
use super::standing::{Standing, find};
use crate::actions::sessions::{self, SignedIn};
use crate::actions::{ActionError, ActionResult, DEADLINE, timeline};
use crate::db::Db;
use crate::domain::id::PersonId;
use crate::domain::rights::{Right, Rights};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::{KeyRing, Passwords, Token};
use crate::store;
use crate::store::links::Purpose;
use crate::store::people::Person;

const INVITATION: Duration = Duration::hours(72);
const RESET: Duration = Duration::hours(2);

/// Invites a person of the roster; older invitations of theirs stop working.
///
/// # Errors
/// Refused to all but owners, and where the person has an account.
pub async fn invite(
    db: &Db,
    by: &SignedIn,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Token> {
    make(db, by, person, Purpose::Invite, now).await
}

/// Makes a link by which a person chooses a new password; older ones stop working.
///
/// # Errors
/// Refused to all but owners, and where the person has no account or a disabled one.
pub async fn reset(
    db: &Db,
    by: &SignedIn,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Token> {
    make(db, by, person, Purpose::Reset, now).await
}

async fn make(
    db: &Db,
    by: &SignedIn,
    person: PersonId,
    purpose: Purpose,
    now: OffsetDateTime,
) -> ActionResult<Token> {
    by.require_owner(now)?;
    let token = Token::random()?;
    let (lives, verb) = match purpose {
        Purpose::Reset => (RESET, "may choose a new password"),
        Purpose::Invite | Purpose::SetUp => (INVITATION, "was invited"),
    };
    db.transaction(DEADLINE, async |conn| {
        let who =
            store::people::find(conn, person).await?.ok_or(ActionError::NotFound("person"))?;
        fits(purpose, find(conn, person).await?.as_ref())?;
        store::links::spend(conn, purpose, Some(person), now).await?;
        let hash = token.hash();
        store::links::insert(conn, &hash, purpose, Some(person), now + lives, now).await?;
        let body = Body::words(format!("{} {verb}.", who.name)).with("person", person);
        timeline::log(conn, Kind::People, Actor::Person(by.person), body, now).await?;
        Ok::<_, ActionError>(())
    })
    .await?;
    Ok(token)
}

fn fits(purpose: Purpose, standing: Option<&Standing>) -> ActionResult<()> {
    let refusal = match (purpose, standing) {
        (Purpose::Invite, Some(_)) => "They have an account; reset its password instead.",
        (Purpose::Reset, None) => "They have no account yet; invite them.",
        (Purpose::Reset, Some(standing)) if standing.account.disabled_at.is_some() => {
            "The account is disabled; enable it first."
        }
        _ => return Ok(()),
    };
    Err(ActionError::refused(refusal))
}

/// Whose link it is; none where it is spent, too old, or never was.
///
/// # Errors
/// When the database does not answer.
pub async fn link_person(
    db: &Db,
    purpose: Purpose,
    token: &Token,
    now: OffsetDateTime,
) -> ActionResult<Option<Person>> {
    db.transaction(DEADLINE, async |conn| {
        let link = store::links::find_good(conn, &token.hash(), purpose, now).await?;
        let Some(person) = link.flatten() else { return Ok(None) };
        let found = store::people::find(conn, person).await?;
        Ok(found.filter(|person| person.disabled_at.is_none()))
    })
    .await
}

/// Takes an invitation or a reset: sets the password, ends the person's sessions, signs them in.
/// An invited account reads and responds until an owner gives it more.
///
/// # Errors
/// Wrong fields, or a link that is no longer good.
pub async fn accept(
    db: &Db,
    ring: &KeyRing,
    passwords: &Passwords,
    (purpose, link): (Purpose, &Token),
    (email, password): (&str, &str),
    now: OffsetDateTime,
) -> ActionResult<Token> {
    let gone = || ActionError::NotFound("link, or it was used");
    let who = link_person(db, purpose, link, now).await?.ok_or_else(gone)?;
    let mut wrong = Vec::new();
    if purpose == Purpose::Invite {
        wrong.extend(check_email(email).err());
    }
    wrong.extend(check_password(password, &[&who.name, email]).err());
    if !wrong.is_empty() {
        return Err(ActionError::Invalid(wrong));
    }
    let hash = passwords.hash(who.id, password).await?;
    db.transaction(DEADLINE, async |conn| {
        store::accounts::lock_all(conn).await?;
        let good = store::links::find_good(conn, &link.hash(), purpose, now).await?;
        good.flatten().filter(|person| *person == who.id).ok_or_else(gone)?;
        let standing = find(conn, who.id).await?;
        fits(purpose, standing.as_ref())?;
        match standing {
            Some(mut standing) => {
                standing.believed(ring)?;
                standing.account.password_hash = Some(hash);
                standing.suspend(conn, now).await?;
                standing.save(conn, ring, now).await?;
            }
            None => {
                let rights = Rights::from_iter([Right::View, Right::Respond]);
                new_standing(who.id, email, hash, rights).open(conn, ring, now).await?;
            }
        }
        store::links::spend(conn, purpose, Some(who.id), now).await?;
        store::sessions::end_all(conn, who.id, None).await?;
        let token = sessions::begin(conn, who.id, now).await?;
        let body = Body::words(format!("{} chose a password by a link.", who.name));
        timeline::log(conn, Kind::SignIn, Actor::Person(who.id), body, now).await?;
        Ok(token)
    })
    .await
}
