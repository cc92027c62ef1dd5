//! Finds in the log what a person asks for: from which recovery point it is reached, which record is the last, and which
//! commits lie behind that one.

use time::{Duration, OffsetDateTime};

use super::super::news::Tell;
use super::super::points::{Entry, Overview};
use super::super::{Error, Protected, Result};
use super::Refusal;
use super::log::Log;
use crate::domain::recovery::target::said;
use crate::domain::recovery::{Beyond, Lsn, Wanted, Xid};
use crate::recovery::Commit;

/// Where it is.
pub(super) struct Located<'a> {
    /// The point that it is reached from.
    pub(super) entry: &'a Entry,
    /// Its last record.
    pub(super) until: Lsn,
    /// When the last commit was up to there; none where there is none since the point ended.
    pub(super) last_commit: Option<OffsetDateTime>,
    /// What lies behind.
    pub(super) beyond: Beyond,
    /// By so much the last commit comes before the moment that was asked for, where the log ends: nobody knows whether
    /// there was another one.
    pub(super) short: Option<Duration>,
}

/// What divides the commits that are kept from the others.
#[derive(Clone, Copy)]
enum Cut {
    Nowhere,
    After(OffsetDateTime),
    From(Xid),
    Behind(Lsn),
}

impl Cut {
    fn keeps(self, commit: &Commit) -> bool {
        match self {
            Cut::Nowhere => true,
            Cut::After(at) => commit.at <= at,
            Cut::From(xid) => !commit.is(xid),
            Cut::Behind(lsn) => commit.lsn <= lsn,
        }
    }
}

/// Looks for it from the recovery points on that open, along the timeline that the cluster is on; of a copy that is there
/// already from its own.
///
/// # Errors
/// [`Refusal`], and when the log can't be read.
pub(super) async fn locate<'a>(
    protected: &Protected<'_>,
    overview: &'a Overview,
    wanted: &Wanted,
    of_copy: Option<&'a Entry>,
    tell: Tell<'_>,
) -> Result<Located<'a>> {
    let all: Vec<&Entry> = match of_copy {
        Some(entry) => vec![entry],
        None => overview.on_this_timeline().collect(),
    };
    let search = Search { protected, overview, entries: &all, wanted, tell };
    let (entry, cut) = search.begin().await?;
    let log = Log::of(protected, overview, entry)?.telling(tell);
    let from = entry.point.stop;
    let mut located = divide(&log, entry, cut).await?;
    if let Cut::After(at) = cut
        && overview.live.is_some()
        && at <= overview.at
    {
        located.short = None; // it was asked just now, and has committed nothing more
    }
    if let Cut::Behind(lsn) = cut {
        let end = log.end(from).await?;
        if end < lsn {
            let (name, wanted) = (protected.name().to_owned(), wanted.to_string());
            return Err(Refusal::TooLate { name, wanted, end: end.to_string() }.into());
        }
    }
    Ok(located)
}

/// Where the log is to be looked through.
struct Search<'a, 'b> {
    protected: &'b Protected<'b>,
    overview: &'a Overview,
    entries: &'b [&'a Entry],
    wanted: &'b Wanted,
    tell: Tell<'b>,
}

impl<'a> Search<'a, '_> {
    /// The newest point before it, and what divides the commits behind that.
    async fn begin(&self) -> Result<(&'a Entry, Cut)> {
        let newest = |before: &dyn Fn(&Entry) -> bool| {
            let found = self.entries.iter().rfind(|it| before(it)).copied();
            found.ok_or_else(|| self.too_early())
        };
        match self.wanted {
            Wanted::Latest => Ok((newest(&|_| true)?, Cut::Nowhere)),
            Wanted::Time(at) => Ok((newest(&|it| it.point.stopped <= *at)?, Cut::After(*at))),
            Wanted::Lsn(lsn) => Ok((newest(&|it| it.point.stop <= *lsn)?, Cut::Behind(*lsn))),
            Wanted::Before(xid) => {
                let (entry, _) = self.newest_with(Mark::Commit(*xid)).await?;
                Ok((entry, Cut::From(*xid)))
            }
            Wanted::Named(name) => {
                let (entry, at) = self.newest_with(Mark::Point(name)).await?;
                Ok((entry, Cut::Behind(at)))
            }
        }
    }

    /// The newest point between which and the next one a mark is.
    async fn newest_with(&self, mark: Mark<'_>) -> Result<(&'a Entry, Lsn)> {
        let mut next = None;
        for entry in self.entries.iter().rev() {
            let log = Log::of(self.protected, self.overview, entry)?.telling(self.tell);
            if let Some(at) = mark.within(&log, (entry.point.stop, next)).await? {
                return Ok((entry, at));
            }
            next = Some(entry.point.stop);
        }
        Err(self.not_there())
    }

    fn oldest(&self) -> Option<String> {
        self.entries.first().map(|it| said(it.point.stopped))
    }

    fn too_early(&self) -> Error {
        let name = self.protected.name().to_owned();
        match self.oldest() {
            None => Error::NoPoint(name),
            Some(oldest) => {
                Refusal::TooEarly { name, wanted: self.wanted.to_string(), oldest }.into()
            }
        }
    }

    fn not_there(&self) -> Error {
        let name = self.protected.name().to_owned();
        match self.oldest() {
            None => Error::NoPoint(name),
            Some(oldest) => Refusal::NotThere { wanted: self.wanted.to_string(), oldest }.into(),
        }
    }
}

/// What stands in the log at one place.
#[derive(Clone, Copy)]
enum Mark<'a> {
    Commit(Xid),
    Point(&'a str),
}

impl Mark<'_> {
    /// Where it is between two positions, or to the end.
    async fn within(self, log: &Log<'_>, span: (Lsn, Option<Lsn>)) -> Result<Option<Lsn>> {
        match self {
            Mark::Commit(xid) => commit_of(log, span, xid).await,
            Mark::Point(name) => named(log, span, name).await,
        }
    }
}

async fn commit_of(log: &Log<'_>, (from, to): (Lsn, Option<Lsn>), xid: Xid) -> Result<Option<Lsn>> {
    let mut found = None;
    log.commits(from, |commit| {
        let goes_on = to.is_none_or(|to| commit.lsn < to);
        if goes_on && commit.is(xid) {
            found = Some(commit.lsn);
        }
        goes_on && found.is_none()
    })
    .await?;
    Ok(found)
}

async fn named(log: &Log<'_>, (from, to): (Lsn, Option<Lsn>), name: &str) -> Result<Option<Lsn>> {
    let mut at = from;
    while to.is_none_or(|to| at < to) {
        let Some(stretch) = log.stretch(at).await? else { break };
        if let Some(lsn) = stretch.restore_point(name).await? {
            return Ok(Some(lsn).filter(|lsn| to.is_none_or(|to| *lsn < to)));
        }
        at = log.after(stretch.number);
    }
    Ok(None)
}

/// The commits behind a point: those that are kept come before the first that is not. The copy stops behind the last of
/// them, not before the first of the others: what that one locked would be locked in the copy.
async fn divide<'a>(log: &Log<'_>, entry: &'a Entry, cut: Cut) -> Result<Located<'a>> {
    let from = entry.point.stop;
    let (mut last, mut beyond) = (None, Beyond::default());
    log.commits(from, |commit| {
        if beyond.commits == 0 && cut.keeps(&commit) {
            last = Some((commit.lsn, commit.at));
        } else {
            beyond.count(commit.lsn, commit.at);
        }
        true
    })
    .await?;
    let last_commit = last.map(|(_, at)| at);
    let until = match cut {
        Cut::Behind(lsn) => lsn,
        _ if beyond.commits == 0 => log.end(from).await?,
        _ => last.map_or(from, |(lsn, _)| lsn),
    };
    let short = match cut {
        Cut::After(at) if beyond.commits == 0 => {
            Some(at - last_commit.unwrap_or(entry.point.stopped))
        }
        _ => None,
    };
    let until = until.max(from); // a point opens where it ended, not before
    Ok(Located { entry, until, last_commit, beyond, short })
}
