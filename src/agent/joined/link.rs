//! The agent's line to Muster: one request at a time, signed over the nonce of this hour.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, StatusCode, header};
use rustls::CertificateError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::identity::{Identity, IdentityError};
use crate::config::PublicUrl;
use crate::domain::agent::pin::Pin;
use crate::domain::agent::wire::{
    HELD, HELLO, Hello, Refused, SIGNATURE_HEADER, SITE_HEADER, Welcome, signed,
};
use crate::outgoing::{OutgoingError, Peer};

/// Longer than Muster holds a poll.
const PATIENCE: Duration = HELD.unsigned_abs().saturating_add(Duration::from_secs(15));
/// Bytes that an answer may have.
const ANSWER_LIMIT: usize = 256 * 1024;

/// Why Muster was not asked, or did not answer.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The code's address is none.
    #[error("{0} is no address that Muster could be at")]
    NoAddress(String),
    /// Anybody on the way could change what is said.
    #[error(
        "{0} speaks plain http, and an agent speaks that to its own machine alone: open Muster by https \
         and make the code there"
    )]
    Plain(String),
    /// It can't be reached, or broke off.
    #[error("Muster at {0} {1}")]
    Away(String, #[source] OutgoingError),
    /// Who answers is not known by this host.
    #[error(
        "Muster at {0} shows a certificate that this host does not trust ({1}). If it is Muster’s own, make a join code on \
         the page that Muster itself shows at {0}, past no proxy, and join by that; else have it renewed"
    )]
    Untrusted(String, CertificateError),
    /// Who answers has not the key by which it is known.
    #[error(
        "Muster at {0} shows another certificate than the one that this agent’s join code told of, and nothing was said to \
         it. If Muster’s certificate was renewed with another key, or by another authority, make a new join code and join \
         by that; if not, somebody stands between"
    )]
    OtherCertificate(String),
    /// It did not answer in time.
    #[error("Muster at {0} did not answer within {1:?}")]
    Silent(String, Duration),
    /// It said no.
    #[error("Muster refused this: {1}")]
    Refused(StatusCode, String),
    /// What it said is not understood.
    #[error("what Muster answered is not understood; is this agent as new as Muster? ({0})")]
    Garbled(String),
    /// Who answered has another key than the code says.
    #[error(
        "who answered is not the Muster that made this code: its key is another. Nothing was kept"
    )]
    OtherKey,
    /// Whoever answered did not sign it as this agent's Muster.
    #[error("what came is not this Muster’s signed answer to this question; nothing was done")]
    Unsigned,
    /// The agent does not know who it is.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl AgentError {
    /// Whether another nonce may help.
    #[must_use]
    pub fn wants_hello(&self) -> bool {
        matches!(self, AgentError::Refused(StatusCode::UNAUTHORIZED, _))
    }

    /// Whether what was asked is at fault, so that something else may well be taken.
    #[must_use]
    pub fn is_about_this(&self) -> bool {
        matches!(self, AgentError::Refused(status, _) if status.is_client_error())
            && !self.wants_hello()
    }
}

/// A way to Muster.
pub struct Link {
    server: String,
    authority: String,
    peer: Peer,
}

impl Link {
    /// To Muster at this address; where it is known by its certificate, to no other.
    ///
    /// # Errors
    /// Where that is none, or leads over a network without TLS.
    pub fn to(server: &str, certificate: Option<Pin>) -> Result<Link, AgentError> {
        let url: PublicUrl =
            server.parse().map_err(|_| AgentError::NoAddress(server.to_owned()))?;
        if !url.is_https() && !url.is_loopback() {
            return Err(AgentError::Plain(server.to_owned()));
        }
        let peer = match certificate.filter(|_| url.is_https()) {
            Some(pin) => Peer::known_by(url.host(), url.port(), pin),
            None => Peer::new(url.host(), url.port(), url.is_https()),
        };
        let peer = peer.map_err(|error| AgentError::Away(server.to_owned(), error))?;
        let authority = server.split_once("://").map_or(server, |(_, rest)| rest);
        let authority = authority.trim_end_matches('/').to_owned();
        Ok(Link { server: server.to_owned(), authority, peer })
    }

    /// Asks without a signature.
    pub(super) async fn ask<Q: Serialize, A: DeserializeOwned>(
        &self,
        path: &str,
        question: &Q,
    ) -> Result<A, AgentError> {
        let body = serde_json::to_vec(question).map_err(garbled)?;
        self.send(path, body, &[]).await
    }

    /// A nonce to sign over.
    pub(super) async fn hello(&self, who: &Identity) -> Result<String, AgentError> {
        let welcome: Welcome = self.ask(HELLO, &Hello { site: who.joined.site }).await?;
        Ok(welcome.nonce)
    }

    /// Asks as the agent of a site.
    pub(super) async fn ask_as<Q: Serialize, A: DeserializeOwned>(
        &self,
        (who, nonce): (&Identity, &str),
        path: &str,
        question: &Q,
    ) -> Result<A, AgentError> {
        let body = serde_json::to_vec(question).map_err(garbled)?;
        let signature = URL_SAFE_NO_PAD.encode(who.key.sign(&signed(path, nonce, &body)));
        let site = who.joined.site.to_string();
        self.send(path, body, &[(SITE_HEADER, site), (SIGNATURE_HEADER, signature)]).await
    }

    async fn send<A: DeserializeOwned>(
        &self,
        path: &str,
        body: Vec<u8>,
        signs: &[(&str, String)],
    ) -> Result<A, AgentError> {
        let mut request = Request::post(path)
            .header(header::HOST, &self.authority)
            .header(header::USER_AGENT, concat!("muster-agent/", env!("CARGO_PKG_VERSION")))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONNECTION, "close");
        for (name, value) in signs {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(garbled)?;
        let exchange = async { self.peer.connect().await?.ask(request, ANSWER_LIMIT).await };
        let late = |_| AgentError::Silent(self.server.clone(), PATIENCE);
        let (status, answer) =
            timeout(PATIENCE, exchange).await.map_err(late)?.map_err(|error| self.away(error))?;
        if status.is_success() {
            return serde_json::from_slice(&answer).map_err(garbled);
        }
        let words = serde_json::from_slice(&answer).map(|refused: Refused| refused.words);
        Err(AgentError::Refused(status, words.unwrap_or_else(|_| format!("it answered {status}"))))
    }

    fn away(&self, error: OutgoingError) -> AgentError {
        let server = self.server.clone();
        match error {
            OutgoingError::Untrusted(why) => AgentError::Untrusted(server, why),
            OutgoingError::Other => AgentError::OtherCertificate(server),
            error => AgentError::Away(server, error),
        }
    }
}

fn garbled(error: impl std::fmt::Display) -> AgentError {
    AgentError::Garbled(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leads_to_this_machine_alone() {
        for here in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"] {
            assert!(Link::to(here, None).is_ok(), "{here}");
        }
        for away in ["http://muster.example.org", "http://10.0.0.7:8080"] {
            assert!(matches!(Link::to(away, None), Err(AgentError::Plain(_))), "{away}");
        }
        assert!(matches!(Link::to("muster", None), Err(AgentError::NoAddress(_))));
    }
}
