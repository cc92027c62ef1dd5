//! People who write: each presses one thing after another, and presses the same again until it
//! is answered with success.

use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use muster::clock::Clock;
use muster::domain::id::{EntryId, IncidentId};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::ledger::{Deed, Ledger};
use crate::machine::Machine;
use crate::random::Random;
use crate::support::browser::{Answer, Browser};
use crate::support::smtp::{Mail, Sink};

/// One declares at most ten incidents in an hour.
const DECLARES: usize = 9;
/// After that nobody waits for an answer any more.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two presses of one person.
const PAUSE: Duration = Duration::from_millis(20);

/// Everybody who writes.
pub(super) struct Clients {
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Clients {
    /// Signs everybody in, and has them begin.
    pub(super) async fn start(
        machine: &Machine,
        sink: &Arc<Sink>,
        ledger: &Arc<Ledger>,
        random: &mut Random,
    ) -> Clients {
        let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
        for email in machine.accounts() {
            let client = Client {
                browser: machine.signed_in(email).await,
                sink: Arc::clone(sink),
                ledger: Arc::clone(ledger),
                random: random.branch(),
                declares: DECLARES,
                clock: Clock::of_host(),
            };
            tasks.spawn(client.work(stop.clone()));
        }
        Clients { stop, tasks }
    }

    /// Lets everybody finish the press they are at.
    pub(super) async fn finish(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
    }

    /// Ends everybody where they are.
    pub(super) fn abandon(&mut self) {
        self.tasks.abort_all();
    }
}

struct Client {
    browser: Browser,
    sink: Arc<Sink>,
    ledger: Arc<Ledger>,
    random: Random,
    declares: usize,
    clock: Clock,
}

impl Client {
    async fn work(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let deed = self.next();
            while !self.press(&deed).await {
                sleep(PAUSE).await;
            }
            self.ledger.note(deed);
            sleep(PAUSE).await;
        }
    }

    /// What chance has this one do, of what can be done.
    fn next(&mut self) -> Deed {
        let (kind, chosen) = (self.random.below(20), self.random.below(1_000_000));
        let now = self.clock.now();
        let Some(incident) = self.ledger.incident(chosen) else { return self.declare() };
        match kind {
            0 if self.declares > 0 => self.declare(),
            1..=4 => self.answer().unwrap_or(Deed::Note { incident, id: EntryId::new(now).0 }),
            5..=8 => match self.ledger.step(chosen) {
                None => Deed::Note { incident, id: EntryId::new(now).0 },
                Some((incident, runbook, step)) => {
                    Deed::Tick { incident, id: EntryId::new(now).0, runbook, step }
                }
            },
            _ => Deed::Note { incident, id: EntryId::new(now).0 },
        }
    }

    fn declare(&mut self) -> Deed {
        self.declares = self.declares.saturating_sub(1);
        let incident = IncidentId::new(self.clock.now()).0;
        Deed::Declare { incident, level: 1 + self.random.below(2) }
    }

    /// The oldest mail that nobody answers yet.
    fn answer(&self) -> Option<Deed> {
        let mails = self.sink.mails();
        let mut links = mails.iter().filter_map(|mail| Some((delivery(mail)?, link(mail)?)));
        let (delivery, link) = links.find(|(delivery, _)| self.ledger.takes(*delivery))?;
        Some(Deed::Answer { delivery, link })
    }

    /// Whether it was answered with success.
    async fn press(&self, deed: &Deed) -> bool {
        let (path, fields) = form(deed);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        match timeout(PATIENCE, self.browser.try_post(&path, &fields)).await {
            Ok(Ok(answer)) => is_success(deed, &answer),
            Ok(Err(_)) | Err(_) => false,
        }
    }
}

/// Anything that no death explains ends the soak at once.
fn is_success(deed: &Deed, answer: &Answer) -> bool {
    match answer.status {
        StatusCode::SEE_OTHER => {
            assert!(
                !answer.location.contains("sign-in"),
                "{deed:?} was led to {}",
                answer.location
            );
            true
        }
        status if status.is_server_error() => false,
        status => panic!("{deed:?} was answered {status}: {}", answer.body),
    }
}

fn form(deed: &Deed) -> (String, Vec<(&'static str, String)>) {
    match deed {
        Deed::Declare { incident, level } => (
            "/incidents".to_owned(),
            vec![
                ("id", incident.to_string()),
                ("kind", "real".to_owned()),
                ("level", level.to_string()),
            ],
        ),
        Deed::Note { incident, id } => (
            format!("/incidents/{incident}/entries"),
            vec![
                ("id", id.to_string()),
                ("kind", "note".to_owned()),
                ("text", format!("soak {id}")),
            ],
        ),
        Deed::Tick { incident, id, runbook, step } => (
            format!("/incidents/{incident}/runbooks/{runbook}"),
            vec![
                ("id", id.to_string()),
                ("press", "done".to_owned()),
                ("number", step.to_string()),
            ],
        ),
        Deed::Answer { link, .. } => (link.clone(), vec![("answer", "have".to_owned())]),
    }
}

/// The delivery that a mail is of.
pub(super) fn delivery(mail: &Mail) -> Option<Uuid> {
    let id = mail.header("Message-ID")?.trim_matches(['<', '>']);
    id.split_once('@')?.0.parse().ok()
}

fn link(mail: &Mail) -> Option<String> {
    let (_, token) = mail.link("/answer/")?.split_once("/answer/")?;
    Some(format!("/answer/{token}"))
}
