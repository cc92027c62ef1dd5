//! The database: whether somebody runs it, what it is, and how far its tables are.

mod judge;

use std::path::Path;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use time::OffsetDateTime;
use tokio::time::timeout;

pub(super) use judge::judge;

use super::Finding;
use crate::clock::Clock;
use crate::config::{Settings, Surroundings};
use crate::db::Db;
use crate::pgserver::{self, Look};
use crate::queue;
use crate::store::migrations::Standing;
use crate::store::server::Server;
use crate::store::{self, StoreError, migrations};

/// How long it may take to connect, and to answer all that is asked.
const PATIENCE: Duration = Duration::from_secs(5);
/// `muster serve` notes the heads of all timelines each minute.
const NOTED: time::Duration = time::Duration::minutes(3);

/// What was seen of it.
pub(super) struct Seen {
    /// A way to it, for who needs one.
    pub(super) db: Db,
    /// Fingerprint of the ring that sealed it.
    pub(super) ring: Option<String>,
    /// The work in it; none before its tables are there.
    pub(super) queue: Option<Queue>,
    server: Server,
    tables: Standing,
    /// By how much its time is ahead of this machine's.
    ahead: time::Duration,
}

/// The work in it.
pub(super) struct Queue {
    /// For how long that waits which should have been done first.
    pub(super) oldest: Option<time::Duration>,
    /// Jobs that were given up.
    pub(super) dead: i64,
}

/// Whether a `muster serve` runs here, and where the database is, if it can be reached.
pub(super) fn reach(
    settings: &Settings,
    around: &Surroundings,
) -> (Option<Finding>, Option<PgConnectOptions>) {
    let data = &settings.data.dir;
    if let Some(url) = &settings.database.url {
        let Ok(options) = url.expose().parse() else {
            let words = "DATABASE_URL is no address of a Postgres";
            let mend = "write postgres://user:password@host:5432/database";
            return (Some(Finding::bad("database", words, mend)), None);
        };
        return (Some(noted(&data.join("heads.json"))), Some(options));
    }
    let config = pgserver::Config {
        data: data.clone(),
        runtime: around.runtime_folder(),
        search: around.search_path(),
    };
    match pgserver::look(&config) {
        Ok(Look::Runs(options)) => {
            let words = "muster serve runs, with a Postgres of its own";
            (Some(Finding::ok("server", words)), Some(*options))
        }
        Ok(Look::NotReady) => {
            let words = "muster serve runs, and its Postgres takes no connections";
            let mend = "wait a moment and ask again; its log says what keeps it";
            (Some(Finding::bad("server", words, mend)), None)
        }
        Ok(Look::Rests { made }) => (Some(rests(made)), None),
        Err(error) => {
            let mend = "without this muster serve can't start";
            (Some(Finding::bad("server", error.to_string(), mend)), None)
        }
    }
}

fn rests(made: bool) -> Finding {
    let words = match made {
        true => "no muster serve runs on this data folder: nobody is paged",
        false => "no muster serve ever ran on this data folder",
    };
    Finding::bad("server", words, "start it: systemctl start muster, or muster serve")
}

/// With a database elsewhere a server shows by the file that it writes each minute.
fn noted(heads: &Path) -> Finding {
    let written = heads.metadata().and_then(|file| file.modified());
    let age = written.ok().map(|at| Clock::of_host().now() - OffsetDateTime::from(at));
    match age {
        Some(age) if age <= NOTED => Finding::ok("server", "muster serve runs on this machine"),
        _ => {
            let words = "no muster serve shows on this machine; others may use the same database";
            Finding::warn("server", words, "start it here if it is to run here: muster serve")
        }
    }
}

/// Looks at it; what can't be looked at is a finding.
pub(super) async fn look(options: PgConnectOptions) -> Result<Seen, Option<Finding>> {
    let quiet = options.clone().disable_statement_logging();
    let bad = |words: String| {
        let mend = "start it, or mend DATABASE_URL; every page and deed needs it";
        Some(Finding::bad("database", words, mend))
    };
    let silent = |_| bad(format!("it does not answer within {PATIENCE:?}"));
    let connected = timeout(PATIENCE, PgConnection::connect_with(&quiet)).await.map_err(silent)?;
    let mut conn = connected.map_err(|error| bad(format!("it can't be reached: {error}")))?;
    let wrong = |error| bad(format!("it does not answer as it should: {error}"));
    let pooled = timeout(PATIENCE, is_pooled(&mut conn, &quiet)).await.map_err(silent)?;
    if pooled.map_err(wrong)? {
        return Err(Some(judge::pooled())); // what it answers from here on can't be relied on
    }
    let db = Db::away();
    db.reached(options, 2);
    timeout(PATIENCE, ask(&mut conn, db)).await.map_err(silent)?.map_err(wrong)
}

/// Whether two connections at once are one process of the server.
async fn is_pooled(conn: &mut PgConnection, options: &PgConnectOptions) -> anyhow::Result<bool> {
    let mut other = PgConnection::connect_with(options).await?;
    let pooled = store::server::backend(conn).await? == store::server::backend(&mut other).await?;
    let _ = other.close().await;
    Ok(pooled)
}

async fn ask(conn: &mut PgConnection, db: Db) -> anyhow::Result<Seen> {
    let server = store::server::read(conn).await?;
    let host = Clock::of_host();
    let before = host.now();
    let theirs = store::clock::read(conn).await?;
    let ours = before + (host.now() - before) / 2;
    let tables = migrations::standing(conn).await?;
    let complete = tables.missing == 0;
    let ring = match complete {
        true => store::installation::find(conn).await?.map(|found| found.ring_fingerprint),
        false => None,
    };
    let queue = if complete { Some(queue(conn, theirs).await?) } else { None };
    Ok(Seen { db, ring, queue, server, tables, ahead: theirs - ours })
}

async fn queue(conn: &mut PgConnection, now: OffsetDateTime) -> Result<Queue, StoreError> {
    let job = queue::waits_since(conn, now).await?;
    let clock = store::clocks::waits_since(conn, now).await?;
    let oldest = job.into_iter().chain(clock).min().map(|since| now - since);
    let dead = queue::depths(conn).await?.into_iter().filter(|depth| depth.state == "dead");
    Ok(Queue { oldest, dead: dead.map(|depth| depth.count).sum() })
}
