//! Asks Muster as the agent of a site, over a nonce that is good.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::identity::Identity;
use super::link::{AgentError, Link};
use crate::domain::agent::wire::NONCE_GOOD_FOR;

/// A signed line; each of an agent's loops has its own.
pub(super) struct Line<'a> {
    who: &'a Identity,
    link: Link,
    nonce: Option<(String, Instant)>,
}

impl<'a> Line<'a> {
    pub(super) fn of(who: &'a Identity) -> Result<Line<'a>, AgentError> {
        Ok(Line { who, link: Link::to(&who.server, who.certificate)?, nonce: None })
    }

    /// As whom it asks.
    pub(super) fn who(&self) -> &'a Identity {
        self.who
    }

    /// Asks, after a hello where the last nonce is an old one or was refused.
    pub(super) async fn ask<Q: Serialize, A: DeserializeOwned>(
        &mut self,
        path: &str,
        question: &Q,
    ) -> Result<A, AgentError> {
        let nonce = self.nonce().await?;
        let answer = self.link.ask_as((self.who, &nonce), path, question).await;
        if answer.as_ref().is_err_and(AgentError::wants_hello) {
            self.nonce = None;
        }
        answer
    }

    async fn nonce(&mut self) -> Result<String, AgentError> {
        if let Some((nonce, since)) = &self.nonce
            && since.elapsed() < NONCE_GOOD_FOR.unsigned_abs()
        {
            return Ok(nonce.clone());
        }
        let nonce = self.link.hello(self.who).await?;
        self.nonce = Some((nonce.clone(), Instant::now()));
        Ok(nonce)
    }
}
