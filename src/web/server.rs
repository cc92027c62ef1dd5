//! The accept loop: takes connections, bounds what each may cost, and lets go of them in order.
//!
//! axum's own loop waits for ever for a header, so this one is ours, over hyper. A connection is
//! closed when it sends nothing, when its handshake or its header drips, when it takes nothing of its
//! answer, and when it has had no request under way for a while: the last also ends a half-sent
//! HTTP/2 preface, which no other limit sees.

mod plain;
mod work;

use std::convert::Infallible;
use std::future::{pending, ready};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use futures_util::TryFutureExt as _;
use futures_util::future::Either;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tracing::{debug, error, info, warn};

use self::work::{CountedBody, Work};
use crate::web::guard::Here;

/// Headers a request may have; browsers behind proxies send about thirty.
const MAX_HEADERS: usize = 64;
/// Bytes that request line and headers may take together over HTTP/1.
const MAX_HEAD: usize = 64 * 1024;
/// Bytes of headers over HTTP/2.
const MAX_HEAD_H2: u32 = 32 * 1024;
/// Requests under way at once over one HTTP/2 connection.
const MAX_STREAMS_H2: u32 = 100;
/// The first byte of every handshake of TLS, and of no request in plain HTTP.
const HANDSHAKE: u8 = 0x16;
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

/// What requests are handed to.
#[derive(Clone)]
pub struct App {
    at_once: Option<AtOnce>,
    router: Router,
}

/// Answers what can be answered without the router, and nothing else.
type AtOnce = Arc<dyn Fn(&Request<Incoming>) -> Option<Response<Body>> + Send + Sync>;

impl From<Router> for App {
    fn from(router: Router) -> App {
        App { at_once: None, router }
    }
}

impl App {
    /// Asks this before the router: it must never wait.
    #[must_use]
    pub fn asking_first(
        self,
        at_once: impl Fn(&Request<Incoming>) -> Option<Response<Body>> + Send + Sync + 'static,
    ) -> App {
        App { at_once: Some(Arc::new(at_once)), ..self }
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

/// What every connection is served with.
#[derive(Clone)]
struct Door {
    app: App,
    /// How TLS is spoken, and what is said to those who do not.
    tls: Option<(TlsAcceptor, App)>,
    stop: CancellationToken,
    limits: Limits,
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

impl Door {
    async fn take(&self, tcp: TcpStream, peer: SocketAddr) {
        let Some(first) = self.first_byte(&tcp).await else { return };
        let _ = tcp.set_nodelay(true); // only speed is lost without it
        let here = tcp.local_addr().ok();
        let here = |tls| here.map(|address| Here { address, tls });
        match &self.tls {
            None => self.speak(tcp, &self.app, (peer, here(false))).await,
            Some((_, plain)) if first != HANDSHAKE => {
                self.speak(tcp, plain, (peer, here(false))).await;
            }
            Some((tls, _)) => {
                let Some(stream) = self.shake_hands(tls, tcp).await else { return };
                self.speak(stream, &self.app, (peer, here(true))).await;
            }
        }
    }

    /// Waits for the first byte; hyper's own limit begins only with it.
    async fn first_byte(&self, tcp: &TcpStream) -> Option<u8> {
        let mut first = [0];
        tokio::select! {
            peeked = timeout(self.limits.silence, tcp.peek(&mut first)) => {
                matches!(peeked, Ok(Ok(1))).then_some(first[0])
            }
            () = self.stop.cancelled() => None,
        }
    }

    async fn shake_hands(&self, tls: &TlsAcceptor, tcp: TcpStream) -> Option<TlsStream<TcpStream>> {
        tokio::select! {
            shaken = timeout(self.limits.handshake, tls.accept(tcp)) => match shaken {
                Ok(Ok(stream)) => Some(stream),
                Ok(Err(error)) => {
                    debug!(%error, "a handshake failed"); // browsers that distrust us end it so, too
                    None
                }
                Err(_) => None,
            },
            () = self.stop.cancelled() => None,
        }
    }

    async fn speak<S>(&self, stream: S, app: &App, ends: (SocketAddr, Option<Here>))
    where
        S: AsyncRead + AsyncWrite + Unpin + 'static,
    {
        let work = Work::default();
        let service = service_fn(|request| answer(app, ends, request, &work));
        let builder = self.builder();
        let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let mut idle = pin!(work.cease(self.limits.idle));
        let mut stalled = pin!(work.stall(self.limits.stall));
        let mut draining = false;
        loop {
            tokio::select! {
                ended = serving.as_mut() => {
                    if let Err(error) = ended { debug!(%error, "a connection ended early"); }
                    return;
                }
                () = self.stop.cancelled(), if !draining => {
                    draining = true;
                    serving.as_mut().graceful_shutdown();
                }
                () = idle.as_mut() => return,
                () = stalled.as_mut() => {
                    debug!("a client took nothing of its answer");
                    return;
                }
            }
        }
    }

    fn builder(&self) -> Builder<TokioExecutor> {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header)
            .max_headers(MAX_HEADERS)
            .max_buf_size(MAX_HEAD);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(Duration::from_secs(20))
            .max_concurrent_streams(MAX_STREAMS_H2)
            .max_header_list_size(MAX_HEAD_H2);
        builder
    }
}

/// Hands a request to the router, with the addresses it came from and to, and counts it as under way until
/// the last byte of its answer is sent.
fn answer(
    app: &App,
    (peer, here): (SocketAddr, Option<Here>),
    request: Request<Incoming>,
    work: &Work,
) -> impl Future<Output = Result<Response<CountedBody>, Infallible>> + use<> {
    let under_way = work.begin();
    let asked = match app.at_once.as_ref().and_then(|at_once| at_once(&request)) {
        Some(answer) => Either::Left(ready(Ok(answer))),
        None => {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            if let Some(here) = here {
                request.extensions_mut().insert(here);
            }
            Either::Right(app.router.clone().oneshot(request))
        }
    };
    asked.map_ok(|answer| answer.map(|body| CountedBody::new(body, under_way)))
}
