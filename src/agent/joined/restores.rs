//! What is ordered about copies beside a cluster: each begins at once, several at a time, and can be stopped.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::spawn_blocking;
use tracing::{error, info};

use super::board::Board;
use super::orders;
use super::work::is_meant;
use crate::agent::news::News;
use crate::agent::restore::{self, Made, State as Far, TableName};
use crate::agent::{self, Host, Place};
use crate::clock::Clock;
use crate::domain::agent::order::{Answer, Order, Restore, State, Task};
use crate::domain::counted::counted;
use crate::domain::id::OrderId;
use crate::domain::recovery::{Check, Difference, Suspects};

/// What was done, in words, and what was found.
type Done = Result<(String, Option<Answer>), String>;

/// Does it.
#[derive(Clone, Copy)]
pub(super) struct Restorer<'a> {
    pub(super) place: &'a Place,
    pub(super) board: &'a Board,
    /// Told when something was done, so that it is looked at.
    pub(super) done: &'a Notify,
}

impl Restorer<'_> {
    /// Works until it is dropped. What it is at then leaves nothing behind.
    pub(super) async fn work(self, mut asked: mpsc::Receiver<Order>) {
        let mut going = FuturesUnordered::new();
        let mut stops: BTreeMap<OrderId, oneshot::Sender<String>> = BTreeMap::new();
        loop {
            tokio::select! {
                order = asked.recv() => match order {
                    None => return,
                    Some(order) => match order.task {
                        Task::Restore(Restore::Stop { order: which }) => {
                            self.stop(&order, stops.remove(&which));
                        }
                        _ => {
                            let (stop, stopped) = oneshot::channel();
                            if order.task.can_be_stopped() {
                                stops.insert(order.id, stop);
                            }
                            going.push(self.obey(order, stopped));
                        }
                    }
                },
                Some(ended) = going.next(), if !going.is_empty() => drop(stops.remove(&ended)),
            }
        }
    }

    fn note(&self, id: OrderId, state: State, words: String, answer: Option<Answer>) {
        orders::note(&self.place.state, id, (state, words), answer.map(Answer::bounded));
        self.done.notify_one();
    }

    fn stop(&self, order: &Order, running: Option<oneshot::Sender<String>>) {
        match running.map(|stop| stop.send(order.asked_by.clone())) {
            Some(Ok(())) => self.note(order.id, State::Succeeded, "stopped".to_owned(), None),
            _ => {
                let words = "it had ended already, or can’t be stopped";
                self.note(order.id, State::Failed, words.to_owned(), None);
            }
        }
    }

    async fn obey(self, order: Order, stopped: oneshot::Receiver<String>) -> OrderId {
        let Task::Restore(what) = &order.task else { return order.id };
        let (name, by) = (&order.database, &order.asked_by);
        info!(database = name, task = order.task.name(), by, "begins as ordered");
        self.note(order.id, State::Running, String::new(), None);
        let since = Clock::of_host().now();
        self.board.gets_under_way(name, order.id, since);
        let (state, words, answer) = tokio::select! {
            biased; // what has ended is not stopped
            done = self.carry_out(&order, what) => match done {
                Ok((words, answer)) => (State::Succeeded, words, answer),
                Err(words) => (State::Failed, words, None),
            },
            Ok(by) = stopped => (State::Withdrawn, after_stop(what, &by), None),
        };
        if state == State::Failed {
            error!(database = name, task = order.task.name(), error = words, "it failed");
        }
        self.board.arrived(name, order.id);
        self.note(order.id, state, words, answer);
        order.id
    }

    async fn carry_out(&self, order: &Order, what: &Restore) -> Done {
        let host = self.place.host().map_err(|error| error.to_string())?;
        let mut host = host.ok_or("there is no agent.toml on this host")?;
        host.errand = Some(order.errand());
        let tell = |news: News| {
            self.board.gets_on(&order.database, order.id, news, host.clock.now());
        };
        let named = order.repository.as_deref();
        let words = |error: agent::Error| error.to_string();
        let protected = host.protected_in(&order.database, named).map_err(words)?;
        is_meant(order, &protected).await?;
        let of_copy = |copy| restore::of_copy(&host, &order.database, copy).map_err(words);
        match what {
            Restore::Find { table, within, since } => {
                let table = TableName::of(table.as_ref(), within.as_ref());
                let found = restore::suspects(&protected, table.as_ref(), *since, &tell).await;
                found.map(suspected).map_err(words)
            }
            Restore::Beside { wanted } => {
                restore::beside(&protected, wanted, &tell).await.map(made).map_err(words)
            }
            Restore::Later { copy, wanted } => {
                let moved = restore::later(&of_copy(*copy)?, *copy, Some(wanted), &tell).await;
                moved.map(made).map_err(words)
            }
            Restore::Open { copy } => {
                let opened = restore::later(&of_copy(*copy)?, *copy, None, &tell).await;
                opened.map(made).map_err(words)
            }
            Restore::Compare { copy } => {
                let copy = restore::find_copy(&protected, *copy).map_err(words)?;
                tell(News::Begun("count rows".to_owned()));
                let compared = restore::compare(&protected, &copy).await;
                compared.map(|(differ, all)| compared_to(differ, all)).map_err(words)
            }
            Restore::Remove { copy } => remove(&host, &order.database, *copy).await,
            Restore::Stop { .. } => Err("it is done elsewhere".to_owned()),
        }
    }
}

/// A large one takes a while, in which the agent goes on with everything else.
async fn remove(host: &Host, name: &str, copy: u32) -> Done {
    let (host, name) = (host.clone(), name.to_owned());
    let work = move || host.protected(&name).and_then(|it| restore::remove(&it, copy));
    match spawn_blocking(work).await {
        Ok(Ok(())) => Ok((format!("copy {copy} is removed"), None)),
        Ok(Err(error)) => Err(error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// What is left of one that was stopped.
fn after_stop(what: &Restore, by: &str) -> String {
    match what {
        Restore::Beside { .. } => format!("stopped, as {by} asked; nothing is left of it"),
        Restore::Later { copy, .. } | Restore::Open { copy } => {
            format!("stopped, as {by} asked; copy {copy} stays, and is to be started again")
        }
        _ => format!("stopped, as {by} asked"),
    }
}

fn made(made: Made) -> (String, Option<Answer>) {
    let words = made.copy.summary();
    (words + &judged(&made.checks), Some(Answer::Checks(made.checks)))
}

/// What the plan's checks say of it.
fn judged(checks: &[Check]) -> String {
    let asked = checks.iter().filter(|check| check.plan.is_some() && !check.skipped);
    let (all, bad) = (asked.clone().count(), asked.filter(|check| !check.good).count());
    match (all, bad) {
        (0, _) => String::new(),
        (all, 0) => format!("; {} of the plan, all as they should be", counted(all, "check")),
        (all, bad) => format!("; {bad} of {} of the plan failed", counted(all, "check")),
    }
}

fn suspected(found: Suspects) -> (String, Option<Answer>) {
    let words = format!("{} found", counted(found.found.len(), "transaction"));
    (words, Some(Answer::Suspects(found)))
}

fn compared_to(differ: Vec<Difference>, compared: usize) -> (String, Option<Answer>) {
    let words = format!("{} of {} differ", differ.len(), counted(compared, "table"));
    (words, Some(Answer::Differences { differ, compared, more: 0 }))
}

/// What became of an order while nobody was at it: the agent that was has ended.
pub(super) fn became(place: &Place, order: &Order) -> (State, String) {
    let unknown = |words: &str| (State::Unknown, words.to_owned());
    let again = "the agent ended while it was at it; ask again";
    match &order.task {
        Task::Routine(_) => {
            unknown("the agent ended while it was at it; the recovery points say what was made")
        }
        Task::Restore(Restore::Beside { .. }) => match place.host() {
            Ok(Some(host)) => made_or_swept(&host, order),
            _ => unknown(
                "the agent ended while it was at it; muster restore list says what is there",
            ),
        },
        Task::Restore(Restore::Later { copy, .. } | Restore::Open { copy }) => {
            unknown(&format!("the agent ended while it was at it; look at copy {copy}"))
        }
        Task::Restore(Restore::Remove { copy }) => unknown(&format!(
            "the agent ended while it was at it; look whether copy {copy} is gone"
        )),
        Task::Restore(_) => (State::Failed, again.to_owned()),
    }
}

/// A copy that came to its end stays; of any other nothing does.
fn made_or_swept(host: &Host, order: &Order) -> (State, String) {
    let outcome = host.protected(&order.database).and_then(|protected| {
        let made = |it: &restore::Copy| it.order == Some(order.id) && it.state == Far::Paused;
        let copy = restore::all(&protected)?.into_iter().find(made);
        restore::sweep(&protected)?;
        Ok(copy)
    });
    match outcome {
        Ok(Some(copy)) => {
            let words = format!("{}; the agent ended before it had looked at it", copy.summary());
            (State::Succeeded, words)
        }
        Ok(None) => {
            let words = "the agent ended while it restored; nothing is left of it; ask again";
            (State::Failed, words.to_owned())
        }
        Err(error) => (State::Unknown, format!("the agent ended while it restored: {error}")),
    }
}
