//! A line to Postgres that can fall silent or be cut, as a network does it.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch::{self, Receiver};
use tokio::task::JoinHandle;

/// How the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// What is sent arrives.
    Sound,
    /// Nothing arrives, and nobody hears why.
    Silent,
    /// Whoever is connected is cut off, and nobody else gets through.
    Cut,
}

/// A socket that leads to another; gone with it are all that use it.
pub struct Line {
    folder: TempDir,
    state: watch::Sender<State>,
    task: JoinHandle<()>,
}

impl Line {
    /// To the server behind this socket.
    pub fn to(server: &Path) -> Line {
        let folder = TempDir::new().unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let (state, seen) = watch::channel(State::Sound);
        let task = tokio::spawn(accept(listener, server.to_owned(), seen));
        Line { folder, state, task }
    }

    /// Where its socket lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// From now on it is so; when it is cut, nobody is connected any more.
    pub async fn set(&self, state: State) {
        self.state.send_replace(state);
        while state == State::Cut && self.state.receiver_count() > 1 {
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: UnixListener, server: PathBuf, state: Receiver<State>) {
    let mut lines = tokio::task::JoinSet::new();
    loop {
        let (near, _) = listener.accept().await.unwrap();
        lines.spawn(carry(near, server.clone(), state.clone()));
    }
}

/// Carries one connection as long as the line is sound; while it is silent, keeps it and carries
/// nothing.
async fn carry(mut near: UnixStream, server: PathBuf, mut state: Receiver<State>) {
    let mut far: Option<UnixStream> = None;
    loop {
        let now = *state.borrow_and_update();
        match (now, &mut far) {
            (State::Cut, _) => return,
            (State::Silent, _) => {
                let _ = state.changed().await;
            }
            (State::Sound, None) => far = Some(UnixStream::connect(&server).await.unwrap()),
            (State::Sound, Some(far)) => tokio::select! {
                _ = copy_bidirectional(&mut near, far) => return,
                _ = state.changed() => {}
            },
        }
    }
}
