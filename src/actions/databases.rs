//! Databases that agents protect: what is heard of them, how they stand, and who is told.

pub mod alarms;
mod back;
mod elsewhere;
pub mod holds;
mod proofs;

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

pub use self::back::{Back, ways_back};
pub use self::elsewhere::{Elsewhere, Stand, unproved};
pub use self::proofs::prove;
use super::sites::{agents::Heard, listening_since};
use super::{ActionError, ActionResult, DEADLINE, orders};
use crate::db::Db;
use crate::domain::agent::presence::Presence;
use crate::domain::agent::watched::{Next, Watched};
use crate::domain::agent::wire::Seen;
use crate::domain::civil;
use crate::domain::finding::Finding;
use crate::domain::id::SiteId;
use crate::domain::incident::Affected;
use crate::domain::plan::document::Plan;
use crate::domain::plan::{loss_limit, touches};
use crate::domain::recovery::{Evidence, Grade, Hold, Limit};
use crate::fail;
use crate::store;
use crate::store::databases::Database;
use crate::store::orders::Kept;

/// A look that is older says nothing of now.
pub const STALE_AFTER: Duration = Duration::minutes(2);
/// Proofs that a page shows.
const PROOFS: i64 = 20;
/// A chart's minutes.
const CHART: Duration = Duration::DAY;

/// How a database stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Where it runs.
    pub site: SiteId,
    /// What that is called.
    pub site_name: String,
    /// As it was last seen; its exposure is unknown where that was too long ago.
    pub seen: Watched,
    /// Whether its agent is heard of.
    pub presence: Presence,
    /// What may be lost.
    pub limit: Option<Limit>,
    /// How its exposure stands against that.
    pub grade: Grade,
    /// What would have been lost, minute by minute over a day; none where it was not known.
    pub day: Vec<(OffsetDateTime, Option<i64>)>,
}

/// One database, with its proofs.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// How it stands.
    pub standing: Standing,
    /// Its newest proofs, the newest first.
    pub proofs: Vec<Evidence>,
    /// What keeps its old backups from being removed.
    pub holds: Vec<Hold>,
    /// What people had its agent do, the newest first.
    pub orders: Vec<Kept>,
    /// How it stands with proofs on other sites, in each repository that they reach.
    pub elsewhere: Vec<Elsewhere>,
}

/// Databases that one site may tell of, so that an agent can't fill the disk.
const MOST: i64 = 200;

/// Takes in how a database stands.
///
/// # Errors
/// When the database does not answer.
pub async fn hear(db: &Db, site: SiteId, said: Seen, now: OffsetDateTime) -> ActionResult<Heard> {
    let ahead = said.sent_at - now;
    let seen = said.database.received(ahead);
    if seen.name.is_empty() {
        return Err(ActionError::refused("a database has a name"));
    }
    let heard = db.transaction(DEADLINE, async |conn| {
        let heard = super::sites::agents::hear(conn, site, said.run, now).await?;
        if heard == Heard::Well {
            store::sites::keep_clock(conn, site, ahead).await?;
            if !store::databases::keep(conn, (site, MOST), &seen, now).await? {
                return Err(ActionError::refused(format!("a site has {MOST} databases at most")));
            }
            fail::point("look.kept").await?;
            let seconds = seen.exposure.age(now).map(Duration::whole_seconds);
            store::databases::sample(conn, (site, &seen.name), seconds, now).await?;
        }
        Ok::<_, ActionError>(heard)
    });
    let heard = heard.await?;
    fail::point("look.committed").await?;
    Ok(heard)
}

/// All of them, the gravest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(
    db: &Db,
    plan: Option<&Plan>,
    now: OffsetDateTime,
) -> ActionResult<Vec<Standing>> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        standing_in(conn, plan, |_| true, now).await
    })
    .await
}

/// Those that what is down stands on, the gravest first.
///
/// # Errors
/// When the database does not answer.
pub async fn touched(
    db: &Db,
    (plan, affected): (&Plan, &[Affected]),
    now: OffsetDateTime,
) -> ActionResult<Vec<Standing>> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let touched = |one: &Database| touches(plan, affected, &one.seen.name);
        standing_in(conn, Some(plan), touched, now).await
    })
    .await
}

/// Those that are wanted, the gravest first; of no other is its day read.
async fn standing_in(
    conn: &mut PgConnection,
    plan: Option<&Plan>,
    wanted: impl Fn(&Database) -> bool,
    now: OffsetDateTime,
) -> ActionResult<Vec<Standing>> {
    let mut databases = store::databases::all(conn).await?;
    databases.retain(wanted);
    let mut all = charted(conn, databases, plan, now).await?;
    all.sort_by_key(|one| std::cmp::Reverse(one.grade));
    Ok(all)
}

/// Those of a site, by their names.
///
/// # Errors
/// When the database does not answer.
pub async fn of(
    db: &Db,
    plan: Option<&Plan>,
    site: SiteId,
    now: OffsetDateTime,
) -> ActionResult<Vec<Standing>> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let mut databases = store::databases::all(conn).await?;
        databases.retain(|one| one.site == site);
        charted(conn, databases, plan, now).await
    })
    .await
}

/// One of them.
///
/// # Errors
/// Not found.
pub async fn read(
    db: &Db,
    plan: Option<&Plan>,
    (site, name): (SiteId, &str),
    now: OffsetDateTime,
) -> ActionResult<Whole> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let mut found = store::databases::all(conn).await?;
        found.retain(|one| one.site == site && one.seen.name == name);
        let standing = charted(conn, found, plan, now).await?.pop();
        let standing = standing.ok_or(ActionError::NotFound("database"))?;
        let proofs = store::proofs::of(conn, (site, name), PROOFS).await?;
        let holds = store::holds::of(conn, (site, name)).await?;
        let orders = store::orders::of(conn, (site, name), orders::SHOWN).await?;
        let elsewhere = elsewhere::of(conn, (site, name), now).await?;
        Ok(Whole { standing, proofs, holds, orders, elsewhere })
    })
    .await
}

/// How these stand, each with its day.
async fn charted(
    conn: &mut PgConnection,
    databases: Vec<Database>,
    plan: Option<&Plan>,
    now: OffsetDateTime,
) -> ActionResult<Vec<Standing>> {
    let since = listening_since(conn, now).await?;
    let mut all = Vec::new();
    for database in databases {
        let name = (database.site, database.seen.name.as_str());
        let day = store::databases::samples(conn, name, now - CHART).await?;
        all.push(Standing { day, ..standing(database, plan, since, now) });
    }
    Ok(all)
}

/// That an agent of a site in use protects a database of this name.
pub(super) async fn require(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
) -> ActionResult<()> {
    let known = store::databases::names(conn).await?;
    let found = known.iter().any(|(at, called)| *at == site && called == name);
    if found { Ok(()) } else { Err(ActionError::NotFound("database")) }
}

/// A database as its agent last saw it.
pub(super) async fn seen(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
) -> ActionResult<Watched> {
    let all = store::databases::all(conn).await?;
    let found = all.into_iter().find(|it| it.site == site && it.seen.name == name);
    found.map(|it| it.seen).ok_or(ActionError::NotFound("database"))
}

fn is_stale(seen: &Watched, now: OffsetDateTime) -> bool {
    now - seen.at >= STALE_AFTER
}

/// How one stands; a look that is too old says nothing of now.
fn standing(
    database: Database,
    plan: Option<&Plan>,
    since: OffsetDateTime,
    now: OffsetDateTime,
) -> Standing {
    let Database { site, site_name, heard_at, mut seen, .. } = database;
    if is_stale(&seen, now) {
        seen.backlog = None;
        seen.not_looked_at("its agent has not looked at it lately");
    }
    let missed = seen.missed(now).map(|next| missed(&seen.name, next, now));
    seen.findings.extend(missed);
    let limit = plan.and_then(|plan| loss_limit(plan, &seen.name));
    let presence = Presence::of(heard_at, since, now);
    let grade = seen.exposure.grade(limit, now);
    Standing { site, site_name, seen, presence, limit, grade, day: Vec::new() }
}

fn missed(name: &str, next: Next, now: OffsetDateTime) -> Finding {
    let deed = next.deed.name();
    let words = format!("the {deed} that was due {} has not begun", civil::ago(next.at, now));
    let mend = "see whether the host, the database and the agent run; on the host: systemctl status muster-agent, and \
                journalctl -u muster-agent -n 50";
    Finding::warn(format!("{name}: schedule"), words, mend)
}
