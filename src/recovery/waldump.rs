//! Commits and records in the write-ahead log, read by the server's own `pg_waldump`.

use std::path::Path;

use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use super::tool::Tool;
use super::{Error, Result};
use crate::domain::recovery::Lsn;

/// The time of the first commit from one position to another, or to the end, in a folder of segments;
/// none when nothing was committed there.
///
/// # Errors
/// When the folder does not hold the log from that position on.
pub async fn first_commit(
    waldump: &Path,
    folder: &Path,
    timeline: u32,
    from: Lsn,
    to: Option<Lsn>,
) -> Result<Option<OffsetDateTime>> {
    if to.is_some_and(|to| from >= to) {
        return Ok(None);
    }
    let mut first = None;
    let tool = Tool::new(waldump)
        .args(["--rmgr=Transaction".to_owned(), format!("--timeline={timeline}")])
        .arg(format!("--start={from}"))
        .args(to.map(|to| format!("--end={to}")))
        .arg("--path")
        .arg(folder);
    let answer = tool
        .follow(|line| {
            first = committed(line);
            first.is_none()
        })
        .await?;
    if first.is_some()
        || answer.ended_well
        || answer.errors.contains("could not find a valid record")
    {
        return Ok(first);
    }
    Err(Error::Engine { doing: "reading the cluster's log", said: answer.complaint() })
}

/// The time of the last commit in a segment, if there is one.
///
/// # Errors
/// When the segment can't be read.
pub async fn last_commit(waldump: &Path, segment: &Path) -> Result<Option<OffsetDateTime>> {
    let mut last = None;
    let tool = Tool::new(waldump).arg("--rmgr=Transaction").arg(segment);
    tool.follow(|line| {
        last = committed(line).or(last);
        true
    })
    .await?;
    Ok(last)
}

/// Where the last whole record of a segment begins; none where none is whole.
///
/// # Errors
/// When the segment can't be read.
pub async fn last_record(waldump: &Path, segment: &Path) -> Result<Option<Lsn>> {
    let mut last = None;
    let tool = Tool::new(waldump).arg(segment);
    tool.follow(|line| {
        last = position(line).or(last);
        true
    })
    .await?;
    Ok(last)
}

/// Reads `… lsn: 0/00D16380, prev …`.
pub(super) fn position(line: &str) -> Option<Lsn> {
    line.split_once(", lsn: ")?.1.split(',').next()?.trim().parse().ok()
}

/// Reads `… desc: COMMIT 2026-11-27 07:19:36.430912 UTC; …`.
pub(super) fn committed(line: &str) -> Option<OffsetDateTime> {
    let (_, said) = line.split_once("desc: COMMIT")?;
    let said = said.strip_prefix("_PREPARED").unwrap_or(said);
    // A prepared transaction's id stands before its time: `COMMIT_PREPARED 731: 2026-11-27 …`.
    let said = said.trim_start();
    let said =
        said.split_once(": ").filter(|(id, _)| id.parse::<u32>().is_ok()).map_or(said, |it| it.1);
    let text = said.get(.."2026-11-27 07:19:36.430912".len())?;
    let form =
        format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:6]");
    PrimitiveDateTime::parse(text, form).ok().map(PrimitiveDateTime::assume_utc)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn commits_and_positions_are_read_from_the_dump() {
        let line = "rmgr: Transaction len (rec/tot):     34/    34, tx:        726, lsn: 0/00D16380, \
                    prev 0/00D14338, desc: COMMIT 2026-11-27 07:19:36.430912 UTC; inval msgs: catcache 7";
        assert_eq!(position(line), Some(Lsn(0xD1_6380)));
        assert_eq!(committed(line), Some(datetime!(2026-11-27 07:19:36.430912 UTC)));

        let prepared = "…, desc: COMMIT_PREPARED 731: 2026-11-27 07:19:36.430912 UTC";
        assert_eq!(committed(prepared), Some(datetime!(2026-11-27 07:19:36.430912 UTC)));

        let aborted = "…, lsn: 0/01, prev 0/0, desc: ABORT 2026-11-27 07:19:36.430912 UTC";
        assert_eq!((committed(aborted), position(aborted)), (None, Some(Lsn(1))));
        assert_eq!(
            position("pg_waldump: error: could not find a valid record after 0/E00000"),
            None
        );
    }
}
