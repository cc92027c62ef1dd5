//! What agents ask: to join, for a nonce, to be heard.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::schedule;
use crate::actions::{ActionError, ActionResult, DEADLINE, orders, paging, quarantine, timeline};
use crate::db::Db;
use crate::domain::agent::wire::{Ask, NONCE_GOOD_FOR, RUN_HELD, Report, Told, signed};
use crate::domain::id::{RunId, SiteId, StreamId};
use crate::domain::message::alarm::Alarm;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::{KeyRing, Label, Token, signature_holds};
use crate::store;
use crate::store::sites::Site;

/// A second process is told of again after so long.
const DOUBLE_TOLD_AGAIN: Duration = Duration::hours(1);

/// What a request says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// For which site it claims to speak.
    pub site: SiteId,
    /// Its path.
    pub path: &'a str,
    /// Its whole body.
    pub body: &'a [u8],
    /// The signature over all that.
    pub signature: &'a [u8],
}

/// Why an agent is not listened to, in words for the host's owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unheard {
    /// The nonce is an old one, or the key another's.
    #[error(
        "the signature does not hold: say hello again; if that does not help, another agent has \
         joined as this site"
    )]
    Signature,
    /// There is no such site, or nobody has joined.
    #[error("Muster knows no agent of this site; join with a new code from the page Recovery")]
    Unknown,
}

/// What an agent brings that waits for work.
#[derive(Debug, Clone, Copy)]
pub struct Asks<'a> {
    /// The schedule that it keeps.
    pub keeps: Option<&'a str>,
    /// What an order must bring back.
    pub challenge: Option<&'a str>,
}

/// How a process that speaks for a site was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// It is the one that speaks.
    Well,
    /// Another one is speaking.
    Second,
}

/// The code is spent, and the agent with this key works at its site from now on.
///
/// # Errors
/// Refused where the code is not good, or the key is none.
pub async fn join(
    db: &Db,
    secret: &Token,
    key: &[u8],
    now: OffsetDateTime,
) -> ActionResult<(SiteId, String)> {
    if key.len() != 32 {
        return Err(ActionError::refused("an agent’s key has 32 bytes"));
    }
    db.transaction(DEADLINE, async |conn| {
        let site = store::sites::spend_code(conn, &secret.hash(), now).await?;
        let found = match site {
            Some(site) => store::sites::lock(conn, site).await?,
            None => None,
        };
        let Some(site) = found else {
            return Err(ActionError::refused(
                "this join code was used, is older than 30 minutes, or was replaced by another; \
                 make a new one on the page of the site",
            ));
        };
        store::sites::join(conn, site.id, key, now).await?;
        let body = Body::words(match site.agent_key {
            None => "Joined",
            Some(_) => "Joined in place of the agent before, whose key works no more",
        });
        let actor = Actor::Agent(site.name.clone());
        timeline::log(conn, Kind::Installation, actor, body, now).await?;
        Ok((site.id, site.name))
    })
    .await
}

/// What an agent signs over for the next hour. Every server of this ring gives the same.
#[must_use]
pub fn nonce(ring: &KeyRing, site: SiteId, now: OffsetDateTime) -> String {
    nonce_of(ring, site, hour(now))
}

fn hour(now: OffsetDateTime) -> i64 {
    now.unix_timestamp().div_euclid(NONCE_GOOD_FOR.whole_seconds())
}

fn nonce_of(ring: &KeyRing, site: SiteId, hour: i64) -> String {
    let code = ring.mac(Label::Agents, &[b"nonce", site.0.as_bytes(), &hour.to_be_bytes()]);
    code.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a request is signed by the agent of the site, over this hour's nonce or the last one's.
///
/// # Errors
/// When the database does not answer.
pub async fn check(
    db: &Db,
    ring: &KeyRing,
    request: Signed<'_>,
    now: OffsetDateTime,
) -> ActionResult<Result<(), Unheard>> {
    let site = request.site;
    let found = db.transaction(DEADLINE, async |conn| {
        Ok::<_, ActionError>(store::sites::find(conn, site).await?)
    });
    let Some(key) = found.await?.and_then(|site| site.agent_key) else {
        return Ok(Err(Unheard::Unknown));
    };
    let holds = [hour(now), hour(now) - 1].into_iter().any(|hour| {
        let said = signed(request.path, &nonce_of(ring, site, hour), request.body);
        signature_holds(&key, &said, request.signature)
    });
    Ok(if holds { Ok(()) } else { Err(Unheard::Signature) })
}

/// Takes in what an agent found.
///
/// # Errors
/// When the database does not answer.
pub async fn report(
    db: &Db,
    site: SiteId,
    report: Report,
    now: OffsetDateTime,
) -> ActionResult<Heard> {
    let ahead = report.sent_at - now;
    let facts = report.facts.bounded();
    db.transaction(DEADLINE, async |conn| {
        let heard = hear(conn, site, report.run, now).await?;
        if heard == Heard::Well {
            store::sites::keep_facts(conn, site, &facts, ahead, now).await?;
            if let Some(names) = &facts.protects {
                store::databases::forget_others(conn, site, names).await?;
            }
        }
        Ok(heard)
    })
    .await
}

/// Notes that a process of the agent waits, and tells what there is for it; with the stream that
/// grows when there may be more.
///
/// # Errors
/// When the database does not answer.
pub async fn poll(
    db: &Db,
    ring: &KeyRing,
    site: SiteId,
    (run, asks): (RunId, Asks<'_>),
    now: OffsetDateTime,
) -> ActionResult<(Heard, Told, StreamId)> {
    db.transaction(DEADLINE, async |conn| {
        let stream = store::streams::installation(&mut *conn).await?;
        let heard = hear(conn, site, run, now).await?;
        let told = match heard {
            Heard::Well => told(conn, ring, (site, asks), now).await?,
            Heard::Second => Told::default(),
        };
        Ok((heard, told, stream))
    })
    .await
}

/// Takes in that a process of the agent has ended: the next one need not wait for its silence.
///
/// # Errors
/// When the database does not answer.
pub async fn end(db: &Db, site: SiteId, run: RunId) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        Ok::<_, ActionError>(store::sites::forget_run(conn, site, run).await?)
    })
    .await
}

/// What there is for an agent that waits.
///
/// # Errors
/// When the database does not answer.
pub async fn what_there_is(
    db: &Db,
    ring: &KeyRing,
    (site, asks): (SiteId, Asks<'_>),
    now: OffsetDateTime,
) -> ActionResult<Told> {
    db.transaction(DEADLINE, async |conn| told(conn, ring, (site, asks), now).await).await
}

/// An old copy of the database orders nothing until somebody has looked at it.
async fn told(
    conn: &mut PgConnection,
    ring: &KeyRing,
    (id, asks): (SiteId, Asks<'_>),
    now: OffsetDateTime,
) -> ActionResult<Told> {
    let site = store::sites::find(conn, id).await?;
    let ask = site.and_then(|site| site.facts_asked_at).map(|_| Ask::Report);
    if quarantine::is_on(conn).await? {
        return Ok(Told { ask, ..Told::default() });
    }
    let schedule = schedule::news(conn, ring, asks.keeps).await?;
    let order = match asks.challenge {
        Some(challenge) => orders::hand_out(conn, ring, (id, challenge), now).await?,
        None => None,
    };
    Ok(Told { ask, schedule, order })
}

/// One process speaks for a site. Another one is refused while it does; that a second one tries is
/// told to who looks after databases.
pub(in crate::actions) async fn hear(
    conn: &mut PgConnection,
    id: SiteId,
    run: RunId,
    now: OffsetDateTime,
) -> ActionResult<Heard> {
    let Some(site) = store::sites::lock(conn, id).await? else { return Ok(Heard::Second) };
    let lately = |at: OffsetDateTime| (now - at).abs() < RUN_HELD;
    if site.run.is_some_and(|other| other != run) && site.seen_at.is_some_and(lately) {
        refuse_second(conn, &site, now).await?;
        return Ok(Heard::Second);
    }
    if store::sites::hear(conn, id, run, now).await? {
        let body = Body::words("Is heard of again");
        let actor = Actor::Agent(site.name);
        timeline::log(conn, Kind::Installation, actor, body, now).await?;
    }
    Ok(Heard::Well)
}

async fn refuse_second(
    conn: &mut PgConnection,
    site: &Site,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let lately = |at: OffsetDateTime| (now - at).abs() < DOUBLE_TOLD_AGAIN;
    if site.double_told_at.is_some_and(lately) {
        return Ok(());
    }
    store::sites::note_double(conn, site.id, now).await?;
    let alarm = Alarm::SecondAgent { site: site.id, name: site.name.clone() };
    paging::alarm(conn, &alarm, now).await
}
