//! Moves a copy on: it replays more of the log, and waits again. Nothing replays backwards.

use super::super::journal::Journal;
use super::super::news::Tell;
use super::super::points;
use super::super::prove::check_plan;
use super::super::{Protected, Result};
use super::beside::{Made, open};
use super::copies::{Copy, State, find_copy};
use super::locate::{Located, locate};
use super::log::Log;
use super::{Refusal, record};
use crate::domain::recovery::Wanted;
use crate::recovery::Scratch;

/// Replays on until there; without anything that is wanted its server is started again where it was.
///
/// # Errors
/// [`Refusal`], and whatever keeps it from coming so far; the copy stays.
pub async fn later(
    protected: &Protected<'_>,
    number: u32,
    wanted: Option<&Wanted>,
    tell: Tell<'_>,
) -> Result<Made> {
    let mut copy = find_copy(protected, number)?;
    let _held = protected.hold(&copy.room(protected).folder)?;
    if copy.state != State::Paused {
        return Err(Refusal::Unfinished { name: protected.name().to_owned(), number }.into());
    }
    let overview = points::look(protected).await?;
    let entry = overview.points.iter().find(|it| it.point.label == copy.label);
    let entry = entry.ok_or_else(|| Refusal::Gone { label: copy.label.clone() })?;
    let mut journal = Journal::new(&protected.host.clock, tell);
    if let Some(wanted) = wanted {
        let found = locate(protected, &overview, wanted, Some(entry), tell);
        let what = format!("find {wanted} in the log");
        let found = journal.tried(&what, found, Located::said).await?;
        moved(protected, &mut copy, found, wanted)?;
        copy.keep(protected)?; // from here on opening it again goes there
    }
    let log = Log::of(protected, &overview, entry)?;
    let room = copy.room(protected);
    let mut scratch = Scratch::kept(&protected.engine, room, copy.order()).await?;
    let reached = open((&mut scratch, &copy.beyond), &log, &mut journal).await?;
    let ended = protected.host.clock.now();
    check_plan(protected, &scratch, &mut journal).await;
    let seen = (&scratch, &reached, ended);
    let evidence = record::keep(protected, (&overview, &copy), seen, journal).await?;
    Ok(Made { copy, reached, checks: evidence.checks })
}

fn moved(
    protected: &Protected<'_>,
    copy: &mut Copy,
    found: Located<'_>,
    wanted: &Wanted,
) -> Result<()> {
    if found.until < copy.until {
        return Err(Refusal::Earlier {
            name: protected.name().to_owned(),
            wanted: wanted.to_string(),
            shows: copy.until.to_string(),
        }
        .into());
    }
    copy.wanted = wanted.clone();
    copy.until = found.until;
    copy.last_commit = found.last_commit;
    copy.beyond = found.beyond;
    copy.short_s = found.short.map(time::Duration::as_seconds_f64);
    Ok(())
}
