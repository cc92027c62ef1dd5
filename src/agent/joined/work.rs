//! Does what the schedule says, one thing at a time: backups and proofs go on though Muster is away.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;
use tokio::sync::Notify;
use tokio::sync::watch::Receiver;
use tracing::{error, info};

use super::schedule::Kept;
use crate::agent::backup::back_up;
use crate::agent::check::named;
use crate::agent::news::News;
use crate::agent::prove::prove;
use crate::agent::{Host, Place, Protected};
use crate::domain::agent::schedule::{Deed, Doing, LATE_AFTER, Schedule, Tried};
use crate::domain::agent::watched::{Next, Watched};
use crate::domain::finding::Finding;

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
    let again = match deed {
        Deed::Proof => format!("muster agent prove {name}"),
        Deed::Full => format!("muster agent backup {name} --full"),
        Deed::Incremental => format!("muster agent backup {name}"),
    };
    let mend = format!("it is tried again every 15 min; by hand on the host: {again}");
    Finding::bad(named(name, deed.name()), format!("the last one failed: {why}"), mend)
}

/// Works by the schedule.
pub(super) struct Worker<'a> {
    pub(super) place: &'a Place,
    pub(super) board: &'a Board,
    pub(super) schedule: Receiver<Option<Kept>>,
    /// Told when something was done, so that it is looked at.
    pub(super) done: &'a Notify,
}

impl Worker<'_> {
    /// Works until it is dropped; looks for what is due whenever the databases were looked at.
    pub(super) async fn work(mut self, mut seen: Receiver<Vec<Watched>>) {
        while seen.changed().await.is_ok() {
            let databases = seen.borrow_and_update().clone();
            let schedule = self.schedule.borrow().clone();
            let (Some(kept), Ok(Some(host))) = (schedule, self.place.host()) else { continue };
            if let Some((name, deed, at)) = self.first_due(&kept.schedule, &databases, &host) {
                self.perform(&host, &name, deed, at).await;
            }
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
            let due = self.board.with(&one.name, |line| {
                let due = schedule.due(
                    &one.name,
                    &one.points,
                    |deed| line.tried.get(&deed).copied(),
                    now,
                );
                let next = due.iter().min_by_key(|(_, at)| *at);
                line.next = next.map(|(deed, at)| Next { deed: *deed, at: *at });
                due
            });
            due.into_iter().map(|(deed, at)| (one.name.clone(), deed, at))
        });
        let due = due.filter(|(_, _, at)| *at <= now);
        due.min_by_key(|(_, deed, at)| (*at, *deed))
    }

    async fn perform(&mut self, host: &Host, name: &str, deed: Deed, due: OffsetDateTime) {
        let since = host.clock.now();
        let late = since - due;
        let late_s = (late >= LATE_AFTER).then(|| late.whole_seconds());
        let doing =
            Doing { deed, since, at: "beginning".to_owned(), percent: None, copied: 0, late_s };
        self.board.with(name, |line| line.doing = Some(doing));
        info!(database = name, deed = deed.name(), late_s, "begins by the schedule");
        let outcome = match host.protected(name) {
            Ok(protected) => self.carry_out(&protected, deed).await,
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = &outcome {
            error!(
                database = name,
                deed = deed.name(),
                error,
                "it failed; it is tried again later"
            );
        }
        let ended = host.clock.now();
        self.board.with(name, |line| {
            line.doing = None;
            line.tried.insert(deed, Tried { at: ended, well: outcome.is_ok() });
            match outcome {
                Ok(()) => line.failed.remove(&deed),
                Err(why) => line.failed.insert(deed, why),
            };
        });
        self.done.notify_one();
    }

    /// A proof ends, and leaves nothing behind, as soon as a real incident is declared.
    async fn carry_out(&mut self, protected: &Protected<'_>, deed: Deed) -> Result<(), String> {
        let tell = |news: News| self.board.with(protected.name(), |line| note(line, news));
        if deed != Deed::Proof {
            let made = back_up(protected, deed == Deed::Full, &tell).await;
            return made.map(drop).map_err(|error| error.to_string());
        }
        let mut schedule = self.schedule.clone();
        let held = schedule.wait_for(|kept| kept.as_ref().is_some_and(|it| it.schedule.incident));
        tokio::select! {
            proof = prove(protected, &tell) => proof.map(drop).map_err(|error| error.to_string()),
            _ = held => {
                info!(database = protected.name(), "an incident is open: the proof was stopped");
                Ok(())
            }
        }
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
