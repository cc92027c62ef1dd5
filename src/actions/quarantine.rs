//! An old copy of the database sends, publishes and believes nothing until an owner has looked: its
//! world has moved on, and what waits in it was sent long ago, or is wanted no more.

use std::path::Path;

use time::OffsetDateTime;

use super::sessions::SignedIn;
use super::verify::{HeadsError, disagreement};
use super::{ActionError, ActionResult, DEADLINE, timeline};
use crate::db::Db;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::KeyRing;
use crate::store;

/// What a page or a link says meanwhile.
pub const WORDS: &str = "this Muster was started on an old copy of its database; nothing leaves, \
                         and no link works, until an owner has looked at what waits";

/// Begins the quarantine where the database ends before the noted heads, or differs from them.
/// Sessions and links of the copy are void: what ended them may be missing from it. Answers whether
/// it is on.
///
/// # Errors
/// When the database does not answer.
pub async fn begin_if_old(
    db: &Db,
    ring: &KeyRing,
    heads: &Path,
    now: OffsetDateTime,
) -> ActionResult<Result<bool, HeadsError>> {
    db.transaction(DEADLINE, async |conn| {
        let on = is_on(conn).await?;
        match disagreement(conn, ring, heads).await {
            Ok(Some(_)) if !on && !released_since(conn, heads).await? => {}
            Ok(_) => return Ok(Ok(on)),
            Err(error) => return Ok(Err(error)),
        }
        store::installation::quarantine(conn, now).await?;
        store::sessions::end_everybodys(conn).await?;
        store::links::spend_every(conn, now).await?;
        store::sites::spend_every_code(conn, now).await?;
        let words = "The database is an old copy. Nothing leaves until an owner has looked; \
                     sessions and links of the copy are void.";
        timeline::log(conn, Kind::Installation, Actor::System, Body::words(words), now).await?;
        Ok(Ok(true))
    })
    .await
}

/// Whether an owner let the copy go on after these heads were noted.
async fn released_since(conn: &mut sqlx::PgConnection, heads: &Path) -> ActionResult<bool> {
    let Some(released) = store::installation::released_at(conn).await? else { return Ok(false) };
    let noted = std::fs::metadata(heads).and_then(|about| about.modified());
    Ok(noted.is_ok_and(|noted| OffsetDateTime::from(noted) < released))
}

/// Lays heads aside that an owner overruled, so that the copy's own are noted from now on.
///
/// # Errors
/// When the database does not answer.
pub async fn lay_aside_overruled(db: &Db, heads: &Path) -> ActionResult<bool> {
    db.transaction(DEADLINE, async |conn| {
        Ok(released_since(conn, heads).await?
            && std::fs::rename(heads, heads.with_extension("before-old-copy")).is_ok())
    })
    .await
}

/// Whether nothing may leave, asked within a deed.
///
/// # Errors
/// When the database does not answer.
pub async fn is_on(conn: &mut sqlx::PgConnection) -> ActionResult<bool> {
    Ok(store::installation::quarantined_at(conn).await?.is_some())
}

/// Refuses what must not be done meanwhile.
pub(super) async fn refuse(conn: &mut sqlx::PgConnection) -> ActionResult<()> {
    if is_on(conn).await? { Err(ActionError::refused(WORDS)) } else { Ok(()) }
}

/// An owner has looked: Muster goes on. A second press changes nothing.
///
/// # Errors
/// Refused to all but owners who just typed their password.
pub async fn end(db: &Db, by: &SignedIn, now: OffsetDateTime) -> ActionResult<()> {
    by.require_owner(now)?;
    db.transaction(DEADLINE, async |conn| {
        if store::installation::release(conn, now).await? {
            let words = format!("{} let the old copy go on.", by.name);
            let actor = Actor::Person(by.person);
            timeline::log(conn, Kind::Installation, actor, Body::words(words), now).await?;
        }
        Ok(())
    })
    .await
}
