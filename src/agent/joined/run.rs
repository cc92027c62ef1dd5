//! The agent's loop: says what it found, waits for work, and tries again whatever happens.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use super::facts;
use super::identity::Identity;
use super::link::{AgentError, Link};
use crate::clock::Clock;
use crate::domain::agent::wire::{self, Ask, NONCE_GOOD_FOR, Poll, Report, Told};
use crate::domain::id::RunId;

/// How often it looks at its host by itself.
const LOOK_EVERY: Duration = Duration::from_secs(300);
/// The longest pause after a failure; a Muster that comes back hears of the agent within it.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// How often the agent does what it does by itself.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm {
    /// The first pause after a failure.
    pub pause: Duration,
}

impl Default for Rhythm {
    fn default() -> Rhythm {
        Rhythm { pause: Duration::from_secs(1) }
    }
}

/// Where it stands with Muster.
struct Standing<'a> {
    who: &'a Identity,
    link: Link,
    run: RunId,
    nonce: Option<(String, Instant)>,
    looked: Option<Instant>,
}

/// Works until it is dropped. Only what can never pass ends it.
///
/// # Errors
/// Where Muster's address is none that an agent may use.
pub async fn run(who: &Identity, rhythm: Rhythm) -> Result<(), AgentError> {
    let run = RunId::new(Clock::of_host().now());
    let link = Link::to(&who.server)?;
    let mut standing = Standing { who, link, run, nonce: None, looked: None };
    let (mut pause, mut said) = (rhythm.pause, false);
    loop {
        let begun = Instant::now();
        match standing.turn().await {
            Ok(()) => {
                sleep(rhythm.pause.saturating_sub(begun.elapsed())).await; // who is not held asks no faster
                if said {
                    info!(site = who.joined.name, "Muster answers again");
                }
                (pause, said) = (rhythm.pause, false);
            }
            Err(error) => {
                if error.wants_hello() {
                    standing.nonce = None;
                }
                if !said {
                    warn!(site = who.joined.name, %error, "Muster does not hear this agent; it keeps trying");
                }
                said = true;
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

impl Standing<'_> {
    /// One question to Muster, with what must come before it.
    async fn turn(&mut self) -> Result<(), AgentError> {
        let nonce = self.nonce().await?;
        if self.looked.is_none_or(|at| at.elapsed() >= LOOK_EVERY) {
            self.report(&nonce).await?;
        }
        let poll = Poll { run: self.run };
        let told: Told = self.link.ask_as((self.who, &nonce), wire::POLL, &poll).await?;
        if let Some(Ask::Report) = told.ask {
            self.looked = None;
        }
        Ok(())
    }

    async fn report(&mut self, nonce: &str) -> Result<(), AgentError> {
        let facts = tokio::task::spawn_blocking(facts::look).await.unwrap_or_default();
        let report = Report { run: self.run, sent_at: Clock::of_host().now(), facts };
        let _: Told = self.link.ask_as((self.who, nonce), wire::REPORT, &report).await?;
        self.looked = Some(Instant::now());
        Ok(())
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
