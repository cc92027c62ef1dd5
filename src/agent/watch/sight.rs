//! One database in one repository, as it was last seen.

use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::{Instant, timeout};
use tracing::warn;

use crate::agent::points::{self, Overview};
use crate::agent::{Protected, Result, check, dump};
use crate::domain::finding::{Finding, Health};
use crate::domain::recovery::{Dumps, Exposure, Listed};
use crate::recovery::Live;

/// So often the whole repository is looked through: a hole in it is found within that.
const WHOLE_EVERY: Duration = Duration::from_secs(60);
/// A look that takes longer counts as failed: the repository hangs.
const PATIENCE: Duration = Duration::from_secs(45);
/// One that takes longer is slow: it may soon count as failed, and a hole in it is found late.
const SLOW: Duration = Duration::from_secs(20);

/// What was seen, and when.
#[derive(Debug, Default)]
pub(super) struct Sight {
    overview: Option<Overview>,
    looked: Option<Instant>,
    /// What was found then; none where it could not be looked at.
    findings: Vec<Finding>,
    /// Its logical dumps, as they were last seen.
    dumps: Option<Dumps>,
    /// Why the last whole look failed, if it did.
    failed: Option<String>,
    /// How long it took: one that hangs is asked again only after as long a pause, and seen in glances meanwhile.
    took: Duration,
}

impl Sight {
    pub(super) fn look_whole_next(&mut self) {
        self.looked = None;
    }

    pub(super) async fn look(&mut self, protected: &Protected<'_>) {
        if self.is_time_for_all() || self.glance(protected).await {
            self.look_whole(protected).await;
        }
    }

    /// The cluster as it was then, which may have been down; none where nothing was seen.
    pub(super) fn live(&self) -> Option<Option<&Live>> {
        self.overview.as_ref().map(|overview| overview.live.as_ref())
    }

    pub(super) fn at(&self) -> Option<OffsetDateTime> {
        self.overview.as_ref().map(|overview| overview.at)
    }

    pub(super) fn points(&self) -> Vec<Listed> {
        self.overview.as_ref().map(Overview::listed).unwrap_or_default()
    }

    pub(super) fn exposure(&self) -> Exposure {
        let unknown = || Exposure::Unknown(self.failed.clone().unwrap_or_default());
        self.overview.as_ref().map_or_else(unknown, |overview| overview.exposure.clone())
    }

    pub(super) fn findings(&self, protected: &Protected<'_>) -> Vec<Finding> {
        let away = self.failed.iter().map(|why| away(protected, why));
        let slow = (self.failed.is_none() && self.took >= SLOW).then(|| slow(protected, self.took));
        self.findings.iter().cloned().chain(away).chain(slow).collect()
    }

    pub(super) fn dumps(&self) -> Option<Dumps> {
        self.dumps.clone()
    }

    async fn look_at_dumps(&mut self, protected: &Protected<'_>, overview: &Overview) {
        if dump::are_elsewhere(protected) {
            return self.dumps = None;
        }
        let dumps = dump::dumps(protected).await;
        let name = protected.repository_name;
        let dumps = dumps.unwrap_or_else(|why| Dumps::of(name, Vec::new(), Some(why.to_string())));
        let since = overview.points.first().map(|entry| entry.point.stopped);
        self.findings.extend(dump::findings(protected, &dumps, since));
        self.dumps = Some(dumps);
    }

    fn is_time_for_all(&self) -> bool {
        let pause = if self.failed.is_some() { self.took } else { WHOLE_EVERY };
        self.looked.is_none_or(|at| at.elapsed() >= pause)
    }

    /// Looks at the cluster alone: what was committed since. Says whether there is more to be seen: it
    /// archived, or could not any more, changed its timeline, began or ended.
    async fn glance(&mut self, protected: &Protected<'_>) -> bool {
        let Some(overview) = &mut self.overview else { return self.failed.is_none() };
        let live = live(protected).await;
        let archived = |live: &Option<Live>| {
            live.as_ref().map(|it| (it.archiver.last.clone(), it.archiver.is_failing()))
        };
        let moved = archived(&live) != archived(&overview.live);
        let turned = live.as_ref().is_some_and(|live| live.timeline != overview.timeline);
        let ended = live.is_some() != overview.live.is_some();
        overview.live = live;
        overview.refresh(protected).await;
        (moved || turned || ended) && self.failed.is_none()
    }

    /// Where that fails, what was known before stands, and exposure counts on from there.
    async fn look_whole(&mut self, protected: &Protected<'_>) {
        let hangs = || Err("the repository does not answer".to_owned());
        let began = Instant::now();
        let looked = timeout(PATIENCE, points::look(protected)).await;
        let looked = looked.map_or_else(|_| hangs(), |it: Result<_>| it.map_err(|e| e.to_string()));
        (self.looked, self.took) = (Some(Instant::now()), began.elapsed());
        match looked {
            Ok(overview) => {
                self.findings = findings(protected, &overview).await;
                self.look_at_dumps(protected, &overview).await;
                (self.overview, self.failed) = (Some(overview), None);
            }
            Err(why) => {
                if self.failed.as_ref() != Some(&why) {
                    let repository = protected.repository_name;
                    warn!(database = protected.name(), repository, why, "it can't be looked at");
                }
                self.failed = Some(why);
                self.glance(protected).await;
            }
        }
    }
}

/// The cluster as it runs now.
pub(super) async fn live(protected: &Protected<'_>) -> Option<Live> {
    let live = timeout(PATIENCE, Live::look(&protected.options())).await;
    live.ok().and_then(std::result::Result::ok)
}

/// What is not as it should be, with the way to mend it.
async fn findings(protected: &Protected<'_>, overview: &Overview) -> Vec<Finding> {
    let mut found = check::database(protected).await;
    found.retain(|finding| finding.health != Health::Ok);
    found.extend(overview.findings(protected));
    found
}

fn slow(protected: &Protected<'_>, took: Duration) -> Finding {
    let (took, most) = (took.as_secs(), PATIENCE.as_secs());
    let words = format!("a look through it took {took} s; one of {most} s counts as failed");
    let mend =
        "see what else is at work on its disk, share or line, and how many segments it keeps";
    Finding::warn(protected.named("repository"), words, mend)
}

fn away(protected: &Protected<'_>, why: &str) -> Finding {
    let look = "see whether its disk or share is there, has room, and belongs to this user";
    let mend = match protected.way_out() {
        _ if !protected.leads() => format!("{look}; what it lacks is copied once it is back"),
        None => format!("{look}; archiving goes on into pg_wal until then, which grows"),
        Some(way_out) => format!(
            "{look}; archiving goes on into pg_wal until then, which grows. If it stays away, archive to another \
             one: {way_out}, or the button beside it on the database's page"
        ),
    };
    Finding::bad(protected.named("repository"), format!("it can't be read: {why}"), mend)
}
