//! Keeps Postgres running: starts it, starts it again when it dies, and stops it with Muster.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use tokio::process::Child;
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep};
use tracing::{error, warn};

use super::setup::{Config, Setup, cluster_in};
use super::{DataLock, Error, Result, USER, orphan, process, socket};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
const PATIENCE_WITH_ANOTHER: Duration = Duration::from_secs(10);

/// How Postgres is right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It takes connections.
    Ready {
        /// The postmaster's process id.
        pid: u32,
    },
    /// It died, and is being started again.
    Down,
    /// It was stopped, for good.
    Stopped,
}

/// Muster's own Postgres, kept running until this is stopped or dropped.
#[derive(Debug)]
pub struct Running {
    socket: PathBuf,
    state: watch::Receiver<State>,
    stop: oneshot::Sender<()>,
    keeper: JoinHandle<()>,
}

/// The data folder's Postgres, whoever runs it.
#[derive(Debug)]
pub enum Reached {
    /// Started here, and to be stopped here.
    Ours(Running),
    /// Kept running by another Muster; the path is its socket's folder.
    Theirs(PathBuf),
}

/// Starts the data folder's Postgres, making its cluster first where there is none.
pub async fn start(config: &Config, lock: &DataLock) -> Result<Running> {
    let (wanted, held) = (config.clone(), lock.clone());
    let prepare = move || {
        let _held = held; // until the last step, also when the caller has given up by then
        Setup::prepare(&wanted)
    };
    let setup = blocking(&config.data, prepare).await?;
    let socket = setup.socket.clone();
    let (stop, stopped) = oneshot::channel();
    let (refusal, refused) = oneshot::channel();
    let (state_in, mut state) = watch::channel(State::Down);
    let keeper = Keeper { setup, state: state_in, stopped, _lock: lock.clone() };
    // A task from the first step on: a caller that gives up drops `stop`, and Postgres ends.
    let keeper = tokio::spawn(keeper.keep(refusal));
    let is_ready = |state: &State| matches!(state, State::Ready { .. });
    tokio::select! {
        Ok(error) = refused => return Err(error),
        Ok(_) = state.wait_for(is_ready) => {}
        else => return Err(Error::NotReady(config.data.clone())),
    }
    Ok(Running { socket, state, stop, keeper })
}

/// Reaches the data folder's Postgres: the one that another Muster runs, else one started here.
pub async fn reach(config: &Config) -> Result<Reached> {
    let deadline = Instant::now() + PATIENCE_WITH_ANOTHER;
    loop {
        match DataLock::take(&config.data) {
            Ok(lock) => return start(config, &lock).await.map(Reached::Ours),
            Err(Error::Locked { .. }) => {}
            Err(e) => return Err(e),
        }
        if let Some(socket) = ready_socket(&config.data) {
            return Ok(Reached::Theirs(socket));
        }
        if Instant::now() > deadline {
            return Err(Error::NotReady(config.data.clone()));
        }
        sleep(FIRST_PAUSE).await;
    }
}

impl Reached {
    /// How to connect.
    pub fn options(&self) -> PgConnectOptions {
        match self {
            Reached::Ours(running) => running.options(),
            Reached::Theirs(socket) => socket::options(socket),
        }
    }

    /// Stops Postgres again if it was started here.
    pub async fn finish(self) {
        if let Reached::Ours(running) = self {
            running.stop().await;
        }
    }
}

impl Running {
    /// How to connect.
    pub fn options(&self) -> PgConnectOptions {
        socket::options(&self.socket)
    }

    /// How to connect, as an address for other programs.
    pub fn connect_url(&self) -> String {
        socket::url(&self.socket, USER, "postgres")
    }

    /// The folder that holds the socket.
    pub fn socket_dir(&self) -> &Path {
        &self.socket
    }

    /// Follows Postgres' state; after a death it is started again without anyone's doing.
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Stops Postgres and waits for its end.
    pub async fn stop(self) {
        let _ = self.stop.send(()); // a keeper that is gone has stopped it already
        let _ = self.keeper.await;
    }
}

/// Owns the child process for its whole life.
struct Keeper {
    setup: Setup,
    state: watch::Sender<State>,
    stopped: oneshot::Receiver<()>,
    _lock: DataLock,
}

enum Ending {
    Stopped,
    Died(String),
}

impl Keeper {
    /// Runs Postgres until told to stop, or until nobody is left who could tell it. What keeps it
    /// from becoming ready the first time is the caller's to know; later it is tried for ever.
    async fn keep(mut self, refusal: oneshot::Sender<Error>) {
        let mut refusal = Some(refusal);
        let mut pause = FIRST_PAUSE;
        loop {
            let began = Instant::now();
            match (self.run().await, refusal.take()) {
                (Ok(Ending::Stopped), _) => break,
                (Ok(Ending::Died(how)), _) => warn!("Postgres died ({how}); starting it again"),
                (Err(e), Some(refusal)) => return drop(refusal.send(e)),
                (Err(e), None) => error!(error = &e as &dyn std::error::Error, "{e}"),
            }
            if began.elapsed() > LONGEST_PAUSE {
                pause = FIRST_PAUSE;
            }
            tokio::select! {
                _ = &mut self.stopped => break,
                () = sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
            }
        }
        self.state.send_replace(State::Stopped);
    }

    async fn run(&mut self) -> Result<Ending> {
        let (cluster, socket) = (self.setup.cluster.clone(), self.setup.socket.clone());
        blocking(&self.setup.cluster, move || orphan::clear(&cluster, &socket)).await?;
        let mut child = process::spawn(&self.setup)?;
        tokio::select! {
            _ = &mut self.stopped => {}
            ending = live(&self.setup, &self.state, &mut child) => return ending,
        }
        process::end(child).await;
        Ok(Ending::Stopped)
    }
}

/// One run, from the start to a death of its own.
async fn live(setup: &Setup, state: &watch::Sender<State>, child: &mut Child) -> Result<Ending> {
    process::ready(setup, child).await?;
    if let Some(pid) = child.id() {
        state.send_replace(State::Ready { pid });
    }
    let status = child.wait().await;
    state.send_replace(State::Down);
    Ok(Ending::Died(status.map_or_else(|e| e.to_string(), |status| status.to_string())))
}

/// The socket's folder of a Postgres that another Muster runs, once it takes connections.
pub(super) fn ready_socket(data: &Path) -> Option<PathBuf> {
    orphan::pid_file(&cluster_in(data)).filter(|file| file.ready)?.socket
}

async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = spawn_blocking(work).await;
    done.map_err(|e| Error::io("finish preparing", path)(std::io::Error::other(e)))?
}
