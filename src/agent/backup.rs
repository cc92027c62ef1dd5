//! One backup of one database: refused where it would be worth nothing, noted with what it must hold.

use std::time::Duration;

use super::check::{self, archiving_settings};
use super::laid::Laid;
use super::news::{News, Tell};
use super::notes::{self, Counts, Server};
use super::{Error, Protected, Result, onward};
use crate::domain::finding::{Finding, Health};
use crate::domain::recovery::{Point, SegmentSize};
use crate::recovery::{self, Live, count_rows};

/// How long a segment may take from the cluster to the repository; longer than Postgres waits before
/// it tries again what failed while there was no repository yet.
const ARCHIVING: Duration = Duration::from_secs(90);

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// The recovery point.
    pub point: Point,
    /// What to look at nevertheless.
    pub findings: Vec<Finding>,
    /// Whether the repository's key was made by it.
    pub key_is_new: bool,
}

/// Makes a backup. The first one of a database is a full one whatever is asked.
///
/// # Errors
/// What stands in the way, and what the engine complains of.
pub async fn back_up(protected: &Protected<'_>, full: bool, tell: Tell<'_>) -> Result<Made> {
    let _held = protected.hold(&protected.folder().join("backup"))?;
    protected.engine.end_leftovers("backup");
    let (live, found) = check::before_backup(protected).await;
    refuse(found)?;
    let live = live.ok_or_else(|| Error::Refused(Vec::new()))?;
    let key_is_new = !protected.repository.has_key();
    protected.prepare().await?;
    let before = recovery::points(&protected.engine, &protected.repository, live.segment).await?;
    if !before.made {
        tell(News::Begun("making the database's place in the repository".to_owned()));
    }
    protected.engine.create_stanza().await?;
    let found = archiving_settings(protected, &live);
    let mut findings: Vec<_> =
        found.iter().filter(|it| it.health != Health::Bad).cloned().collect();
    refuse(found)?;
    // Before the first backup it can't be otherwise, and Postgres tries again by itself.
    if !before.points.is_empty()
        && let Some(failing) = check::archiving_fails(protected, &live)
    {
        return Err(Error::Refused(vec![failing]));
    }
    tell(News::Begun("counting rows".to_owned()));
    let counts = count(protected).await?;
    tell(News::Begun("copying".to_owned()));
    copy(protected, (full, live.segment), tell).await?;
    let point = newest(protected, &live, &before.points).await?;
    notes::keep_counts(protected, &point.label, &counts)?;
    findings.extend(lay(protected, &point.label, &counts).await);
    Ok(Made { point, findings, key_is_new })
}

fn refuse(found: Vec<Finding>) -> Result<()> {
    let bad: Vec<_> = found.into_iter().filter(|finding| finding.health == Health::Bad).collect();
    if bad.is_empty() { Ok(()) } else { Err(Error::Refused(bad)) }
}

/// The engine waits for a first segment to be archived before it copies anything: where none comes,
/// what the cluster says of it tells more.
async fn copy(
    protected: &Protected<'_>,
    (full, size): (bool, SegmentSize),
    tell: Tell<'_>,
) -> Result<()> {
    let show = |progress| tell(News::Copied(progress));
    let backup = protected.engine.back_up(full, ARCHIVING, show);
    let ended = if protected.leads() {
        backup.await
    } else {
        tokio::select! {
            ended = backup => ended,
            never = onward::go_on(protected, size) => match never {},
        }
    };
    let Err(error) = ended else { return Ok(()) };
    let live = Live::look(&protected.options()).await.ok();
    let failing = live.and_then(|live| check::archiving_fails(protected, &live));
    Err(failing.map_or(error.into(), |failing| Error::Refused(vec![failing])))
}

/// Before the backup begins, so that a restore is always past it.
async fn count(protected: &Protected<'_>) -> Result<Counts> {
    let live = Live::look(&protected.options()).await?;
    let databases = count_rows(&protected.options()).await?;
    let Live { version, system_identifier, segment, flushed, .. } = live;
    let server = Some(Server { version, system_identifier, segment: segment.bytes() });
    Ok(Counts { at: protected.host.clock.now(), lsn: flushed, databases, server })
}

/// The backup is good without it, on this host.
async fn lay(protected: &Protected<'_>, label: &str, counts: &Counts) -> Option<Finding> {
    let laid = async { Laid::of(protected)?.lay(label, counts).await };
    let error = laid.await.err()?;
    let words = format!("{label} has no note beside it: {error}");
    let mend = "no other host can prove it, and the next one gets its own; see to the repository";
    Some(Finding::warn(protected.named("note"), words, mend))
}

/// The point that was not there before: what the engine lists, not what it says when it ends.
async fn newest(protected: &Protected<'_>, live: &Live, before: &[Point]) -> Result<Point> {
    let after = recovery::points(&protected.engine, &protected.repository, live.segment).await?;
    let is_new = |point: &Point| before.iter().all(|old| old.label != point.label);
    after.points.into_iter().rfind(is_new).ok_or_else(|| {
        let said = "the engine ended well, and the repository lists no new backup".to_owned();
        recovery::Error::Engine { doing: "the backup", said }.into()
    })
}
