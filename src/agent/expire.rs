//! Expiry: backups that are old enough go, one full one after the other with all that builds on it, after a
//! dry run whose range touches nothing that a kept one needs.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use super::laid::Laid;
use super::news::{News, Tell};
use super::points::{self, Overview};
use super::{Protected, Result, check, notes};
use crate::domain::finding::Finding;
use crate::domain::recovery::{Going, Kind, Point, Segment, needed_between};
use crate::recovery::Removal;

/// What an expiry did, or would do.
#[derive(Debug, Clone, Default)]
pub struct Expired {
    /// Full backups that are gone, each with those that built on it.
    pub gone: Vec<Going>,
    /// Why others of their age are not.
    pub kept: Vec<Finding>,
}

/// What would go now.
///
/// # Errors
/// When the repository can't be read.
pub async fn going(protected: &Protected<'_>) -> Result<Vec<Going>> {
    let overview = points::look(protected).await?;
    Ok(old(protected, &overview, protected.host.clock.now()))
}

/// Removes what may go. Where an agent has joined, Muster is asked before each full backup goes; what is old
/// is reckoned by its clock or the host's, whichever is behind.
///
/// # Errors
/// Held, where Muster says so or does not answer; and what the engine complains of.
/// What was removed before that is gone.
pub async fn expire(protected: &Protected<'_>, tell: Tell<'_>) -> Result<Expired> {
    let _held = protected.hold(&protected.folder().join("backup"))?;
    protected.engine.end_leftovers("expire");
    let mut done = Expired::default();
    loop {
        let overview = points::look(protected).await?;
        let by_host = protected.host.clock.now();
        if old(protected, &overview, by_host).is_empty() {
            return Ok(done);
        }
        let now = protected.leave_to_remove(by_host).await?;
        let going = old(protected, &overview, now);
        let (next, kept) = first_free(protected, &overview, going).await?;
        done.kept = kept;
        let Some((going, removal)) = next else { return Ok(done) };
        tell(News::Begun(format!("removing {}", going.label)));
        remove(protected, &overview, &going, &removal).await?;
        done.gone.push(going);
    }
}

fn old(protected: &Protected<'_>, overview: &Overview, now: OffsetDateTime) -> Vec<Going> {
    let limits = &protected.host.settings.limits;
    limits.retention().going(&overview.listed(), now)
}

/// The first whose removal touches nothing that a kept one needs. With several timelines that need not be
/// the oldest: once an abandoned one is gone, others may follow.
async fn first_free(
    protected: &Protected<'_>,
    overview: &Overview,
    going: Vec<Going>,
) -> Result<(Option<(Going, Removal)>, Vec<Finding>)> {
    let mut kept = Vec::new();
    for one in going {
        let removal = protected.engine.would_expire(&one.label, left(overview)).await?;
        match objection(overview, &one, &removal) {
            None => return Ok((Some((one, removal)), kept)),
            Some(why) => kept.push(untouched(protected, &one, &why)),
        }
    }
    Ok((None, kept))
}

/// Full backups that are left when one of them is gone.
fn left(overview: &Overview) -> usize {
    let fulls = overview.points.iter().filter(|it| it.point.kind == Kind::Full).count();
    fulls.saturating_sub(1)
}

/// Why a removal is not what was asked for, and nothing else.
fn objection(overview: &Overview, going: &Going, removal: &Removal) -> Option<String> {
    let wanted: BTreeSet<&str> =
        going.dependents.iter().chain([&going.label]).map(String::as_str).collect();
    let named: BTreeSet<&str> = removal.labels.iter().map(String::as_str).collect();
    if named != wanted {
        let named: Vec<&str> = named.into_iter().collect();
        return Some(format!("the engine would remove other backups: {}", named.join(", ")));
    }
    let points = overview.points.iter().map(|it| &it.point);
    let kept: Vec<&Point> = points.filter(|it| !wanted.contains(it.label.as_str())).collect();
    removal.log.iter().find_map(|(archive, first, last)| {
        if overview.archive_id.as_deref() != Some(archive) {
            return Some(format!("the engine would remove log of another cluster, {archive}"));
        }
        let read = |name: &String| Segment::within(name, overview.size);
        let (Some((first, _)), Some((_, last))) = (read(first), read(last)) else {
            return Some(format!("the engine would remove log from {first} to {last}"));
        };
        let needed = needed_between(&overview.archive, (first, last), &kept)?;
        let name = needed.name(overview.size);
        Some(format!("the engine would remove {name}, which a kept backup needs"))
    })
}

fn untouched(protected: &Protected<'_>, going: &Going, why: &str) -> Finding {
    let words = format!("{} is old enough to go and stays: {why}", going.label);
    let mend =
        "look at the repository's timelines; it goes by itself once what is in its way is gone";
    Finding::warn(check::named(protected.name(), "expiry"), words, mend)
}

async fn remove(
    protected: &Protected<'_>,
    overview: &Overview,
    going: &Going,
    foreseen: &Removal,
) -> Result<()> {
    let removal = protected.engine.expire(&going.label, left(overview)).await?;
    if removal != *foreseen {
        let said = format!("it removed {removal:?} where its dry run said {foreseen:?}");
        return Err(crate::recovery::Error::Engine { doing: "expiring a backup", said }.into());
    }
    for label in going.dependents.iter().chain([&going.label]) {
        notes::drop_counts(protected, label);
        if let Ok(laid) = Laid::of(protected) {
            laid.remove(label).await;
        }
    }
    Ok(())
}
