//! Proves databases of other hosts by the plan's schedule, whenever nothing of this host's own is due.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;
use tracing::{error, info};

use super::done::{prove_dump, proved};
use crate::agent::elsewhere::NotThere;
use crate::agent::points::{Proof, last_proof};
use crate::agent::prove::prove;
use crate::agent::{self, Host, Place, Protected, dump};
use crate::domain::agent::facts;
use crate::domain::agent::schedule::{Schedule, Tried};
use crate::domain::recovery::Evidence;
use crate::recovery::Restic;

/// What became of it, for whoever tells of it.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    lines: Mutex<BTreeMap<Work, Line>>,
    /// Whether anything became of it since that was last asked.
    news: AtomicBool,
}

/// A database of the kit in that folder, in one repository.
type Work = (String, String, String);

#[derive(Debug, Clone, Default)]
struct Line {
    /// The last one that was made here.
    last: Option<Proof>,
    tried: Option<Tried>,
    /// Why it could not be proved; evidence that does not hold says so itself.
    wrong: Option<String>,
}

/// What is to be proved next.
pub(super) struct Due {
    host: Host,
    pub(super) name: String,
    repository: String,
}

impl Ledger {
    fn lines<T>(&self, with: impl FnOnce(&mut BTreeMap<Work, Line>) -> T) -> T {
        with(&mut self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is known of it; the first time what was proved before it began.
    fn line(&self, host: &Host, (name, repository): (&str, &str)) -> Line {
        let work = work(host, name, repository);
        if let Some(line) = self.lines(|lines| lines.get(&work).cloned()) {
            return line;
        }
        let line = Line { last: last(host, (name, repository)), ..Line::default() };
        self.lines(|lines| lines.entry(work).or_insert(line).clone())
    }

    /// What is due now of all other hosts' databases, the longest due first.
    pub(super) fn due(&self, place: &Place, here: &Host, schedule: &Schedule) -> Option<Due> {
        let now = here.clock.now();
        let hosts = here.settings.elsewhere.iter().filter_map(|it| place.other(here, it).ok());
        let due = hosts.flat_map(|host| self.due_of(&host, schedule, now));
        due.filter(|(_, at)| *at <= now).min_by_key(|(_, at)| *at).map(|(due, _)| due)
    }

    fn due_of(
        &self,
        host: &Host,
        schedule: &Schedule,
        now: OffsetDateTime,
    ) -> Vec<(Due, OffsetDateTime)> {
        let due = host.shared().filter_map(|(name, repository)| {
            let Line { last, tried, .. } = self.line(host, (name, repository));
            let at = schedule.due_proof(name, last.map(|proof| proof.at), tried, now)?;
            let (name, repository) = (name.to_owned(), repository.to_owned());
            Some((Due { host: host.clone(), name, repository }, at))
        });
        due.collect()
    }

    /// Proves it.
    pub(super) async fn prove(&self, due: &Due) {
        let Due { host, name, repository } = due;
        let site = host.other.as_ref().map(|other| other.name.as_str());
        info!(database = name, repository, of = site, "begins a proof of another host's database");
        let wrong = match host.protected_in(name, Some(repository)) {
            Ok(protected) => prove_all(&protected).await.err(),
            Err(error) => Some(error.to_string()),
        };
        if let Some(error) = &wrong {
            error!(database = name, repository, of = site, error, "it failed");
        }
        let tried = Some(Tried { at: host.clock.now(), well: wrong.is_none() });
        let line = Line { last: last(host, (name, repository)), tried, wrong };
        self.lines(|lines| lines.insert(work(host, name, repository), line));
        self.news.store(true, Ordering::Relaxed);
    }

    /// Whether there is something to tell of that was not there when this was last asked.
    pub(super) fn has_news(&self) -> bool {
        self.news.swap(false, Ordering::Relaxed)
    }

    /// How it stands with all of them.
    pub(super) fn standing(&self, place: &Place, here: &Host) -> Vec<facts::Elsewhere> {
        let all = here.settings.elsewhere.iter();
        all.flat_map(|block| match place.other(here, block) {
            Ok(host) => self.standing_of(&host),
            Err(why) => vec![unusable(&block.kit, &why)],
        })
        .collect()
    }

    fn standing_of(&self, host: &Host) -> Vec<facts::Elsewhere> {
        let one = |(name, repository): (&str, &str)| {
            let Line { last, wrong, .. } = self.line(host, (name, repository));
            facts::Elsewhere {
                site: host.of(),
                of: host.other.as_ref().map(|other| other.name.clone()).unwrap_or_default(),
                kit: host.state.display().to_string(),
                database: name.to_owned(),
                repository: repository.to_owned(),
                proved_at: last.map(|proof| proof.at),
                holds: last.map(|proof| proof.held),
                wrong,
            }
        };
        host.shared().map(one).collect()
    }
}

/// The newest point, and after it the newest dump where that was never proved here.
async fn prove_all(protected: &Protected<'_>) -> Result<(), String> {
    let say = |found: &Evidence| {
        let (name, of) = (protected.name(), protected.host.other.as_ref());
        let of = of.map(|other| other.name.as_str());
        info!(database = name, of, words = proved(found).words, "done");
    };
    let words = |error: agent::Error| error.to_string();
    say(&prove(protected, &|_| ()).await.map_err(words)?.evidence);
    if Restic::reaches(protected.repository.place()).is_err() {
        return Ok(()); // no dump can lie there
    }
    let dumps = dump::dumps(protected).await.map_err(words)?;
    if let Some(why) = &dumps.unable {
        return Err(format!("its dumps can’t be read: {why}"));
    }
    if let Some(found) = prove_dump(protected, &dumps, &|_| ()).await.map_err(words)? {
        say(&found.evidence);
    }
    Ok(())
}

fn last(host: &Host, (name, repository): (&str, &str)) -> Option<Proof> {
    let protected = host.protected_in(name, Some(repository)).ok()?;
    last_proof(&protected).ok()?
}

fn unusable(kit: &Path, why: &NotThere) -> facts::Elsewhere {
    let (kit, wrong) = (kit.display().to_string(), Some(why.to_string()));
    facts::Elsewhere { kit, wrong, ..facts::Elsewhere::default() }
}

fn work(host: &Host, name: &str, repository: &str) -> Work {
    (host.state.display().to_string(), name.to_owned(), repository.to_owned())
}
