//! Copies the log onward, from each repository of a database to each other one that lacks some of it: from the lead
//! as it goes, and back to one that was away.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::sleep;

use super::desk::Desk;
use super::{Error, Host, Protected, Result};
use crate::domain::recovery::SegmentSize;
use crate::recovery::{self, Log};

/// While a backup waits for its log it is looked so often whether there is some.
const BEAT: Duration = Duration::from_secs(1);

/// Copies to each repository of a database what it lacks and another one has. Returns how many files that
/// were, none where another process is at it; the first fault is said when all was tried.
///
/// # Errors
/// When one can't be read or written.
pub async fn everywhere(host: &Host, name: &str, size: SegmentSize) -> Result<Option<usize>> {
    let all = host.protected_everywhere(name)?;
    let Some(first) = all.first() else { return Ok(None) };
    let _alone = match first.hold(&first.folder().join("onward")) {
        Err(Error::Busy { .. }) => return Ok(None),
        held => held?,
    };
    let (mut logs, mut copied, mut fault) = (Vec::new(), 0, None);
    for protected in &all {
        match log(protected, size).await {
            Ok(found) => logs.extend(found.map(|log| (protected, log))),
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    for (to, has) in &logs {
        for (from, log) in logs.iter().filter(|(it, _)| it.repository_name != to.repository_name) {
            match copy((from, to), &log.beyond(has, size)).await {
                Ok(files) => copied += files,
                Err(error) => fault = fault.or(Some(error)),
            }
        }
    }
    fault.map_or(Ok(Some(copied)), Err)
}

/// Copies until this is dropped, for a backup into `to` that waits for its log; what fails is tried again.
pub(super) async fn go_on(to: &Protected<'_>, size: SegmentSize) -> Infallible {
    loop {
        let _ = everywhere(to.host, to.name(), size).await; // the backup says what it waited for in vain
        sleep(BEAT).await;
    }
}

async fn copy((from, to): (&Protected<'_>, &Protected<'_>), names: &[String]) -> Result<usize> {
    if names.is_empty() {
        return Ok(0);
    }
    let desk = Desk::of(to).map_err(recovery::Error::io("write", &to.folder()))?;
    for name in names {
        recovery::copy_onward(&from.engine, &to.engine, name, desk.path()).await?;
    }
    Ok(names.len())
}

/// None where the repository has no place for the database yet.
async fn log(protected: &Protected<'_>, size: SegmentSize) -> Result<Option<Log>> {
    if !protected.repository.has_key() {
        return Ok(None);
    }
    protected.prepare().await?;
    let shelf = recovery::points(&protected.engine, &protected.repository, size).await?;
    let Some(id) = shelf.archive else { return Ok(None) };
    Ok(Some(recovery::log(&protected.engine, &id, size).await?))
}
