//! The accept loop: takes connections, bounds what each may cost, and lets go of them in order.
//!
//! axum's own loop waits for ever for a header, so this one is ours, over hyper. A connection is
//! closed when it sends nothing, when its handshake or its header drips, when it takes nothing of its
//! answer, and when it has had no request under way for a while: the last also ends a half-sent
//! HTTP/2 preface, which no other limit sees.

mod app;
mod door;
mod plain;
mod work;

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

pub use self::app::App;
use self::door::Door;

/// How long to wait when the system can't give another connection.
const PAUSE: Duration = Duration::from_millis(250);

/// What connections may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once; more wait in the system's queue. An event stream holds one for as long
    /// as it is watched, so streams need a lower limit of their own, or they lock everybody out.
    pub connections: usize,
    /// How long a new connection may stay silent.
    pub silence: Duration,
    /// How long a handshake of TLS may take.
    pub handshake: Duration,
    /// How long a request's header may take.
    pub header: Duration,
    /// How long a connection may have no request under way; longer than `header`.
    pub idle: Duration,
    /// How long a client may take nothing of an answer that is there.
    pub stall: Duration,
    /// How long requests may go on after the signal to stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 16_384,
            silence: Duration::from_secs(5),
            handshake: Duration::from_secs(5),
            header: Duration::from_secs(5),
            idle: Duration::from_secs(15),
            stall: Duration::from_secs(30),
            drain: Duration::from_secs(20),
        }
    }
}

/// Serves until `stop`, then closes the listener and returns when the last request is through or
/// `limits.drain` is over. Dropping the future ends every connection at once: that is what a second
/// signal does. Streams must end by themselves on the same token.
pub async fn serve(
    listener: TcpListener,
    app: impl Into<App>,
    stop: CancellationToken,
    limits: Limits,
) {
    run(listener, Door { app: app.into(), tls: None, stop, limits }).await;
}

/// The same over TLS; whoever speaks plain HTTP is shown the way.
pub async fn serve_tls(
    listener: TcpListener,
    tls: TlsAcceptor,
    app: impl Into<App>,
    stop: CancellationToken,
    limits: Limits,
) {
    run(listener, Door { app: app.into(), tls: Some((tls, plain::app().into())), stop, limits })
        .await;
}

async fn run(listener: TcpListener, door: Door) {
    let (stop, limits) = (door.stop.clone(), door.limits);
    let slots = Arc::new(Semaphore::new(limits.connections));
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(ended) = open.join_next() => report(ended),
            (tcp, peer, slot) = accept(&listener, &slots) => {
                let door = door.clone();
                open.spawn(async move {
                    door.take(tcp, peer).await;
                    drop(slot);
                });
            }
        }
    }
    drop(listener);
    drain(open, limits.drain).await;
}

/// The next connection, taken only when there is room for it.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let Ok(slot) = Arc::clone(slots).acquire_owned().await else { return pending().await };
    loop {
        match listener.accept().await {
            Ok((tcp, peer)) => return (tcp, peer, slot),
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "a connection can't be taken");
                sleep(PAUSE).await;
            }
        }
    }
}

async fn drain(mut open: JoinSet<()>, limit: Duration) {
    let all = async {
        while let Some(ended) = open.join_next().await {
            report(ended);
        }
    };
    match timeout(limit, all).await {
        Ok(()) => info!("every request is through"),
        Err(_) => warn!(connections.cut = open.len(), "requests were cut off at the end"),
    }
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        error!(error = &error as &dyn std::error::Error, "a connection broke off");
    }
}
