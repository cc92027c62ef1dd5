//! What would be lost now: the age of the oldest commit that no unbroken chain in the repository
//! holds. Never red because nothing happened, never green over a gap.

use std::path::Path;

use time::OffsetDateTime;

use super::points::Overview;
use super::{Protected, Result};
use crate::domain::recovery::{Exposure, Segment, SegmentSize};
use crate::recovery::{self, first_commit, last_commit};

/// So many segments are looked through for a commit: idle ones hold none.
const BACK: u64 = 8;

/// Reckons it from the cluster's own log, else from the end of the chain.
pub(super) async fn of(protected: &Protected<'_>, overview: &Overview) -> Exposure {
    if !protected.is_here() {
        return Exposure::Unknown("the database does not run on this host".to_owned());
    }
    let Some(entry) = overview.furthest() else { return Exposure::Everything };
    let Some(end) = entry.chain.end(overview.size) else { return Exposure::Everything };
    let flushed = overview.live.as_ref().map(|live| live.flushed);
    let Ok(waldump) = protected.program("pg_waldump") else {
        return Exposure::Unknown("the server's pg_waldump is not installed".to_owned());
    };
    let log = protected.database.data_dir.join("pg_wal");
    match first_commit(&waldump, &log, overview.timeline, end, flushed).await {
        Ok(None) => Exposure::Nothing,
        Ok(Some(oldest)) => Exposure::Since { oldest, exact: true },
        // The cluster has let go of that part of its log; what was lost came after this.
        Err(_) => {
            Exposure::Since { oldest: entry.until.unwrap_or(entry.point.stopped), exact: false }
        }
    }
}

/// The time of the last commit until the end of a segment, from the repository's copies.
pub(super) async fn last_commit_until(
    protected: &Protected<'_>,
    last: Segment,
    size: SegmentSize,
    desk: &Path,
) -> Result<Option<OffsetDateTime>> {
    let waldump = protected.program("pg_waldump")?;
    for number in (last.number.saturating_sub(BACK)..=last.number).rev() {
        let segment = Segment { number, ..last };
        let Some(file) = recovery::fetch(&protected.engine, segment, size, desk).await? else {
            break;
        };
        let found = last_commit(&waldump, &file).await?;
        let _ = std::fs::remove_file(&file); // the desk is cleared anyway
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}
