//! One-time links to people of the roster: to get an account, or a new password.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::set_up::{check_email, check_password, new_standing};
use super::standing::{Standing, find};
use crate::actions::letters::{Mailed, Mailroom, best_mail, organisation, zone_of};
use crate::actions::sessions::{self, SignedIn};
use crate::actions::{ActionError, ActionResult, DEADLINE, limits, timeline};
use crate::db::Db;
use crate::domain::id::PersonId;
use crate::domain::limit::LINK;
use crate::domain::message::account::{self, LinkFacts};
use crate::domain::rights::{Right, Rights};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::{KeyRing, Passwords, Token};
use crate::store;
use crate::store::links::Purpose;
use crate::store::people::Person;

const INVITATION: Duration = Duration::hours(72);
const RESET: Duration = Duration::hours(2);

/// A link that was made: shown once, kept as a hash.
#[derive(Debug, Clone)]
pub struct MadeLink {
    /// The secret in it.
    pub token: Token,
    /// What it does.
    pub purpose: Purpose,
    /// Until when it works.
    pub until: OffsetDateTime,
    who: Person,
    address: Option<String>,
}

/// Whom a link lets in.
#[derive(Debug, Clone)]
pub struct Linked {
    /// What it does.
    pub purpose: Purpose,
    /// Whose it is.
    pub who: Person,
    /// The address they sign in with, or are likely to.
    pub address: String,
}

/// Makes a link and mails it at once.
///
/// # Errors
/// As [`make_link`]; that the mail was not taken is no error, for the link works all the same.
pub async fn send_link(
    room: &Mailroom<'_>,
    by: &SignedIn,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<(MadeLink, Mailed)> {
    let made = make_link(room.db, by, person, now).await?;
    let Some(address) = made.address.clone() else { return Ok((made, Mailed::NoAddress)) };
    let plan = crate::actions::plans::in_force(room.db).await?;
    let document = plan.as_ref().map(|revision| &revision.plan.document);
    let link = room.links.invitation(&made.token);
    let until = zone_of(&made.who.zone, document).moment(made.until);
    let organisation = organisation(document);
    let facts = LinkFacts {
        by: &by.name,
        to: &made.who.name,
        link: &link,
        until: &until,
        organisation: &organisation,
    };
    let words = match made.purpose {
        Purpose::Reset => account::password_reset(&facts),
        Purpose::Invite | Purpose::SetUp => account::invitation(&facts),
    };
    let mailed = room.send(&address, words, now).await?;
    Ok((made, mailed))
}

/// Makes a link by which a person of the roster gets an account, or chooses a new password where
/// they have one; older ones of theirs stop working.
///
/// # Errors
/// Refused to all but owners who just typed their password, for a disabled account, and for
/// somebody who is off the roster.
pub async fn make_link(
    db: &Db,
    by: &SignedIn,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<MadeLink> {
    by.require_owner(now)?;
    let token = Token::random()?;
    db.transaction(DEADLINE, async |conn| {
        let who = on_roster(conn, person).await?;
        let standing = find(conn, person).await?;
        let (purpose, lives, verb) = match &standing {
            None => (Purpose::Invite, INVITATION, "was invited"),
            Some(_) => (Purpose::Reset, RESET, "may choose a new password"),
        };
        fits(purpose, standing.as_ref())?;
        limits::take(conn, LINK, person.0.as_bytes(), now).await?;
        let (hash, until) = (token.hash(), now + lives);
        store::links::spend(conn, purpose, Some(person), now).await?;
        store::links::insert(conn, &hash, purpose, Some(person), until, now).await?;
        let address = match standing {
            Some(standing) => Some(standing.account.email),
            None => first_address(conn, person).await?,
        };
        let body = Body::words(format!("{} {verb}.", who.name)).with("person", person);
        timeline::log(conn, Kind::People, Actor::Person(by.person), body, now).await?;
        Ok(MadeLink { token, purpose, until, who, address })
    })
    .await
}

async fn on_roster(conn: &mut PgConnection, person: PersonId) -> ActionResult<Person> {
    let who = store::people::find(conn, person).await?.ok_or(ActionError::NotFound("person"))?;
    if who.disabled_at.is_some() {
        return Err(ActionError::refused("They are off the roster; put them back first."));
    }
    Ok(who)
}

async fn first_address(conn: &mut PgConnection, person: PersonId) -> ActionResult<Option<String>> {
    let mut methods = store::people::methods(conn).await?;
    methods.retain(|method| method.person == person);
    Ok(best_mail(&methods).map(|method| method.address.clone()))
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

/// Whom a link lets in; none where it is spent, too old, or never was.
///
/// # Errors
/// When the database does not answer.
pub async fn linked(db: &Db, token: &Token, now: OffsetDateTime) -> ActionResult<Option<Linked>> {
    db.transaction(DEADLINE, async |conn| find_linked(conn, token, now).await).await
}

async fn find_linked(
    conn: &mut PgConnection,
    token: &Token,
    now: OffsetDateTime,
) -> ActionResult<Option<Linked>> {
    for purpose in [Purpose::Invite, Purpose::Reset] {
        let link = store::links::find_good(conn, &token.hash(), purpose, now).await?;
        let Some(person) = link.flatten() else { continue };
        let found = store::people::find(conn, person).await?;
        let Some(who) = found.filter(|who| who.disabled_at.is_none()) else { continue };
        let address = match find(conn, person).await? {
            Some(standing) => standing.account.email,
            None => first_address(conn, person).await?.unwrap_or_default(),
        };
        return Ok(Some(Linked { purpose, who, address }));
    }
    Ok(None)
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
    link: &Token,
    (email, password): (&str, &str),
    now: OffsetDateTime,
) -> ActionResult<Token> {
    let gone = || ActionError::NotFound("link, or it was used");
    let Linked { purpose, who, address } = linked(db, link, now).await?.ok_or_else(gone)?;
    let email = if purpose == Purpose::Invite { email } else { &address };
    let wrong = [check_email(email).err(), check_password(password, &[&who.name, email]).err()];
    let wrong: Vec<_> = wrong.into_iter().flatten().collect();
    if !wrong.is_empty() {
        return Err(ActionError::Invalid(wrong));
    }
    let hash = passwords.line_up(true)?.turn().await?.hash(who.id, password).await?;
    db.transaction(DEADLINE, async |conn| {
        store::accounts::lock_all(conn).await?;
        let still = find_linked(conn, link, now).await?;
        still
            .filter(|still| still.who.id == who.id && still.purpose == purpose)
            .ok_or_else(gone)?;
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
