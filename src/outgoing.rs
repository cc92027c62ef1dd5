//! One HTTP request over a connection of its own, plain or by TLS that the system's authorities vouch
//! for, or whose key is known. What calls out does it seldom, so nothing is pooled, and nothing is left open.

mod known;

use std::io;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::domain::agent::pin::Pin;

/// Somebody to ask.
#[derive(Clone)]
pub struct Peer {
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    /// No connection came about.
    #[error("can't be reached: {0}")]
    Unreachable(#[source] io::Error),
    /// Its certificate is none to trust.
    #[error("can't be reached: its certificate is not to be trusted: {0}")]
    Untrusted(CertificateError),
    /// Its certificate is another than the one that it is known by.
    #[error("shows another certificate than the one that it is known by")]
    Other,
    /// The connection broke off.
    #[error("broke off: {0}")]
    BrokeOff(#[source] hyper::Error),
    /// The answer is longer than anything that was asked for.
    #[error("gave an answer that is too long, or broke off in it")]
    TooLong,
    /// This machine knows no authority.
    #[error(
        "can't be trusted: this machine has no certificates of authorities; install ca-certificates"
    )]
    NoAuthorities,
    /// A certificate can't be for this host.
    #[error("can't be asked by TLS under this name")]
    Unnamable,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A connection that nothing was said over.
pub struct Connection(Box<dyn Stream>);

impl Peer {
    /// Somebody at this address; reads the system's certificates from disk for `https`.
    ///
    /// # Errors
    /// Where no certificate could ever be trusted.
    pub fn new(host: &str, port: u16, https: bool) -> Result<Peer, OutgoingError> {
        match https {
            false => Ok(Peer { host: host.to_owned(), port, tls: None }),
            true => Peer::by_tls(host, port, trusting_the_system()?),
        }
    }

    /// The same over TLS, believed by the key that it is known by, and by nothing else.
    ///
    /// # Errors
    /// Where no certificate could ever be trusted.
    pub fn known_by(host: &str, port: u16, pin: Pin) -> Result<Peer, OutgoingError> {
        let trusting = known::trusting(pin).map_err(|_| OutgoingError::NoAuthorities)?;
        Peer::by_tls(host, port, trusting)
    }

    fn by_tls(host: &str, port: u16, trusting: ClientConfig) -> Result<Peer, OutgoingError> {
        let name = ServerName::try_from(host.to_owned());
        let name = name.map_err(|_| OutgoingError::Unnamable)?;
        let tls = Some((TlsConnector::from(Arc::new(trusting)), name));
        Ok(Peer { host: host.to_owned(), port, tls })
    }

    /// Connects, and shakes hands where it speaks TLS.
    ///
    /// # Errors
    /// Why not.
    pub async fn connect(&self) -> Result<Connection, OutgoingError> {
        let tcp = TcpStream::connect((self.host.as_str(), self.port)).await;
        let tcp = tcp.map_err(OutgoingError::Unreachable)?;
        Ok(Connection(match &self.tls {
            None => Box::new(tcp),
            Some((tls, name)) => {
                let tls = tls.connect(name.clone(), tcp).await;
                Box::new(tls.map_err(no_handshake)?)
            }
        }))
    }
}

impl Connection {
    /// Asks, and reads up to `limit` bytes of the answer's body; with none it is not read at all.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask(
        self,
        request: Request<Full<Bytes>>,
        limit: usize,
    ) -> Result<(StatusCode, Bytes), OutgoingError> {
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(self.0)).await.map_err(OutgoingError::BrokeOff)?;
        let asking = async {
            let answer = sender.send_request(request).await.map_err(OutgoingError::BrokeOff)?;
            let status = answer.status();
            if limit == 0 {
                return Ok((status, Bytes::new()));
            }
            let body = Limited::new(answer.into_body(), limit).collect().await;
            Ok((status, body.map_err(|_| OutgoingError::TooLong)?.to_bytes()))
        };
        let mut asking = std::pin::pin!(asking);
        tokio::select! {
            answer = asking.as_mut() => answer,
            _ = connection => asking.await, // it may have ended with the answer delivered
        }
    }
}

fn no_handshake(error: io::Error) -> OutgoingError {
    match error.get_ref().and_then(|error| error.downcast_ref()) {
        Some(rustls::Error::InvalidCertificate(
            CertificateError::ApplicationVerificationFailure,
        )) => OutgoingError::Other,
        Some(rustls::Error::InvalidCertificate(why)) => OutgoingError::Untrusted(why.clone()),
        _ => OutgoingError::Unreachable(error),
    }
}

fn trusting_the_system() -> Result<ClientConfig, OutgoingError> {
    let mut roots = RootCertStore::empty();
    let (known, _) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if known == 0 {
        return Err(OutgoingError::NoAuthorities);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| OutgoingError::NoAuthorities)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
