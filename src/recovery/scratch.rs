//! A backup restored beside the cluster that lives, opened to be looked at, and removed whatever
//! happens. It can do no harm: all its settings are ours, it archives nothing, listens on no port,
//! loads nothing, and follows nobody.

mod reached;
mod room;
pub(super) mod settings;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::Row as _;
use sqlx::postgres::{PgConnectOptions, PgRow};
use tokio::time::sleep;

pub use self::reached::{Reached, reached_in, scratch_options};
use self::reached::{paused_in, row_of};
pub use self::room::Room;
use super::repository::make_folder;
use super::{Control, Engine, Error, Progress, Result};
use crate::domain::recovery::{History, Lsn};
use crate::pgserver::{self, ScratchServer};

const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What is restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// From which backup.
    pub label: String,
    /// Along which timeline.
    pub timeline: u32,
    /// Until which record: it is the last one that is replayed.
    pub until: Lsn,
}

/// A restored cluster.
#[derive(Debug)]
pub struct Scratch {
    room: Room,
    order: Order,
    control: Option<Control>,
    server: Option<ScratchServer>,
    /// It stays, and runs on, when this is dropped.
    stays: bool,
}

impl Scratch {
    /// Restores a backup into the room, which the caller holds for itself alone.
    ///
    /// # Errors
    /// What the engine complains of; nothing is left behind then.
    pub async fn restore(
        engine: &Engine,
        room: Room,
        order: Order,
        show: impl FnMut(Progress),
    ) -> Result<Scratch> {
        room.clear()?;
        make_folder(&room.cluster())?;
        let mut scratch = Scratch { room, order, control: None, server: None, stays: false }; // removed from here on
        engine.restore(&arguments(&scratch.room, &scratch.order), show).await?;
        scratch.set(engine).await?;
        Ok(scratch)
    }

    /// One that was restored before, and stays whatever becomes of it: its server is stopped, and replays until there
    /// when it is opened. The caller holds its room.
    ///
    /// # Errors
    /// When it can't be stopped, or is none.
    pub async fn kept(engine: &Engine, room: Room, order: Order) -> Result<Scratch> {
        pgserver::end_scratch(&room.cluster(), &room.folder)?;
        let mut scratch = Scratch { room, order, control: None, server: None, stays: true };
        scratch.set(engine).await?;
        Ok(scratch)
    }

    /// From now on it stays, and runs on, when this is dropped.
    pub fn keep(&mut self) {
        self.stays = true;
    }

    async fn set(&mut self, engine: &Engine) -> Result<()> {
        let cluster = self.room.cluster();
        let controldata = pgserver::program_for(&cluster, &self.room.search, "pg_controldata")?;
        let control = Control::of(&controldata, &cluster).await?;
        settings::write(&self.room, &self.order, &control, &engine.restore_command(&cluster))?;
        self.control = Some(control);
        Ok(())
    }

    /// Has it replay the log further than the backup itself needs, before it is opened.
    ///
    /// # Errors
    /// When its settings can't be written.
    pub fn aim(&mut self, engine: &Engine, until: Lsn) -> Result<()> {
        self.order.until = until;
        let Some(control) = &self.control else { return Ok(()) }; // nothing was restored
        let command = engine.restore_command(&self.room.cluster());
        settings::write(&self.room, &self.order, control, &command)
    }

    /// What is restored.
    #[must_use]
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// Starts it, and waits until it has replayed the log as far as was asked.
    ///
    /// # Errors
    /// Why it does not come that far, in the server's own words.
    pub async fn open(&mut self) -> Result<Reached> {
        self.server = Some(ScratchServer::start(&self.room.server()).await?);
        loop {
            if let Some(error) = self.server.as_mut().and_then(ScratchServer::death) {
                return Err(error.into());
            }
            if let Some(reached) = paused_in(&self.room).await? {
                return Ok(reached);
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// One row; none while the server ends or is not ready for it.
    async fn ask(&self, sql: &'static str) -> Option<PgRow> {
        row_of(&self.options("postgres"), sql).await
    }

    /// Opens it for writing, as some checks need it, and says on which timeline, and where exactly,
    /// the log that it had replayed ended.
    ///
    /// # Errors
    /// When it can't be opened.
    pub async fn promote(&self) -> Result<(u32, Lsn)> {
        const DOING: &str = "opening a restored database for writing";
        const PROMOTE: &str = "select pg_promote(true, 120) as done";
        const FILE: &str = "select pg_walfile_name(pg_current_wal_flush_lsn()) as name";
        let refused = |said: &str| Error::Engine { doing: DOING, said: said.to_owned() };
        let row = self.ask(PROMOTE).await.ok_or_else(|| refused("it does not answer"))?;
        if !row.try_get::<bool, _>("done").map_err(Error::live(DOING))? {
            return Err(refused("not within two minutes"));
        }
        let row = self.ask(FILE).await.ok_or_else(|| refused("it does not answer"))?;
        let name: String = row.try_get("name").map_err(Error::live(DOING))?;
        let timeline = name.get(..8).unwrap_or_default();
        let path = self.room.cluster().join("pg_wal").join(format!("{timeline}.history"));
        let text = std::fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        let number = u32::from_str_radix(timeline, 16).unwrap_or(0);
        let history = History::read(number, &text);
        history.and_then(|it| it.parent()).ok_or(Error::Unreadable { doing: DOING })
    }

    /// How to connect to one of its databases.
    #[must_use]
    pub fn options(&self, database: &str) -> PgConnectOptions {
        match &self.server {
            Some(server) => server.options(&self.room.user, database),
            // No socket lies there; anything else might lead to a cluster that lives.
            None => PgConnectOptions::new_without_pgpass().socket(&self.room.folder),
        }
    }

    /// How another role than the one it is worked as connects to one of its databases.
    #[must_use]
    pub fn options_as(&self, role: &str, database: &str) -> PgConnectOptions {
        match &self.server {
            Some(server) => server.door(role, database),
            None => self.options(database),
        }
    }

    /// What its control file said before it was opened.
    #[must_use]
    pub fn control(&self) -> Option<&Control> {
        self.control.as_ref()
    }

    /// A program of its server's version.
    ///
    /// # Errors
    /// When that isn't installed.
    pub fn program(&self, name: &str) -> Result<PathBuf> {
        Ok(pgserver::program_for(&self.room.cluster(), &self.room.search, name)?)
    }

    pub(super) fn address(&self) -> (&Path, &'static str, &str) {
        let server = self.server.as_ref();
        let socket = server.map_or(Path::new("/"), ScratchServer::socket_dir);
        (socket, server.map_or("", ScratchServer::port), &self.room.user)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.room.folder
    }

    /// The address of one of its databases, for programs that connect as this role.
    pub(super) fn url(&self, role: &str, database: &str) -> String {
        self.server.as_ref().map(|server| server.url(role, database)).unwrap_or_default()
    }

    /// Stops it, in good order.
    pub async fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    /// Where its data lies.
    #[must_use]
    pub fn cluster(&self) -> PathBuf {
        self.room.cluster()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let server = self.server.take();
        if self.stays {
            return server.map_or((), ScratchServer::leave);
        }
        drop(server);
        let _ = self.room.clear(); // the next restore clears again
    }
}

/// The backup, the timeline and the target are always named: what the engine would choose by itself
/// is at times another.
fn arguments(room: &Room, order: &Order) -> Vec<OsString> {
    let with = |name: &str, path: PathBuf| {
        let mut arg = OsString::from(name);
        arg.push(path);
        arg
    };
    let mut args = vec![
        with("--pg1-path=", room.cluster()),
        format!("--set={}", order.label).into(),
        "--archive-mode=off".into(),
        "--type=lsn".into(),
        format!("--target={}", order.until).into(),
        format!("--target-timeline={}", order.timeline).into(),
        "--target-action=pause".into(),
    ];
    if room.tablespaces {
        args.push(with("--tablespace-map-all=", room.folder.join("tablespaces")));
    }
    args
}
