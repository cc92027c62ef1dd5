//! Holds on what is old: placed by open incidents and failed proofs, or by a person; let go of by a person
//! alone.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::require;
use crate::actions::incidents::meant;
use crate::actions::sessions::SignedIn;
use crate::actions::{ActionResult, DEADLINE, quarantine, sites, timeline};
use crate::db::Db;
use crate::domain::agent::leave::{Leave, PREFIX, Question};
use crate::domain::agent::signed::SignedDocument;
use crate::domain::id::{HoldId, SiteId};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::KeyRing;
use crate::store;

/// Whether old backups of a database may be removed: signed, good for this question alone.
///
/// # Errors
/// When the database does not answer.
pub async fn leave(
    db: &Db,
    ring: &KeyRing,
    (site, question): (SiteId, Question),
    now: OffsetDateTime,
) -> ActionResult<SignedDocument> {
    let held = db.transaction(DEADLINE, async |conn| {
        what_holds(conn, (site, &question.database), now).await
    });
    let held = held.await?;
    let leave = Leave { site, question, at: now, held };
    Ok(sites::sign(ring, PREFIX, &leave))
}

/// A copy of the database that has not been looked at may have missed an incident.
async fn what_holds(
    conn: &mut PgConnection,
    database: (SiteId, &str),
    now: OffsetDateTime,
) -> ActionResult<Option<String>> {
    if quarantine::is_on(conn).await? {
        return Ok(Some(quarantine::WORDS.to_owned()));
    }
    place(conn, now).await?;
    let known = store::databases::names(conn).await?;
    if !known.iter().any(|(site, name)| (*site, name.as_str()) == database)
        && let Some(one) = meant(conn).await?.iter().find(|one| one.touches(database.1))
    {
        let title = &one.incident.title;
        return Ok(Some(format!(
            "the incident “{title}” may touch it, and its agent tells nothing of it yet"
        )));
    }
    let holds = store::holds::of(conn, database).await?;
    let words: Vec<String> = holds.iter().map(|hold| hold.cause.words()).collect();
    Ok((!words.is_empty()).then(|| format!("held by {}", words.join(", "))))
}

/// Each open incident that is meant holds the databases that it touches, and no other.
pub(super) async fn place(conn: &mut PgConnection, now: OffsetDateTime) -> ActionResult<()> {
    let open = meant(conn).await?;
    if open.is_empty() {
        return Ok(());
    }
    let databases = store::databases::names(conn).await?;
    for one in &open {
        let incident = &one.incident;
        for (site, name) in &databases {
            if !one.touches(name) {
                store::holds::withdraw(conn, (*site, name), incident.id).await?;
                continue;
            }
            let id = HoldId::new(now);
            let placed =
                store::holds::place_for_incident(conn, id, (*site, name), incident.id, now);
            if placed.await? {
                let words = format!(
                    "No backup of {name} is removed: held by the incident “{}”",
                    incident.title
                );
                let body = Body::words(words);
                timeline::log(conn, Kind::Installation, Actor::System, body, now).await?;
            }
        }
    }
    Ok(())
}

/// A person wants nothing removed. Pressed twice, it is one hold.
///
/// # Errors
/// Not found.
pub async fn hold(
    db: &Db,
    by: &SignedIn,
    (site, name, id): (SiteId, &str, HoldId),
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        require(conn, (site, name)).await?;
        if !store::holds::place_for_person(conn, id, (site, name), by.person, now).await? {
            return Ok(());
        }
        let words = format!("Holds the backups of {name}: none is removed");
        timeline::tell(conn, Kind::Installation, by, words, now).await
    })
    .await
}

/// A person lets go of a hold; what somebody has let go of stays so.
///
/// # Errors
/// When the database does not answer.
pub async fn let_go(
    db: &Db,
    by: &SignedIn,
    (site, name, id): (SiteId, &str, HoldId),
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let holds = store::holds::of(conn, (site, name)).await?;
        let Some(hold) = holds.into_iter().find(|hold| hold.id == id) else { return Ok(()) };
        if !store::holds::release(conn, (site, name), id, by.person, now).await? {
            return Ok(());
        }
        let words =
            format!("Let go of the backups of {name}, which were held by {}", hold.cause.words());
        timeline::tell(conn, Kind::Installation, by, words, now).await
    })
    .await
}
