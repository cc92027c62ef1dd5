//! Sites: hosts where agents work. What people do with them; what agents ask stands in [`agents`],
//! and what their silence brings in [`silence`].

pub mod agents;
mod documents;
pub mod own;
mod schedule;
pub mod silence;

pub(super) use self::documents::sign;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::sessions::SignedIn;
use super::{ActionError, ActionResult, DEADLINE, timeline};
use crate::db::Db;
use crate::domain::agent::code::{GOOD_FOR, JoinCode, fingerprint};
use crate::domain::agent::pin::Pin;
use crate::domain::agent::presence::Presence;
use crate::domain::id::SiteId;
use crate::domain::timeline::Kind;
use crate::secrets::{KeyRing, Token};
use crate::store;
use crate::store::sites::Site;

/// Letters that a name may have.
const LONGEST: usize = 60;

/// A site, and whether its agent is heard of.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The site.
    pub site: Site,
    /// Whether its agent is heard of.
    pub presence: Presence,
}

/// All sites, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(db: &Db, now: OffsetDateTime) -> ActionResult<Vec<Seen>> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let since = listening_since(conn, now).await?;
        let sites = store::sites::all(conn).await?;
        Ok(sites.into_iter().map(|site| seen(site, since, now)).collect())
    })
    .await
}

/// One of them.
///
/// # Errors
/// Not found where there is none, or it was removed.
pub async fn read(db: &Db, id: SiteId, now: OffsetDateTime) -> ActionResult<Seen> {
    db.transaction(DEADLINE, async |conn| {
        let since = listening_since(conn, now).await?;
        let site = store::sites::find(conn, id).await?.ok_or(ActionError::NotFound("site"))?;
        Ok(seen(site, since, now))
    })
    .await
}

fn seen(site: Site, since: OffsetDateTime, now: OffsetDateTime) -> Seen {
    Seen { presence: Presence::of(site.seen_at, since, now), site }
}

/// From when on silences count; before a worker ever looked, from now.
pub(super) async fn listening_since(
    conn: &mut PgConnection,
    now: OffsetDateTime,
) -> ActionResult<OffsetDateTime> {
    Ok(store::turns::unbroken_since(conn).await?.unwrap_or(now))
}

/// Adds a site. The same form sent twice adds one.
///
/// # Errors
/// A wrong `name`; refused to all but owners.
pub async fn add(
    db: &Db,
    by: &SignedIn,
    (id, name): (SiteId, &str),
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    let name = check_name(name)?;
    db.transaction(DEADLINE, async |conn| {
        if !store::sites::insert(conn, (id, name), now).await? {
            if store::sites::name(conn, id).await?.is_some_and(|known| known == name) {
                return Ok(());
            }
            let words = format!("A site is called {name} already. Give this one another name.");
            return Err(ActionError::wrong("name", words));
        }
        timeline::tell(conn, Kind::Installation, by, format!("Added the site {name}"), now).await
    })
    .await
}

fn check_name(name: &str) -> ActionResult<&str> {
    let name = name.trim();
    if name.is_empty() {
        return Err(ActionError::wrong("name", "Give it a name, such as the host’s."));
    }
    if name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        let words = format!("A name has one line of at most {LONGEST} letters.");
        return Err(ActionError::wrong("name", words));
    }
    Ok(name)
}

/// Makes a code that lets one agent join, once; older ones of the site stop working. `server` is
/// Muster's address as agents reach it, `certificate` by what they are to know it there.
///
/// # Errors
/// Not found; refused to all but owners.
pub async fn make_code(
    db: &Db,
    ring: &KeyRing,
    (by, id): (&SignedIn, SiteId),
    (server, certificate): (&str, Option<Pin>),
    now: OffsetDateTime,
) -> ActionResult<(JoinCode, OffsetDateTime)> {
    by.require_owner(now)?;
    let (token, until) = (Token::random()?, now + GOOD_FOR);
    db.transaction(DEADLINE, async |conn| {
        let site = lock(conn, id).await?;
        store::sites::spend_codes(conn, id, now).await?;
        store::sites::insert_code(conn, (&token.hash(), id), by.person, until, now).await?;
        timeline::tell(
            conn,
            Kind::Installation,
            by,
            format!("Made a join code for the site {}", site.name),
            now,
        )
        .await
    })
    .await?;
    let orders = fingerprint(ring.order_key_public());
    let (secret, server) = (token.bits(), server.to_owned());
    Ok((JoinCode { secret, orders, certificate, server }, until))
}

/// Has the agent look at its host again; it answers within moments.
///
/// # Errors
/// Not found; refused to all but owners, and where no agent has joined.
pub async fn ask(db: &Db, by: &SignedIn, id: SiteId, now: OffsetDateTime) -> ActionResult<()> {
    by.require_ownership()?;
    db.transaction(DEADLINE, async |conn| {
        let site = lock(conn, id).await?;
        if site.agent_key.is_none() {
            return Err(ActionError::refused("no agent has joined this site; make a join code"));
        }
        store::sites::ask_facts(conn, id, now).await?;
        wake(conn).await
    })
    .await
}

/// Has agents that wait, if there are any, look at once whether there is something for them.
pub(super) async fn wake(conn: &mut PgConnection) -> ActionResult<()> {
    if store::sites::heard(conn).await?.is_empty() {
        return Ok(());
    }
    let stream = store::streams::installation(&mut *conn).await?;
    Ok(store::changes::tell(conn, stream).await?)
}

/// Takes a site away: its agent is refused from then on, and its codes let nobody in.
///
/// # Errors
/// Refused to all but owners.
pub async fn remove(db: &Db, by: &SignedIn, id: SiteId, now: OffsetDateTime) -> ActionResult<()> {
    by.require_owner(now)?;
    db.transaction(DEADLINE, async |conn| {
        let Some(site) = store::sites::lock(conn, id).await? else { return Ok(()) };
        store::sites::retire(conn, id, now).await?;
        timeline::tell(conn, Kind::Installation, by, format!("Removed the site {}", site.name), now)
            .await
    })
    .await
}

async fn lock(conn: &mut PgConnection, id: SiteId) -> ActionResult<Site> {
    store::sites::lock(conn, id).await?.ok_or(ActionError::NotFound("site"))
}
