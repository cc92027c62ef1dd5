//! First contact: reaches the database, brings its tables up, and finds the ring that fits.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, bail};
use sqlx::postgres::PgConnectOptions;
use tracing::{info, warn};

use crate::actions::installation::{self, RingWanted};
use crate::clock::Clock;
use crate::config::{Settings, Surroundings};
use crate::db::Db;
use crate::pgserver::{self, DataLock, Reached};
use crate::secrets::{KeyRing, Passwords};
use crate::store::migrations;

/// Connections of one process.
const CONNECTIONS: u32 = 16;
/// Connections for those who only watch.
const WATCHERS: u32 = 2;
/// Connections that one server opens at most.
pub(super) const ALL_CONNECTIONS: u32 = 2 * CONNECTIONS + WATCHERS;
/// Passwords hashed at once: each takes 19 MiB and a core.
const HASHERS: usize = 2;
/// How long to wait before the next try.
const PAUSE: Duration = Duration::from_secs(2);

/// Everything that commands work with.
#[derive(Clone)]
pub(super) struct Contact {
    /// The database.
    pub(super) db: Db,
    /// The worker's own way to it, so that its work can't take the web's connections.
    pub(super) worker_db: Db,
    /// The watchers' own: their short patience opens nobody else's breaker.
    pub(super) watch_db: Db,
    /// Its time.
    pub(super) clock: Clock,
    /// The keys.
    pub(super) ring: KeyRing,
    /// Hashes passwords.
    pub(super) passwords: Passwords,
    postgres: Arc<Mutex<Option<Reached>>>,
}

impl Contact {
    /// Where the Postgres that was started for this is reached.
    pub(super) fn own_postgres(&self) -> Option<(PathBuf, PgConnectOptions)> {
        match self.postgres.lock().ok()?.as_ref()? {
            Reached::Ours(running) => Some((running.socket_dir().to_owned(), running.options())),
            Reached::Theirs(_) => None,
        }
    }

    /// Closes what was opened, and stops a Postgres that was started for this.
    pub(super) async fn close(&self) {
        self.db.close().await;
        self.worker_db.close().await;
        self.watch_db.close().await;
        let postgres = self.postgres.lock().ok().and_then(|mut held| held.take());
        if let Some(postgres) = postgres {
            postgres.finish().await;
        }
    }
}

/// Who makes contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A server: the data folder is its alone, and it keeps Postgres running.
    Server,
    /// A command: uses what a server runs, else starts it for a moment.
    Command,
}

/// Reaches the database of these settings, starting Muster's own where none is named.
///
/// # Errors
/// What trying again won't mend: a locked data folder, another ring, another major version.
pub(super) async fn make(
    settings: &Settings,
    around: &Surroundings,
    role: Role,
) -> anyhow::Result<Contact> {
    let (options, postgres) = reach(settings, around, role).await?;
    let db = Db::away();
    db.reached(options.clone(), CONNECTIONS);
    let worker_db = Db::away();
    worker_db.reached(options.clone(), CONNECTIONS);
    let watch_db = Db::away();
    watch_db.reached(options, WATCHERS);
    let contact = introduce(settings, db.clone()).await;
    match contact {
        Ok((clock, ring)) => {
            let passwords = Passwords::new(ring.clone(), HASHERS);
            let postgres = Arc::new(Mutex::new(postgres));
            Ok(Contact { db, worker_db, watch_db, clock, ring, passwords, postgres })
        }
        Err(error) => {
            db.close().await;
            if let Some(postgres) = postgres {
                postgres.finish().await;
            }
            Err(error)
        }
    }
}

async fn reach(
    settings: &Settings,
    around: &Surroundings,
    role: Role,
) -> anyhow::Result<(PgConnectOptions, Option<Reached>)> {
    if let Some(url) = &settings.database.url {
        let options = url.expose().parse().context("DATABASE_URL is no address of a Postgres")?;
        return Ok((options, None));
    }
    let config = pgserver::Config {
        data: settings.data.dir.clone(),
        runtime: around.runtime_folder(),
        search: around.search_path(),
    };
    let postgres = match role {
        Role::Server => Reached::Ours(start(&config).await?),
        Role::Command => pgserver::reach(&config).await?,
    };
    Ok((postgres.options(), Some(postgres)))
}

/// Starts Muster's own Postgres, and keeps trying while trying may help.
async fn start(config: &pgserver::Config) -> anyhow::Result<pgserver::Running> {
    let lock = DataLock::take(&config.data)?;
    loop {
        match pgserver::start(config, &lock).await {
            Ok(running) => return Ok(running),
            Err(error) if error.is_lasting() => return Err(error.into()),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                warn!(error, "Muster's own Postgres did not start; trying again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn introduce(settings: &Settings, db: Db) -> anyhow::Result<(Clock, KeyRing)> {
    migrate(&db).await?;
    let clock = Clock::of_host();
    installation::read_clock(&db, &clock).await?;
    let wanted = installation::ring_wanted(&db).await?;
    let ring = fitting_ring(&settings.data.keyring, &wanted, &clock)?;
    if installation::settle(&db, &ring, clock.now()).await? {
        info!(ring.fingerprint = ring.fingerprint(), "this database is new, and now this Muster's");
    }
    Ok((clock, ring))
}

/// Tries until the database answers: it may be starting, or away.
async fn migrate(db: &Db) -> anyhow::Result<()> {
    let pool = db.pool().context("no database is named")?;
    loop {
        match migrations::apply(pool).await {
            Ok(()) => return Ok(()),
            Err(sqlx::migrate::MigrateError::Execute(error)) if !is_answer(&error) => {
                warn!(error = %error, "the database can't be reached; trying again");
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error).context("the database's tables can't be brought up"),
        }
    }
}

fn is_answer(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(answer) if answer.code().is_none_or(|code| code != "57P03"))
}

fn fitting_ring(path: &Path, wanted: &RingWanted, clock: &Clock) -> anyhow::Result<KeyRing> {
    let shown = path.display();
    match wanted {
        RingWanted::Any if !path.exists() => {
            info!("made a new key ring at {shown}; keep a copy of it apart from the database's");
            Ok(KeyRing::create(path, clock.now())?)
        }
        RingWanted::Any => Ok(KeyRing::load(path)?),
        RingWanted::Only(fingerprint) => {
            let ring = KeyRing::load(path)?;
            if ring.fingerprint() != fingerprint {
                bail!(
                    "the key ring {shown} has the fingerprint {}, and this database was sealed with \
                     {fingerprint}; put that ring there, or name it with MUSTER_KEYRING",
                    ring.fingerprint()
                );
            }
            Ok(ring)
        }
    }
}
