//! Keeps the other repositories as whole as the lead.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tracing::{info, warn};

use super::board::Board;
use crate::agent::onward::everywhere;
use crate::agent::points::at_rest;
use crate::agent::{Host, Place};
use crate::recovery::Live;

/// So often it is looked for what is missing though nothing more was archived.
const AGAIN_AFTER: Duration = Duration::from_secs(60);
/// What failed is tried again so soon.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// The last time that a database's log was copied onward.
struct Last {
    /// What was the last to be archived then.
    archived: Option<String>,
    at: Instant,
    well: bool,
}

impl Last {
    fn holds(&self, archived: Option<&String>) -> bool {
        let pause = if self.well { AGAIN_AFTER } else { RETRY_AFTER };
        self.archived.as_ref() == archived && self.at.elapsed() < pause
    }
}

/// Copies the log of each database onward whenever some of it was archived, until this is dropped.
pub(super) async fn copy(place: &Place, every: Duration, board: &Board, done: &Notify) {
    let mut last: BTreeMap<String, Last> = BTreeMap::new();
    let mut beat = interval(every);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        let Ok(Some(host)) = place.host() else { continue };
        if host.settings.repository.len() < 2 {
            continue;
        }
        let all = host.settings.database.iter().map(|database| {
            let before = last.remove(&database.name);
            async {
                Some((
                    database.name.clone(),
                    one((&host, &database.name), before, board, done).await?,
                ))
            }
        });
        last = join_all(all).await.into_iter().flatten().collect();
    }
}

async fn one(
    (host, name): (&Host, &str),
    last: Option<Last>,
    board: &Board,
    done: &Notify,
) -> Option<Last> {
    let protected = host.protected(name).ok()?;
    let live = Live::look(&protected.options()).await.ok();
    let archived = live.as_ref().and_then(|live| live.archiver.last.clone());
    if last.as_ref().is_some_and(|last| last.holds(archived.as_ref())) {
        return last;
    }
    let size = match &live {
        Some(live) => live.segment,
        None => at_rest(&protected).await.ok()?.0,
    };
    let copied = everywhere(host, name, size).await;
    match &copied {
        Ok(None) => return last, // a backup by hand is at it
        Ok(Some(0)) => {}
        Ok(Some(files)) => {
            info!(database = name, files, "the log was copied onward");
            done.notify_one();
        }
        Err(error) if last.is_none_or(|last| last.well) => {
            warn!(database = name, %error, "the log could not be copied onward");
        }
        Err(_) => {} // said when it began
    }
    let well = copied.is_ok();
    board.copied_onward(name, copied.err().map(|error| error.to_string()));
    Some(Last { archived, at: Instant::now(), well })
}
