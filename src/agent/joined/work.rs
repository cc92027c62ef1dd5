//! Does what the schedule says, one thing at a time: backups and proofs go on though Muster is away.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use time::{Duration, OffsetDateTime};
use tokio::sync::watch::Receiver;
use tokio::sync::{Notify, mpsc};
use tracing::{error, info};

use super::done::{self, Done};
use super::orders;
use super::schedule::Kept;
use crate::agent::check::named;
use crate::agent::news::News;
use crate::agent::{Host, Place};
use crate::domain::agent::order::{Order, State};
use crate::domain::agent::schedule::{Deed, Doing, LATE_AFTER, RETRY_AFTER, Schedule, Tried};
use crate::domain::agent::watched::{Next, Watched};
use crate::domain::civil;
use crate::domain::finding::Finding;

/// What could not be removed is tried again after so long.
const EXPIRY_AGAIN_AFTER: Duration = Duration::HOUR;

/// What is done and was tried, for whoever tells of it.
#[derive(Debug, Default)]
pub(super) struct Board(Mutex<BTreeMap<String, Line>>);

/// Of one database.
#[derive(Debug, Default)]
struct Line {
    doing: Option<Doing>,
    next: Option<Next>,
    tried: BTreeMap<Deed, Tried>,
    failed: BTreeMap<Deed, String>,
}

impl Board {
    fn with<T>(&self, name: &str, change: impl FnOnce(&mut Line) -> T) -> T {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(lines.entry(name.to_owned()).or_default())
    }

    /// What was seen, with what is done to it.
    pub(super) fn add_to(&self, mut seen: Watched) -> Watched {
        self.with(&seen.name.clone(), |line| {
            (seen.doing, seen.next) = (line.doing.clone(), line.next);
            let found = line.failed.iter().map(|(deed, why)| failed(&seen.name, *deed, why));
            seen.findings.extend(found);
        });
        seen
    }
}

fn failed(name: &str, deed: Deed, why: &str) -> Finding {
    let by_hand = match deed {
        Deed::Proof => format!("muster agent prove {name}"),
        Deed::Full => format!("muster agent backup {name} --full"),
        Deed::Incremental => format!("muster agent backup {name}"),
        Deed::Expiry => format!("muster agent expire {name}"),
    };
    let every = if deed == Deed::Expiry { EXPIRY_AGAIN_AFTER } else { RETRY_AFTER };
    let every = civil::span(every);
    let mend = format!("it is tried again every {every}; by hand on the host: {by_hand}");
    Finding::bad(named(name, deed.name()), format!("the last one failed: {why}"), mend)
}

/// Works by the schedule, and does what is ordered.
pub(super) struct Worker<'a> {
    pub(super) place: &'a Place,
    pub(super) board: &'a Board,
    pub(super) schedule: Receiver<Option<Kept>>,
    pub(super) orders: mpsc::Receiver<Order>,
    /// Told when something was done, so that it is looked at.
    pub(super) done: &'a Notify,
}

impl Worker<'_> {
    /// Works until it is dropped, at one thing at a time: what is ordered comes first, and what is due is looked
    /// for whenever the databases were looked at.
    pub(super) async fn work(mut self, mut seen: Receiver<Vec<Watched>>) {
        loop {
            tokio::select! {
                biased;
                order = self.orders.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return,
                },
                changed = seen.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let databases = seen.borrow_and_update().clone();
                    self.follow_schedule(&databases).await;
                }
            }
        }
    }

    async fn follow_schedule(&mut self, databases: &[Watched]) {
        let schedule = self.schedule.borrow().clone();
        let (Some(kept), Ok(Some(host))) = (schedule, self.place.host()) else { return };
        let Some((name, deed, due)) = self.first_due(&kept.schedule, databases, &host) else {
            return;
        };
        let late = host.clock.now() - due;
        let late_s = (late >= LATE_AFTER).then(|| late.whole_seconds());
        let mut schedule = self.schedule.clone();
        let held = schedule.wait_for(|kept| kept.as_ref().is_some_and(|it| it.schedule.incident));
        let stop = (deed == Deed::Proof).then_some(held);
        let work = self.perform(&host, (&name, deed), late_s);
        match stop {
            None => drop(work.await),
            // a proof ends, and leaves nothing behind, as soon as a real incident is declared
            Some(held) => tokio::select! {
                _ = work => {}
                _ = held => {
                    info!(database = name, "an incident is open: the proof was stopped");
                    self.board.with(&name, |line| line.doing = None);
                    self.done.notify_one();
                }
            },
        }
    }

    /// What is asked for by a person is done though an incident is open.
    async fn obey(&self, order: Order) {
        let note = |state, words: String| orders::note(&self.place.state, order.id, state, words);
        info!(
            database = order.database,
            deed = order.task.deed().name(),
            by = order.asked_by,
            "begins as ordered"
        );
        note(State::Running, String::new());
        let done = match self.place.host() {
            Ok(Some(host)) => self.perform(&host, (&order.database, order.task.deed()), None).await,
            Ok(None) => Err("there is no agent.toml on this host".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        match done {
            Ok(Done { words, holds: true }) => note(State::Succeeded, words),
            Ok(Done { words, holds: false }) | Err(words) => note(State::Failed, words),
        }
    }

    /// What is due now, the longest due first; what is due later is noted.
    fn first_due(
        &self,
        schedule: &Schedule,
        databases: &[Watched],
        host: &Host,
    ) -> Option<(String, Deed, OffsetDateTime)> {
        let now = host.clock.now();
        let ready = databases.iter().filter(|one| one.running);
        let due = ready.flat_map(|one| {
            let old = !host.settings.limits.retention().going(&one.points, now).is_empty();
            let due = self.board.with(&one.name, |line| {
                let tried = |deed| line.tried.get(&deed).copied();
                let mut due = schedule.due(&one.name, &one.points, tried, now);
                if old && !schedule.incident {
                    let again = tried(Deed::Expiry).map_or(now, |it| it.at + EXPIRY_AGAIN_AFTER);
                    due.push((Deed::Expiry, again.max(now)));
                }
                let next = due.iter().min_by_key(|(_, at)| *at);
                line.next = next.map(|(deed, at)| Next { deed: *deed, at: *at });
                due
            });
            due.into_iter().map(|(deed, at)| (one.name.clone(), deed, at))
        });
        let due = due.filter(|(_, _, at)| *at <= now);
        due.min_by_key(|(_, deed, at)| (*at, *deed))
    }

    async fn perform(
        &self,
        host: &Host,
        (name, deed): (&str, Deed),
        late_s: Option<i64>,
    ) -> Result<Done, String> {
        let since = host.clock.now();
        let doing =
            Doing { deed, since, at: "beginning".to_owned(), percent: None, copied: 0, late_s };
        self.board.with(name, |line| line.doing = Some(doing));
        info!(database = name, deed = deed.name(), late_s, "begins");
        let tell = |news: News| self.board.with(name, |line| note(line, news));
        let outcome = match host.protected(name) {
            Ok(protected) => done::carry_out(&protected, deed, &tell).await,
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = &outcome {
            error!(database = name, deed = deed.name(), error, "it failed");
        }
        let ended = host.clock.now();
        self.board.with(name, |line| {
            line.doing = None;
            line.tried.insert(deed, Tried { at: ended, well: outcome.is_ok() });
            match &outcome {
                Ok(_) => line.failed.remove(&deed),
                Err(why) => line.failed.insert(deed, why.clone()),
            };
        });
        self.done.notify_one();
        outcome
    }
}

fn note(line: &mut Line, news: News) {
    let Some(doing) = &mut line.doing else { return };
    match news {
        News::Begun(what) => (doing.at, doing.percent, doing.copied) = (what, None, 0),
        News::Copied(progress) => {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
            let percent = progress.percent.clamp(0.0, 100.0) as u8;
            doing.percent = Some(percent);
            doing.copied += progress.bytes;
        }
        News::Ended(_) | News::Checked(_) => {}
    }
}
