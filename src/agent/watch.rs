//! Watches the protected databases: a glance each few seconds, a whole look at the repository each
//! minute, or at once when something was archived.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, timeout};

use super::points::{self, Overview};
use super::{Host, Protected, Result, backlog, check};
use crate::domain::agent::watched::Watched;
use crate::domain::finding::{Finding, Health};
use crate::domain::recovery::Exposure;
use crate::domain::recovery::backlog::{Backlog, Growing};
use crate::recovery::Live;

/// So often the whole repository is looked through: a hole in it is found within that.
const WHOLE_EVERY: Duration = Duration::from_secs(60);
/// A look that takes longer counts as failed: the repository hangs.
const PATIENCE: Duration = Duration::from_secs(45);

/// What is known of each database.
#[derive(Debug, Default)]
pub struct Watch {
    kept: BTreeMap<String, Kept>,
}

/// One database as it was last seen whole.
#[derive(Debug, Default)]
struct Kept {
    overview: Option<Overview>,
    looked: Option<Instant>,
    /// What was found then; none where it could not be looked at.
    findings: Vec<Finding>,
    /// Why the last whole look failed, if it did.
    failed: Option<String>,
    /// What waits to be archived, and how that grows.
    backlog: Option<Backlog>,
    growing: Growing,
}

impl Watch {
    /// The next look is a whole one: something was done.
    pub fn look_whole_next(&mut self) {
        self.kept.values_mut().for_each(|kept| kept.looked = None);
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
    async fn look(&mut self, host: &Host, name: &str) -> Watched {
        let protected = match host.protected(name) {
            Ok(protected) => protected,
            Err(error) => return unseen(host, name, &error.to_string()),
        };
        if self.is_time_for_all() || self.glance(&protected).await {
            self.look_whole(&protected).await;
        }
        let live = match &self.overview {
            Some(overview) => overview.live.clone(),
            None => live(&protected).await,
        };
        self.backlog = backlog::look(&protected, live.as_ref(), &mut self.growing);
        self.watched(&protected)
    }

    /// Looks at the cluster alone: what was committed since. Says whether there is more to be seen: it
    /// archived, changed its timeline, began or ended.
    async fn glance(&mut self, protected: &Protected<'_>) -> bool {
        let Some(overview) = &mut self.overview else { return true };
        let live = live(protected).await;
        let archived = |live: &Option<Live>| live.as_ref().and_then(|it| it.archiver.last.clone());
        let moved = archived(&live) != archived(&overview.live);
        let turned = live.as_ref().is_some_and(|live| live.timeline != overview.timeline);
        let ended = live.is_some() != overview.live.is_some();
        overview.live = live;
        overview.refresh(protected).await;
        moved || turned || ended
    }

    fn is_time_for_all(&self) -> bool {
        self.failed.is_some() || self.looked.is_none_or(|at| at.elapsed() >= WHOLE_EVERY)
    }

    /// Where that fails, what was known before stands, and exposure counts on from there.
    async fn look_whole(&mut self, protected: &Protected<'_>) {
        let hangs = || Err("the repository does not answer".to_owned());
        let looked = timeout(PATIENCE, points::look(protected)).await;
        let looked = looked.map_or_else(|_| hangs(), |it: Result<_>| it.map_err(|e| e.to_string()));
        self.looked = Some(Instant::now());
        match looked {
            Ok(overview) => {
                self.findings = findings(protected, &overview).await;
                (self.overview, self.failed) = (Some(overview), None);
            }
            Err(why) => {
                if self.failed.as_ref() != Some(&why) {
                    tracing::warn!(database = protected.name(), why, "it can't be looked at");
                }
                self.failed = Some(why);
                self.glance(protected).await;
            }
        }
    }

    fn watched(&self, protected: &Protected<'_>) -> Watched {
        let mut findings = self.findings.clone();
        findings.extend(self.failed.iter().map(|why| away(protected, why)));
        findings.extend(self.backlog.and_then(|it| backlog::trouble(protected, &it)));
        let Some(overview) = &self.overview else {
            let (why, backlog) = (self.failed.clone().unwrap_or_default(), self.backlog);
            let unseen = unseen(protected.host, protected.name(), &why);
            return Watched { findings, backlog, ..unseen };
        };
        Watched {
            name: protected.name().to_owned(),
            repository: protected.repository_name.to_owned(),
            at: overview.at,
            running: overview.live.is_some(),
            exposure: overview.exposure.clone(),
            points: overview.points.iter().map(|entry| entry.listed(overview.size)).collect(),
            backlog: self.backlog,
            keeps: Some(protected.host.settings.limits.retention()),
            doing: None,
            next: None,
            findings,
        }
    }
}

async fn live(protected: &Protected<'_>) -> Option<Live> {
    let live = timeout(PATIENCE, Live::look(&protected.options())).await;
    live.ok().and_then(std::result::Result::ok)
}

/// What is not as it should be, with the way to mend it.
async fn findings(protected: &Protected<'_>, overview: &Overview) -> Vec<Finding> {
    let mut found = check::database(protected).await;
    found.retain(|finding| finding.health != Health::Ok);
    found.extend(overview.findings(protected.name()));
    found
}

fn away(protected: &Protected<'_>, why: &str) -> Finding {
    let mend = "see whether its disk or share is there, has room, and belongs to this user; archiving goes on \
                into pg_wal until then, which grows";
    Finding::bad(
        check::named(protected.name(), "repository"),
        format!("it can't be read: {why}"),
        mend,
    )
}

/// One that can't be looked at at all.
fn unseen(host: &Host, name: &str, why: &str) -> Watched {
    Watched {
        name: name.to_owned(),
        repository: host.repository().map(|(name, _)| name.to_owned()).unwrap_or_default(),
        at: host.clock.now(),
        running: false,
        exposure: Exposure::Unknown(why.to_owned()),
        points: Vec::new(),
        backlog: None,
        keeps: None,
        doing: None,
        next: None,
        findings: Vec::new(),
    }
}
