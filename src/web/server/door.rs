//! One connection, from its first byte to its end.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::work::Work;
use super::{App, Limits};
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

/// What every connection is served with.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) app: App,
    /// How TLS is spoken, and what is said to those who do not.
    pub(super) tls: Option<(TlsAcceptor, App)>,
    pub(super) stop: CancellationToken,
    pub(super) limits: Limits,
}

impl Door {
    pub(super) async fn take(&self, tcp: TcpStream, peer: SocketAddr) {
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
        let service = service_fn(|request| app.answer(ends, request, &work));
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
