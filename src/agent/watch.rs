//! Watches the protected databases: a glance each few seconds, a whole look at the repository each
//! minute, or at once when something was archived.

mod sight;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;
use tracing::warn;

use self::sight::{Sight, live};
use super::{Host, Protected, backlog, restore};
use crate::agent;
use crate::domain::agent::watched::{Shelf, Watched};
use crate::domain::finding::Finding;
use crate::domain::recovery::backlog::{Backlog, Growing};
use crate::domain::recovery::{Attached, Exposure, Listed};
use crate::recovery::attached;

/// So often it is looked for what hangs on a database.
const ATTACHED_EVERY: Duration = Duration::from_secs(60);

/// What is known of each database.
#[derive(Debug, Default)]
pub struct Watch {
    kept: BTreeMap<String, Kept>,
}

/// One database as it was last seen.
#[derive(Debug, Default)]
struct Kept {
    /// In each of its repositories.
    sights: BTreeMap<String, Sight>,
    /// What waits to be archived, and how that grows.
    backlog: Option<Backlog>,
    growing: Growing,
    attached: Hanging,
}

/// What hangs on it, as it was last seen.
#[derive(Debug, Default)]
struct Hanging {
    seen: Option<Attached>,
    looked: Option<Instant>,
}

impl Hanging {
    /// Looked for again once a minute; while the cluster is down what was seen last stands.
    async fn look(&mut self, protected: &Protected<'_>, runs: bool) -> Option<Attached> {
        if runs && self.looked.is_none_or(|at| at.elapsed() >= ATTACHED_EVERY) {
            self.looked = Some(Instant::now());
            match attached(&protected.options(), &protected.database.data_dir).await {
                Ok(seen) => self.seen = Some(seen),
                Err(error) => {
                    warn!(database = protected.name(), %error, "what hangs on it is not known")
                }
            }
        }
        self.seen.clone()
    }
}

impl Watch {
    /// The next look is a whole one: something was done.
    pub fn look_whole_next(&mut self) {
        let sights = self.kept.values_mut().flat_map(|kept| kept.sights.values_mut());
        sights.for_each(Sight::look_whole_next);
    }

    /// Looks at each database that the host protects, at all of them at once.
    pub async fn look(&mut self, host: &Host) -> Vec<Watched> {
        let mut kept = std::mem::take(&mut self.kept);
        let named = host.settings.database.iter();
        let looks = named.map(|one| (one.name.clone(), kept.remove(&one.name).unwrap_or_default()));
        let looks = looks.map(|(name, mut kept)| async move {
            let watched = kept.look(host, &name).await;
            ((name, kept), watched)
        });
        let seen = join_all(looks).await;
        let (kept, watched): (Vec<_>, Vec<_>) = seen.into_iter().unzip();
        self.kept = kept.into_iter().collect();
        watched
    }
}

impl Kept {
    /// All repositories at once: one that hangs keeps none of the others from being seen.
    async fn look(&mut self, host: &Host, name: &str) -> Watched {
        let everywhere = match host.protected_everywhere(name) {
            Ok(everywhere) => everywhere,
            Err(error) => return unseen(host, name, &error.to_string()),
        };
        let mut known = std::mem::take(&mut self.sights);
        let looks = everywhere.iter().map(|protected| {
            let mut sight = known.remove(protected.repository_name).unwrap_or_default();
            async move {
                sight.look(protected).await;
                (protected, sight)
            }
        });
        let seen = join_all(looks).await;
        let watched = self.watched(&seen).await;
        let kept = seen.into_iter().map(|(it, sight)| (it.repository_name.to_owned(), sight));
        self.sights = kept.collect();
        watched.unwrap_or_else(|| unseen(host, name, "it has no repository"))
    }

    /// What was seen in all of them, the lead first.
    async fn watched(&mut self, seen: &[(&Protected<'_>, Sight)]) -> Option<Watched> {
        let (lead, first) = seen.first()?;
        let live = match first.live() {
            Some(live) => live.cloned(),
            None => live(lead).await,
        };
        let live_now = live.is_some();
        self.backlog = backlog::look(lead, live.as_ref(), &mut self.growing);
        let mut points: Vec<Listed> = seen.iter().flat_map(|(_, sight)| sight.points()).collect();
        points.sort_by_key(|point| point.stopped);
        let shelf = |(protected, sight): &(&Protected<'_>, Sight)| Shelf {
            repository: protected.repository_name.to_owned(),
            exposure: sight.exposure(),
        };
        let repositories: Vec<Shelf> = seen.iter().map(shelf).collect();
        let exposures = repositories.iter().map(|shelf| shelf.exposure.clone());
        let findings = seen.iter().flat_map(|(protected, sight)| sight.findings(protected));
        let fills = self.backlog.and_then(|it| backlog::trouble(lead, &it));
        let (copies, unread) = match restore::seen(lead).await {
            Ok(copies) => (copies, None),
            Err(error) => (Vec::new(), Some(unread(lead, &error))),
        };
        Some(Watched {
            exposure: exposures.reduce(Exposure::least)?,
            repository: lead.repository_name.to_owned(),
            repositories,
            at: seen
                .iter()
                .filter_map(|(_, sight)| sight.at())
                .max()
                .unwrap_or(lead.host.clock.now()),
            running: live_now,
            cluster: live.map(|live| live.system_identifier),
            points,
            backlog: self.backlog,
            dumps: seen.iter().filter_map(|(_, sight)| sight.dumps()).collect(),
            keeps: Some(lead.host.settings.limits.retention()),
            findings: findings.chain(fills).chain(unread).collect(),
            attached: self.attached.look(lead, live_now).await,
            copies: Some(copies),
            ..unseen(lead.host, lead.name(), "")
        })
    }
}

/// Copies that nobody can be shown.
fn unread(protected: &Protected<'_>, error: &agent::Error) -> Finding {
    let folder = protected.copies_folder();
    let mend =
        format!("look into {}: whatever is of no use may be removed there", folder.display());
    Finding::bad(protected.named("copies beside it"), error.to_string(), mend)
}

/// One that can't be looked at at all.
fn unseen(host: &Host, name: &str, why: &str) -> Watched {
    Watched {
        name: name.to_owned(),
        repository: host.settings.repository.first().map(|it| it.name.clone()).unwrap_or_default(),
        repositories: Vec::new(),
        at: host.clock.now(),
        running: false,
        cluster: None,
        exposure: Exposure::Unknown(why.to_owned()),
        points: Vec::new(),
        backlog: None,
        keeps: None,
        dumps: Vec::new(),
        doing: None,
        next: None,
        findings: Vec::new(),
        copies: Some(Vec::new()),
        attached: None,
        underway: Vec::new(),
    }
}
