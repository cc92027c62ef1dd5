//! Tells an outside watch that Muster lives: one GET over a connection of its own. The watch raises
//! the alarm when it hears nothing, so nothing here needs more than an honest error.

use std::time::Duration;

use axum::http::StatusCode;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, header};
use tokio::time::timeout;

use crate::config::HeartbeatUrl;
use crate::outgoing::{OutgoingError, Peer};

/// How long one may take, name look-up to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// An outside watch.
#[derive(Clone)]
pub struct Heartbeat {
    url: HeartbeatUrl,
    peer: Peer,
    limit: Duration,
}

/// Why the watch was not told. None of it repeats the secret part of its address.
#[derive(Debug, thiserror::Error)]
pub enum HeartbeatError {
    /// No answer in time.
    #[error("{0} did not answer within {1:?}")]
    Silent(HeartbeatUrl, Duration),
    /// It can't be asked.
    #[error("{0} {1}")]
    NotAsked(HeartbeatUrl, #[source] OutgoingError),
    /// It said no.
    #[error("{0} answered {1}; a watch answers 200 to an address that it knows")]
    Refused(HeartbeatUrl, StatusCode),
    /// No request can be made of the address.
    #[error("{0} can't be asked")]
    Unaskable(HeartbeatUrl),
}

impl Heartbeat {
    /// The watch at an address; it reads the system's certificates from disk for https.
    ///
    /// # Errors
    /// Where no certificate could ever be trusted.
    pub fn new(url: HeartbeatUrl) -> Result<Heartbeat, HeartbeatError> {
        let peer = Peer::new(url.host(), url.port(), url.is_https());
        let peer = peer.map_err(|error| HeartbeatError::NotAsked(url.clone(), error))?;
        Ok(Heartbeat { url, peer, limit: LIMIT })
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
        let late = |_| HeartbeatError::Silent(self.url.clone(), self.limit);
        let reached = timeout(self.limit, self.peer.connect()).await.map_err(late)?;
        reached.map(drop).map_err(|error| self.not_asked(error))
    }

    async fn ask(&self) -> Result<StatusCode, HeartbeatError> {
        let request = Request::get(self.url.expose_target())
            .header(header::HOST, self.url.authority())
            .header(header::USER_AGENT, concat!("muster/", env!("CARGO_PKG_VERSION")))
            .header(header::CONNECTION, "close")
            .body(Full::<Bytes>::default())
            .map_err(|_| HeartbeatError::Unaskable(self.url.clone()))?;
        let connection = self.peer.connect().await.map_err(|error| self.not_asked(error))?;
        let answer = connection.ask(request, 0).await;
        Ok(answer.map_err(|error| self.not_asked(error))?.0)
    }

    fn not_asked(&self, error: OutgoingError) -> HeartbeatError {
        HeartbeatError::NotAsked(self.url.clone(), error)
    }
}
