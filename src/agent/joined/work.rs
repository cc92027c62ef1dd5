//! Does what the schedule says, one thing at a time: backups and proofs go on though Muster is away.

use time::OffsetDateTime;
use tokio::sync::watch::Receiver;
use tokio::sync::{Notify, mpsc};
use tracing::{error, info};

use super::board::{Board, EXPIRY_AGAIN_AFTER};
use super::done::{self, Done};
use super::elsewhere::Ledger;
use super::orders;
use super::schedule::Kept;
use crate::agent::news::News;
use crate::agent::{self, Host, Place, Protected};
use crate::domain::agent::order::{Order, State, Task};
use crate::domain::agent::schedule::{Deed, Doing, LATE_AFTER, Schedule};
use crate::domain::agent::watched::{Next, Watched};
use crate::domain::recovery::Listed;
use crate::recovery::Live;

/// What is due, on which database and in which repository of it.
struct Due {
    name: String,
    repository: String,
    deed: Deed,
    at: OffsetDateTime,
}

/// Works by the schedule, and does what is ordered.
pub(super) struct Worker<'a> {
    pub(super) place: &'a Place,
    pub(super) board: &'a Board,
    pub(super) ledger: &'a Ledger,
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

    /// This host's own comes first, then what it proves of others.
    async fn follow_schedule(&mut self, databases: &[Watched]) {
        let schedule = self.schedule.borrow().clone();
        let (Some(kept), Ok(Some(host))) = (schedule, self.place.host()) else { return };
        if let Some(due) = self.first_due(&kept.schedule, databases, &host) {
            return self.do_due(&host, &due).await;
        }
        if let Some(due) = self.ledger.due(self.place, &host, &kept.schedule)
            && self.unless_hurt(&due.name, self.ledger.prove(&due)).await.is_none()
        {
            info!(database = due.name, "an open incident touches it: its proof here was stopped");
        }
    }

    async fn do_due(&self, host: &Host, due: &Due) {
        let late = host.clock.now() - due.at;
        let late_s = (late >= LATE_AFTER).then(|| late.whole_seconds());
        let work = async {
            if let Ok(protected) = host.protected_in(&due.name, Some(&due.repository)) {
                let _ = self.perform(&protected, due.deed, late_s).await; // the board has it
            }
        };
        if due.deed != Deed::Proof {
            work.await;
        } else if self.unless_hurt(&due.name, work).await.is_none() {
            info!(database = due.name, "an open incident touches it: the proof was stopped");
            self.board.dropped(&due.name);
            self.done.notify_one();
        }
    }

    /// A proof ends, and leaves nothing behind, as soon as a real incident may touch its database; then none.
    async fn unless_hurt<T>(&self, name: &str, work: impl Future<Output = T>) -> Option<T> {
        let mut schedule = self.schedule.clone();
        let hurt = |kept: &Option<Kept>| kept.as_ref().is_some_and(|it| it.schedule.hurts(name));
        tokio::select! {
            done = work => Some(done),
            _ = schedule.wait_for(hurt) => None,
        }
    }

    /// What is asked for by a person is done though an incident is open.
    async fn obey(&self, order: Order) {
        let note = |state, words: String| {
            orders::note(&self.place.state, order.id, (state, words), None);
        };
        let (task, by) = (order.task.name(), &order.asked_by);
        info!(database = order.database, task, by, "begins as ordered");
        note(State::Running, String::new());
        match self.follow(&order).await {
            Ok(Done { words, holds: true, .. }) => note(State::Succeeded, words),
            Ok(Done { words, holds: false, .. }) | Err(words) => note(State::Failed, words),
        }
    }

    async fn follow(&self, order: &Order) -> Result<Done, String> {
        let host = self.place.host().map_err(|error| error.to_string())?;
        let mut host = host.ok_or("there is no agent.toml on this host")?;
        host.errand = Some(order.errand());
        let words = |error: agent::Error| error.to_string();
        let named = order.repository.as_deref();
        let all = match named {
            Some(_) => host.protected_in(&order.database, named).map(|one| vec![one]),
            None => host.protected_everywhere(&order.database),
        };
        let mut all = all.map_err(words)?;
        if let Some(one) = all.first() {
            is_meant(order, one).await?;
        }
        let Task::Routine(routine) = order.task else {
            return Err("it is no work of this kind".to_owned());
        };
        if routine.deed() == Some(Deed::Dump) && named.is_none() {
            all.retain(|one| !agent::dump::are_elsewhere(one));
        }
        match (routine.deed(), all.as_slice()) {
            (Some(deed), [one]) => self.perform(one, deed, None).await,
            (Some(deed), all) => Ok(self.in_each(all, deed).await),
            (None, [wanted]) if named.is_some() => {
                let done = done::lead(wanted).await;
                self.done.notify_one();
                done
            }
            (None, _) => Err("it names no repository".to_owned()),
        }
    }

    /// One that fails keeps none of the others from being done.
    async fn in_each(&self, all: &[Protected<'_>], deed: Deed) -> Done {
        let mut done = Done::of(String::new(), true);
        for protected in all {
            let one = self.perform(protected, deed, None).await;
            let (words, holds) = match one {
                Ok(Done { words, holds, .. }) => (words, holds),
                Err(words) => (words, false),
            };
            let comma = if done.words.is_empty() { "" } else { "; " };
            done.words += &format!("{comma}{}: {words}", protected.repository_name);
            done.holds &= holds;
        }
        done
    }

    /// What is due now, the longest due first; what is due later is noted.
    fn first_due(&self, schedule: &Schedule, databases: &[Watched], host: &Host) -> Option<Due> {
        let now = host.clock.now();
        let ready = databases.iter().filter(|one| one.running);
        let due = ready.flat_map(|one| {
            self.board.sees(one);
            let names = host.settings.repository.iter().map(|it| it.name.as_str());
            let due = names.flat_map(|name| self.due_in(name, schedule, one, (host, now)));
            let due: Vec<Due> = due.collect();
            let next = due.iter().min_by_key(|due| due.at);
            let next = next.map(|due| Next { deed: due.deed, at: due.at });
            self.board.comes_next(&one.name, next);
            due
        });
        let due = due.filter(|due| due.at <= now);
        due.min_by_key(|due| (due.at, due.deed))
    }

    fn due_in(
        &self,
        repository: &str,
        schedule: &Schedule,
        seen: &Watched,
        (host, now): (&Host, OffsetDateTime),
    ) -> Vec<Due> {
        let points = seen.points.iter().filter(|point| point.repository == repository);
        let points: Vec<Listed> = points.cloned().collect();
        let tried = |deed| self.board.tried(&seen.name, (deed, repository));
        let mut due = schedule.due(&seen.name, &points, tried, now);
        let hurt = schedule.hurts(&seen.name);
        if !hurt && !host.settings.limits.retention().going(&points, now).is_empty() {
            let again = tried(Deed::Expiry).map_or(now, |it| it.at + EXPIRY_AGAIN_AFTER);
            due.push((Deed::Expiry, again.max(now)));
        }
        due.extend(schedule.due_dump(
            &seen.name,
            seen.dumped_since(repository),
            tried(Deed::Dump),
            now,
        ));
        let (name, repository) = (&seen.name, repository.to_owned());
        let due = due.into_iter().map(|(deed, at)| Due {
            name: name.clone(),
            repository: repository.clone(),
            deed,
            at,
        });
        due.collect()
    }

    async fn perform(
        &self,
        protected: &Protected<'_>,
        deed: Deed,
        late_s: Option<i64>,
    ) -> Result<Done, String> {
        let (host, name, repository) =
            (protected.host, protected.name(), protected.repository_name);
        let (since, at) = (host.clock.now(), "beginning".to_owned());
        let named = (host.settings.repository.len() > 1).then(|| repository.to_owned());
        let doing = Doing { deed, repository: named, since, at, percent: None, copied: 0, late_s };
        self.board.begins(name, doing);
        info!(database = name, repository, deed = deed.name(), late_s, "begins");
        let tell = |news: News| self.board.goes_on(name, news);
        let outcome = done::carry_out(protected, deed, &tell).await;
        if let Err(error) = &outcome {
            error!(database = name, repository, deed = deed.name(), error, "it failed");
        }
        self.board.ended(protected, deed, host.clock.now(), outcome.as_ref());
        self.done.notify_one();
        outcome
    }
}

/// An order is for the cluster that its asker saw, not for another that took its place meanwhile. Where none answers, the
/// deed itself says so.
pub(super) async fn is_meant(order: &Order, protected: &Protected<'_>) -> Result<(), String> {
    let Some(meant) = &order.cluster else { return Ok(()) };
    match Live::look(&protected.options()).await {
        Ok(live) if live.system_identifier != *meant => Err(format!(
            "{} is another cluster now ({}) than when this was asked for ({meant}); look at it, then ask again",
            order.database, live.system_identifier
        )),
        _ => Ok(()),
    }
}
