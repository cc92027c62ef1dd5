//! A server that speaks TLS, with a certificate of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use muster::tls::Kept;
use muster::web::server::{Limits, serve_tls};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;

use crate::support::certificate::{self, CertificateFiles, Issued};

/// Far above every limit here: reaching it means that the thing waited for does not happen.
pub(super) const BOUND: Duration = Duration::from_secs(20);

const HASTY: Limits = Limits {
    connections: 1, // so that one who does not let go keeps everybody out
    silence: Duration::from_millis(300),
    handshake: Duration::from_millis(300),
    header: Duration::from_millis(300),
    idle: Duration::from_millis(600),
    stall: Duration::from_millis(600),
    drain: BOUND,
};

pub(super) struct Scene {
    pub(super) address: SocketAddr,
    pub(super) issued: Issued,
    pub(super) files: CertificateFiles,
    pub(super) kept: Kept,
    pub(super) stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Scene {
    /// One that waits for nobody for long.
    pub(super) async fn start() -> Scene {
        Scene::with(HASTY).await
    }

    /// One with the usual limits.
    pub(super) async fn patient() -> Scene {
        Scene::with(Limits::default()).await
    }

    async fn with(limits: Limits) -> Scene {
        let issued = Issued::new();
        let files = CertificateFiles::of(&issued);
        let kept = files.kept();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let tls = TlsAcceptor::from(Arc::new(kept.server().unwrap()));
        let app = Router::new().fallback(any(|| async { "over tls" }));
        let task = tokio::spawn(serve_tls(listener, tls, app, stop.clone(), limits));
        Scene { address, issued, files, kept, stop, task }
    }

    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Shakes hands as somebody who trusts the certificate that it began with.
    pub(super) async fn shake_hands(
        &self,
        name: &str,
        alpn: &[&str],
    ) -> io::Result<TlsStream<TcpStream>> {
        certificate::shake_hands(self.address, &self.issued, name, alpn).await
    }

    /// The same as somebody who trusts another one: whether it was shown.
    pub(super) async fn shows(&self, other: &Issued) -> bool {
        certificate::shake_hands(self.address, other, "localhost", &[]).await.is_ok()
    }

    /// The answer to one request, over HTTP/1.
    pub(super) async fn get_over<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        mut stream: S,
    ) -> String {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        self.rest(&mut stream).await
    }

    /// The answer to a request without TLS.
    pub(super) async fn plainly(&self, line: &str, host: &str) -> String {
        let host = host.replace("PORT", &self.address.port().to_string());
        let mut tcp = self.connect().await;
        let request = format!("{line}\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        tcp.write_all(request.as_bytes()).await.unwrap();
        self.rest(&mut tcp).await
    }

    /// All that comes until the server closes; a connection that was reset counts as closed.
    pub(super) async fn rest<S: AsyncRead + Unpin>(&self, stream: &mut S) -> String {
        let mut bytes = Vec::new();
        let closed = timeout(BOUND, stream.read_to_end(&mut bytes)).await;
        closed.expect("the server should close this connection").ok();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(super) async fn ends(self) {
        timeout(BOUND, self.task).await.expect("serve should return").unwrap();
    }
}
