//! Tells an outside watch that Muster lives: one GET over a connection of its own. The watch raises
//! the alarm when it hears nothing, so nothing here needs more than an honest error.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::config::HeartbeatUrl;

/// How long one may take, name look-up to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// An outside watch.
#[derive(Clone)]
pub struct Heartbeat {
    url: HeartbeatUrl,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    limit: Duration,
}

/// Why the watch was not told. None of it repeats the secret part of its address.
#[derive(Debug, thiserror::Error)]
pub enum HeartbeatError {
    /// No answer in time.
    #[error("{0} did not answer within {1:?}")]
    Silent(HeartbeatUrl, Duration),
    /// No connection came about, or its certificate is none to trust.
    #[error("{0} can't be reached: {1}")]
    Unreachable(HeartbeatUrl, #[source] io::Error),
    /// The connection broke off.
    #[error("{0} broke off: {1}")]
    BrokeOff(HeartbeatUrl, #[source] hyper::Error),
    /// It said no.
    #[error("{0} answered {1}; a watch answers 200 to an address that it knows")]
    Refused(HeartbeatUrl, StatusCode),
    /// This machine knows no authority.
    #[error("this machine has no certificates of authorities; install ca-certificates")]
    NoAuthorities,
    /// The address can't be asked.
    #[error("{0} can't be asked")]
    Unaskable(HeartbeatUrl),
}

impl Heartbeat {
    /// The watch at an address; it reads the system's certificates from disk for https.
    ///
    /// # Errors
    /// Where no certificate could ever be trusted.
    pub fn new(url: HeartbeatUrl) -> Result<Heartbeat, HeartbeatError> {
        let tls = match url.is_https() {
            false => None,
            true => {
                let name = ServerName::try_from(url.host().to_owned());
                let name = name.map_err(|_| HeartbeatError::Unaskable(url.clone()))?;
                Some((TlsConnector::from(Arc::new(trusting_the_system()?)), name))
            }
        };
        Ok(Heartbeat { url, tls, limit: LIMIT })
    }

    /// The same with another limit on how long one may take.
    #[must_use]
    pub fn within(self, limit: Duration) -> Heartbeat {
        Heartbeat { limit, ..self }
    }

    /// Says that Muster lives.
    ///
    /// # Errors
    /// Why the watch has not heard it.
    pub async fn beat(&self) -> Result<(), HeartbeatError> {
        let late = || HeartbeatError::Silent(self.url.clone(), self.limit);
        let status = timeout(self.limit, self.ask()).await.map_err(|_| late())??;
        if status.is_success() {
            return Ok(());
        }
        Err(HeartbeatError::Refused(self.url.clone(), status))
    }

    /// Whether it can be reached: connects, with TLS where it has any, and says nothing.
    ///
    /// # Errors
    /// Why it can't.
    pub async fn reach(&self) -> Result<(), HeartbeatError> {
        let reached = timeout(self.limit, async {
            let tcp = self.connect().await?;
            if let Some((tls, name)) = &self.tls {
                tls.connect(name.clone(), tcp).await.map_err(|error| self.unreachable(error))?;
            }
            Ok(())
        });
        let late = |_| HeartbeatError::Silent(self.url.clone(), self.limit);
        reached.await.map_err(late)?
    }

    async fn ask(&self) -> Result<StatusCode, HeartbeatError> {
        let tcp = self.connect().await?;
        match &self.tls {
            None => self.exchange(tcp).await,
            Some((tls, name)) => {
                let tls = tls.connect(name.clone(), tcp).await;
                self.exchange(tls.map_err(|error| self.unreachable(error))?).await
            }
        }
    }

    async fn connect(&self) -> Result<TcpStream, HeartbeatError> {
        let place = (self.url.host(), self.url.port());
        TcpStream::connect(place).await.map_err(|error| self.unreachable(error))
    }

    async fn exchange<S>(&self, stream: S) -> Result<StatusCode, HeartbeatError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let broke_off = |error| HeartbeatError::BrokeOff(self.url.clone(), error);
        let request = Request::get(self.url.expose_target())
            .header(header::HOST, self.url.authority())
            .header(header::USER_AGENT, concat!("muster/", env!("CARGO_PKG_VERSION")))
            .header(header::CONNECTION, "close")
            .body(Empty::<Bytes>::new())
            .map_err(|_| HeartbeatError::Unaskable(self.url.clone()))?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(broke_off)?;
        let mut answer = std::pin::pin!(sender.send_request(request));
        let answer = tokio::select! {
            answer = answer.as_mut() => answer,
            _ = connection => answer.await, // it may have ended with the answer delivered
        };
        Ok(answer.map_err(broke_off)?.status())
    }

    fn unreachable(&self, error: io::Error) -> HeartbeatError {
        HeartbeatError::Unreachable(self.url.clone(), error)
    }
}

fn trusting_the_system() -> Result<ClientConfig, HeartbeatError> {
    let mut roots = RootCertStore::empty();
    let (known, _) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if known == 0 {
        return Err(HeartbeatError::NoAuthorities);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| HeartbeatError::NoAuthorities)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
