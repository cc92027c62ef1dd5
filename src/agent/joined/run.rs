//! The agent's loops: it waits for work, watches its databases, and tells what it saw, each by
//! itself and whatever happens to the others.

use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, interval, sleep, timeout};
use tracing::{info, warn};

use super::board::Board;
use super::elsewhere::Ledger;
use super::facts;
use super::identity::Identity;
use super::line::Line;
use super::link::AgentError;
use super::onward;
use super::orders;
use super::restores::Restorer;
use super::schedule::{self, Kept};
use super::tell;
use super::work::Worker;
use crate::agent::Place;
use crate::agent::watch::Watch;
use crate::clock::Clock;
use crate::domain::agent::order::{Order, Task};
use crate::domain::agent::watched::Watched;
use crate::domain::agent::wire::{self, Ask, Ended, Poll, Report, Told};
use crate::domain::id::RunId;
use crate::secrets::Token;

/// How often it looks at its host by itself.
const LOOK_EVERY: Duration = Duration::from_secs(300);
/// Orders that wait for the one that is being done; while so many do, no further one is fetched.
const ORDERS: usize = 8;
/// The longest pause after a failure; a Muster that comes back hears of the agent within it.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// So long it waits for Muster to hear that it ends.
const FAREWELL: Duration = Duration::from_secs(2);

/// How often the agent does what it does by itself.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm {
    /// The first pause after a failure.
    pub pause: Duration,
    /// How often it looks at its databases.
    pub watch: Duration,
}

impl Default for Rhythm {
    fn default() -> Rhythm {
        Rhythm { pause: Duration::from_secs(1), watch: Duration::from_secs(10) }
    }
}

/// Pauses that grow from failure to failure.
pub(super) struct Pauses<'a> {
    who: &'a Identity,
    first: Duration,
    next: Duration,
    failed: bool,
}

impl<'a> Pauses<'a> {
    pub(super) fn new(who: &'a Identity, first: Duration) -> Pauses<'a> {
        Pauses { who, first, next: first, failed: false }
    }

    /// What was asked was answered.
    pub(super) fn worked(&mut self) {
        if self.failed {
            info!(site = self.who.joined.name, "Muster answers again");
        }
        (self.next, self.failed) = (self.first, false);
    }

    /// What was asked was not answered; the first time in a row it is said.
    pub(super) async fn after(&mut self, error: &AgentError) {
        if !self.failed {
            warn!(site = self.who.joined.name, %error, "Muster does not hear this agent; it keeps trying");
        }
        self.failed = true;
        sleep(self.next).await;
        self.next = (self.next * 2).min(LONGEST_PAUSE);
    }
}

/// Works until it is told to stop. Then it says so, so that the next process is heard at once.
///
/// # Errors
/// Where Muster's address is none that an agent may use.
pub async fn run(
    who: &Identity,
    rhythm: Rhythm,
    place: &Place,
    stop: impl Future<Output = ()>,
) -> Result<(), AgentError> {
    let run = RunId::new(Clock::of_host().now());
    tokio::select! {
        ended = go_on(who, rhythm, place, run) => return ended,
        () = stop => {}
    }
    let farewell = async { Line::of(who)?.ask::<_, Told>(wire::END, &Ended { run }).await };
    if let Ok(Err(error)) = timeout(FAREWELL, farewell).await {
        info!(%error, "Muster did not hear that this agent has ended");
    }
    Ok(())
}

/// Works until it is dropped. Only what can never pass ends it.
async fn go_on(
    who: &Identity,
    rhythm: Rhythm,
    place: &Place,
    run: RunId,
) -> Result<(), AgentError> {
    let (saw, seen) = watch::channel(Vec::new());
    let (scheduled, schedule) = watch::channel(schedule::load(who, &place.state));
    let (done, board, ledger) = (Notify::new(), Board::default(), Ledger::default());
    orders::end_interrupted(place);
    let ((ordered, orders), (asked_back, restores)) =
        (mpsc::channel(ORDERS), mpsc::channel(ORDERS));
    let line = Line::of(who)?;
    let ledger = &ledger;
    let ordered = Ordered { routine: ordered, restores: asked_back };
    let waiter = Waiter { who, line, run, place, ledger, looked: None, scheduled, ordered };
    let restorer = Restorer { place, board: &board, done: &done };
    let teller = tell::Teller::new(Line::of(who)?, run, (place, &board));
    let worker = Worker { place, board: &board, ledger, schedule, orders, done: &done };
    tokio::select! { // none of them ends
        () = waiter.wait(Pauses::new(who, rhythm.pause)) => {}
        () = teller.tell(seen.clone(), Pauses::new(who, rhythm.pause)) => {}
        () = worker.work(seen) => {}
        () = restorer.work(restores) => {}
        () = see(place, rhythm.watch, &saw, &done) => {}
        () = onward::copy(place, rhythm.watch, &board, &done) => {}
    }
    Ok(())
}

/// Looks at the databases again and again.
async fn see(place: &Place, every: Duration, saw: &watch::Sender<Vec<Watched>>, done: &Notify) {
    let mut watch = Watch::default();
    let mut beat = interval(every);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            () = done.notified() => watch.look_whole_next(),
        }
        if let Ok(Some(host)) = place.host() {
            saw.send_replace(watch.look(&host).await);
        }
    }
}

/// 32 random bytes.
fn challenge() -> Result<String, AgentError> {
    let half = || Token::random().map(|token| token.expose());
    let both = half().and_then(|first| Ok(first + &half()?));
    both.map_err(|error| AgentError::Identity(error.into()))
}

/// Waits for what Muster asks.
struct Waiter<'a> {
    who: &'a Identity,
    line: Line<'a>,
    run: RunId,
    place: &'a Place,
    ledger: &'a Ledger,
    looked: Option<Instant>,
    scheduled: watch::Sender<Option<Kept>>,
    ordered: Ordered,
}

/// Who does what is ordered: restores begin at once, whatever else goes on.
struct Ordered {
    routine: mpsc::Sender<Order>,
    restores: mpsc::Sender<Order>,
}

impl Ordered {
    async fn pass_on(&self, order: Order) {
        let to = match order.task {
            Task::Routine(_) => &self.routine,
            Task::Restore(_) => &self.restores,
        };
        let _ = to.send(order).await; // who does it ends when all does
    }
}

impl Waiter<'_> {
    async fn wait(mut self, mut pauses: Pauses<'_>) {
        loop {
            let begun = Instant::now();
            match self.turn().await {
                Ok(()) => {
                    sleep(pauses.first.saturating_sub(begun.elapsed())).await; // who is not held asks no faster
                    pauses.worked();
                }
                Err(error) => pauses.after(&error).await,
            }
        }
    }

    /// One question to Muster, with what must come before it.
    async fn turn(&mut self) -> Result<(), AgentError> {
        if self.ledger.has_news() {
            self.looked = None;
        }
        if self.looked.is_none_or(|at| at.elapsed() >= LOOK_EVERY) {
            self.report().await?;
        }
        let schedule = self.scheduled.borrow().as_ref().map(|kept| kept.document.clone());
        let challenge = challenge()?;
        let poll = Poll { run: self.run, schedule, challenge: Some(challenge.clone()) };
        let told: Told = self.line.ask(wire::POLL, &poll).await?;
        if let Some(signed) = told.schedule
            && let Some(kept) = schedule::keep(self.who, &self.place.state, signed)
        {
            self.scheduled.send_replace(Some(kept));
        }
        if let Some(signed) = told.order
            && let Some(order) = orders::accept(self.who, &self.place.state, &challenge, &signed)
        {
            self.ordered.pass_on(order).await;
        }
        if let Some(Ask::Report) = told.ask {
            self.looked = None;
        }
        Ok(())
    }

    async fn report(&mut self) -> Result<(), AgentError> {
        let facts = facts::look_and_ask(self.place, self.ledger).await;
        let report = Report { run: self.run, sent_at: Clock::of_host().now(), facts };
        let _: Told = self.line.ask(wire::REPORT, &report).await?;
        self.looked = Some(Instant::now());
        Ok(())
    }
}
