//! Dumps that are old enough go, and with them what is left of those that were never finished. Nothing goes without
//! Muster's leave, where the host has joined one.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use super::{Store, hold, shelf};
use crate::agent::news::{News, Tell};
use crate::agent::{Protected, Result};
use crate::domain::recovery::Dump;
use crate::recovery::dump::MANIFEST;
use crate::recovery::restic::Snapshot;

/// The labels of what would go now.
///
/// # Errors
/// When the repository can't be read.
pub async fn going(protected: &Protected<'_>) -> Result<Vec<String>> {
    let store = Store::of(protected)?;
    let (listed, dumps) = shelf::all(&store).await?;
    Ok(old(protected, &listed, &dumps, store.now()))
}

/// Removes what may go, and says what that was.
///
/// # Errors
/// Held, where Muster says so or does not answer; and what restic complains of.
pub async fn expire(protected: &Protected<'_>, tell: Tell<'_>) -> Result<Vec<String>> {
    let _held = hold(protected)?;
    let store = Store::of(protected)?;
    let (listed, dumps) = shelf::all(&store).await?;
    let by_host = store.now();
    if old(protected, &listed, &dumps, by_host).is_empty() {
        return Ok(Vec::new());
    }
    let now = protected.leave_to_remove(by_host).await?;
    let going = old(protected, &listed, &dumps, now);
    if going.is_empty() {
        return Ok(going);
    }
    tell(News::Begun(format!("removing old dumps: {}", going.join(", "))));
    let of_those = listed.iter().filter(|it| going.contains(&it.dump));
    let snapshots: Vec<&str> = of_those.map(|it| it.id.as_str()).collect();
    store.restic.end_leftovers();
    store.restic.unlock().await?;
    store.restic.forget(&snapshots).await?;
    shelf::all(&store).await?;
    Ok(going)
}

fn old(
    protected: &Protected<'_>,
    listed: &[Snapshot],
    dumps: &[Dump],
    now: OffsetDateTime,
) -> Vec<String> {
    let mut going = protected.host.settings.limits.retention().dumps_going(dumps, now);
    going.extend(unfinished(listed));
    going
}

/// Those without a manifest: none is being made, for whoever asks holds that.
fn unfinished(listed: &[Snapshot]) -> BTreeSet<String> {
    let is_whole = |dump: &str| listed.iter().any(|it| it.dump == dump && it.file == MANIFEST);
    listed.iter().map(|it| it.dump.clone()).filter(|dump| !is_whole(dump)).collect()
}
