//! Ways to reach a person: added, put in order, taken away and put back.

use time::OffsetDateTime;

use super::guard::{gaps, keep, keep_held, method_of, overtaken, require, take, tell};
use crate::actions::sessions::SignedIn;
use crate::actions::{ActionError, ActionResult, DEADLINE};
use crate::db::Db;
use crate::domain::id::{MethodId, PersonId};
use crate::domain::plan;
use crate::store;
use crate::store::people::{Method, Person};

/// The last rank there is.
const LAST: i16 = 9;
/// As many ways to reach somebody as anybody may have.
const MOST: usize = 20;

/// A way to reach somebody, as it is typed.
#[derive(Debug, Clone)]
pub struct Addressed<'a> {
    /// The identity that the form made.
    pub id: MethodId,
    /// `mail`, `phone` or `sms`.
    pub channel: &'a str,
    /// Address or number.
    pub address: &'a str,
}

/// Adds a way to reach a person, tried after those they have. The same form sent twice adds one.
///
/// # Errors
/// A wrong `channel` or `address`; refused to all but the person and owners.
pub async fn add_method(
    db: &Db,
    by: &SignedIn,
    person: PersonId,
    new: &Addressed<'_>,
    now: OffsetDateTime,
) -> ActionResult<()> {
    require(by, person, now)?;
    let (channel, address) = (new.channel, new.address.trim());
    plan::check_contact(channel, address).map_err(|unreachable| match unreachable {
        plan::Unreachable::Channel(_) => ActionError::wrong("channel", unreachable),
        _ => ActionError::wrong("address", unreachable),
    })?;
    db.transaction(DEADLINE, async |conn| {
        let who = take(conn, person).await?;
        if store::methods::find(conn, new.id).await?.is_some_and(|old| old.person == person) {
            return Ok(());
        }
        let own = own(conn, person).await?;
        if own.iter().any(|old| old.channel == channel && old.address == address) {
            let words = format!("{address} stands there already.");
            return Err(ActionError::wrong("address", words));
        }
        if own.len() >= MOST {
            return Err(ActionError::wrong("address", "These are enough; remove one first."));
        }
        let last = own.iter().map(|method| method.rank).max().unwrap_or(0);
        let method = Method::given(new.id, person, channel, address, LAST.min(last + 1));
        store::people::insert_method(conn, &method, now).await?;
        tell(conn, by, person, said(&who, &method, "was added"), now).await
    })
    .await
}

/// Takes a way to reach a person away; what was sent to it stays on record.
///
/// # Errors
/// Refused where a level or audience would reach nobody any more, in words that name it.
pub async fn remove_method(
    db: &Db,
    by: &SignedIn,
    person: PersonId,
    id: MethodId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    require(by, person, now)?;
    db.transaction(DEADLINE, async |conn| {
        let who = take(conn, person).await?;
        let method = method_of(conn, person, id).await?;
        if method.removed_at.is_some() {
            return Ok(());
        }
        let before = gaps(conn).await?;
        store::methods::remove(conn, id, now).await?;
        store::links::spend_of_method(conn, id, now).await?;
        keep_held(conn, &before).await?;
        tell(conn, by, person, said(&who, &method, "was removed"), now).await
    })
    .await
}

/// Puts a method back as it was before it was taken away.
///
/// # Errors
/// Refused where the same address was added again meanwhile.
pub async fn restore_method(
    db: &Db,
    by: &SignedIn,
    person: PersonId,
    id: MethodId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    require(by, person, now)?;
    db.transaction(DEADLINE, async |conn| {
        let who = take(conn, person).await?;
        let method = method_of(conn, person, id).await?;
        if method.removed_at.is_none() {
            return Ok(());
        }
        if !store::methods::restore(conn, id).await? {
            let words = format!("{} was added again meanwhile", method.address);
            return Err(ActionError::refused(words));
        }
        tell(conn, by, person, said(&who, &method, "was put back"), now).await
    })
    .await
}

/// Sets which methods are tried first; those of one rank are tried at once.
///
/// # Errors
/// Refused where somebody changed the person in between; a rank outside 1 to 9 is wrong.
pub async fn order_methods(
    db: &Db,
    by: &SignedIn,
    person: PersonId,
    (version, ranks): (i32, &[(MethodId, i16)]),
    now: OffsetDateTime,
) -> ActionResult<()> {
    require(by, person, now)?;
    if ranks.iter().any(|(_, rank)| !(1..=LAST).contains(rank)) {
        return Err(ActionError::wrong("rank", "Ranks go from 1, tried first, to 9."));
    }
    db.transaction(DEADLINE, async |conn| {
        let who = take(conn, person).await?;
        let own = own(conn, person).await?;
        let moved: Vec<_> = ranks
            .iter()
            .filter(|(id, rank)| own.iter().any(|old| old.id == *id && old.rank != *rank))
            .collect();
        if moved.is_empty() {
            return Ok(());
        }
        if who.version != version {
            return Err(overtaken(conn, by, &who, now).await?);
        }
        for (id, rank) in moved {
            store::methods::set_rank(conn, *id, *rank).await?;
        }
        let words = format!("{} is reached in another order now.", who.name);
        keep(conn, by, &who, words, now).await
    })
    .await
}

async fn own(conn: &mut sqlx::PgConnection, person: PersonId) -> ActionResult<Vec<Method>> {
    let mut methods = store::people::methods(conn).await?;
    methods.retain(|method| method.person == person);
    Ok(methods)
}

fn said(who: &Person, method: &Method, what: &str) -> String {
    format!("{}: {} {} {what}.", who.name, method.channel, method.address)
}
