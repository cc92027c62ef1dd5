//! Knowing that a method reaches its person: a mail's link was opened and pressed, or somebody
//! called and they answered.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::guard::{method_of, require, take, tell};
use crate::actions::letters::{Mailed, Mailroom, organisation, zone_of};
use crate::actions::sessions::SignedIn;
use crate::actions::{ActionError, ActionResult, DEADLINE, limits, timeline};
use crate::db::Db;
use crate::domain::id::{MethodId, PersonId};
use crate::domain::limit::VERIFICATION;
use crate::domain::message::account::{self, LinkFacts};
use crate::domain::rights::Right;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::Token;
use crate::store;
use crate::store::people::{Method, Person};

const LIVES: Duration = Duration::hours(72);
const BY_MAIL: &str = "a number is verified by a call, an address by a mail";

/// Mails a link to an address; pressing what it opens verifies the address. Older links to it stop
/// working.
///
/// # Errors
/// Refused to all but the person and owners, and for what is no mail address.
pub async fn mail_verification(
    room: &Mailroom<'_>,
    by: &SignedIn,
    person: PersonId,
    id: MethodId,
    now: OffsetDateTime,
) -> ActionResult<Mailed> {
    require(by, person, now)?;
    if !room.source.is_set(room.db).await? {
        return Ok(Mailed::NoServer);
    }
    let (token, until) = (Token::random()?, now + LIVES);
    let plan = crate::actions::plans::in_force(room.db).await?;
    let document = plan.as_ref().map(|revision| &revision.plan.document);
    let made = room.db.transaction(DEADLINE, async |conn| {
        let who = take(conn, person).await?;
        let method = standing(method_of(conn, person, id).await?)?;
        if method.channel != "mail" {
            return Err(ActionError::refused(BY_MAIL));
        }
        limits::take(conn, VERIFICATION, by.person.0.as_bytes(), now).await?;
        store::links::spend_of_method(conn, id, now).await?;
        store::links::insert_for_method(conn, &token.hash(), (person, id), until, now).await?;
        Ok((who, method))
    });
    let (who, method) = made.await?;
    let until = zone_of(&who.zone, document).moment(until);
    let (link, organisation) = (room.links.verification(&token), organisation(document));
    let facts = LinkFacts {
        by: &by.name,
        to: &who.name,
        link: &link,
        until: &until,
        organisation: &organisation,
    };
    room.send(&method.address, account::verification(&facts), now).await
}

/// Whose address a link verifies, or has verified; none where it is spent, too old, or never was.
///
/// # Errors
/// When the database does not answer.
pub async fn verifiable(
    db: &Db,
    token: &Token,
    now: OffsetDateTime,
) -> ActionResult<Option<(Person, Method)>> {
    db.transaction(DEADLINE, async |conn| find(conn, token, now).await).await
}

/// Takes a link at its word: mail to the address reaches the person. Pressing twice is once.
///
/// # Errors
/// Not found where the link is no longer good.
pub async fn verify(db: &Db, token: &Token, now: OffsetDateTime) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        store::people::lock_all(conn).await?; // before the link, as removing a method does
        let gone = ActionError::NotFound("link, or it was used");
        let (who, method) = find(conn, token, now).await?.ok_or(gone)?;
        if is_known(&method) {
            return Ok(());
        }
        store::methods::verify(conn, method.id, who.id, now).await?;
        store::links::spend_of_method(conn, method.id, now).await?;
        let words = format!("{}: mail {} was verified by a link.", who.name, method.address);
        let body = Body::words(words).with("person", who.id);
        timeline::log(conn, Kind::People, Actor::Person(who.id), body, now).await?;
        Ok(())
    })
    .await
}

/// A link that was used still shows what it did.
async fn find(
    conn: &mut PgConnection,
    token: &Token,
    now: OffsetDateTime,
) -> ActionResult<Option<(Person, Method)>> {
    let link = store::links::find_method(conn, &token.hash(), now).await?;
    let Some((id, used)) = link else { return Ok(None) };
    let method = store::methods::find(conn, id).await?;
    let method = method.filter(|m| m.removed_at.is_none() && (!used || is_known(m)));
    let Some(method) = method else { return Ok(None) };
    let who = store::people::find(conn, method.person).await?;
    Ok(who.filter(|who| who.disabled_at.is_none()).map(|who| (who, method)))
}

fn is_known(method: &Method) -> bool {
    method.verified_at.is_some() && method.failing_since.is_none()
}

/// Somebody called a number, and its person answered.
///
/// # Errors
/// Refused to those who may not respond, for one's own number, and for a mail address.
pub async fn called(
    db: &Db,
    by: &SignedIn,
    person: PersonId,
    id: MethodId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    if !by.rights.allow(Right::Respond) {
        let words = "This needs the right “respond”; ask an owner for it.";
        return Err(ActionError::NotAllowed(words.to_owned()));
    }
    if by.person == person {
        let words = "Nobody verifies their own number; ask somebody to call you.";
        return Err(ActionError::refused(words));
    }
    db.transaction(DEADLINE, async |conn| {
        let who = take(conn, person).await?;
        let method = standing(method_of(conn, person, id).await?)?;
        if method.channel == "mail" {
            return Err(ActionError::refused(BY_MAIL));
        }
        if is_known(&method) {
            return Ok(());
        }
        store::methods::verify(conn, id, by.person, now).await?;
        let words = format!(
            "{}: {} {} was verified: {} called, and they answered.",
            who.name, method.channel, method.address, by.name
        );
        tell(conn, by, person, words, now).await
    })
    .await
}

fn standing(method: Method) -> ActionResult<Method> {
    if method.removed_at.is_some() {
        return Err(ActionError::refused("this was removed; put it back first"));
    }
    Ok(method)
}
