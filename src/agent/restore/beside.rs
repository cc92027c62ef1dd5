//! A restore beside the cluster that lives.

use time::OffsetDateTime;

use super::super::journal::Journal;
use super::super::news::{News, Tell};
use super::super::points::{self, Overview};
use super::super::prove::check_plan;
use super::super::settings::Size;
use super::super::{Protected, Result};
use super::copies::{self, Copy, State};
use super::locate::{Located, locate};
use super::log::Log;
use super::{Refusal, record};
use crate::domain::counted::counted;
use crate::domain::recovery::target::said;
use crate::domain::recovery::{Beyond, Check, Wanted};
use crate::recovery::{Reached, Scratch};

/// A copy that came where it was to.
#[derive(Debug, Clone)]
pub struct Made {
    /// What it is.
    pub copy: Copy,
    /// Where it waits.
    pub reached: Reached,
    /// What the plan's checks found in it.
    pub checks: Vec<Check>,
}

/// Restores it, leaves it paused, and looks at it as the plan asks.
///
/// # Errors
/// [`Refusal`], no room, and whatever the engines complain of; nothing is left behind then.
pub async fn beside(protected: &Protected<'_>, wanted: &Wanted, tell: Tell<'_>) -> Result<Made> {
    copies::sweep(protected)?;
    let began = protected.host.clock.now();
    let overview = points::look(protected).await?;
    let mut journal = Journal::new(&protected.host.clock, tell);
    let found = locate(protected, &overview, wanted, None, tell);
    let found = journal.tried(&format!("find {wanted} in the log"), found, Located::said).await?;
    protected.make_sure_of_room(&protected.copies_folder(), (found.entry.point.size, 0))?;
    let (number, _held) = copies::make(protected)?;
    let mut unfinished = Unfinished { protected, number, finished: false };
    let mut copy = planned(protected, (&overview, &found), wanted, (number, began));
    copy.keep(protected)?;
    let log = Log::of(protected, &overview, found.entry)?;
    let scratch = Work { protected, copy: &copy, log: &log, tell }.restore(&mut journal).await?;
    let (mut scratch, reached) = scratch;
    copy.state = State::Paused;
    copy.keep(protected)?;
    let ended = protected.host.clock.now();
    check_plan(protected, &scratch, &mut journal).await;
    let seen = (&scratch, &reached, ended);
    let evidence = record::keep(protected, (&overview, &copy), seen, journal).await?;
    scratch.keep();
    unfinished.finished = true;
    Ok(Made { copy, reached, checks: evidence.checks })
}

/// What a restore leaves behind unless it comes to its end.
struct Unfinished<'a> {
    protected: &'a Protected<'a>,
    number: u32,
    finished: bool,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.finished {
            let folder = copies::folder(self.protected, self.number);
            let _ = std::fs::remove_dir_all(folder); // the next restore sweeps it
        }
    }
}

fn planned(
    protected: &Protected<'_>,
    (overview, found): (&Overview, &Located<'_>),
    wanted: &Wanted,
    (number, began): (u32, OffsetDateTime),
) -> Copy {
    let live = overview.live.as_ref();
    Copy {
        number,
        repository: protected.repository_name.to_owned(),
        label: found.entry.point.label.clone(),
        timeline: found.entry.chain.timeline,
        wanted: wanted.clone(),
        until: found.until,
        last_commit: found.last_commit,
        beyond: found.beyond,
        short_s: found.short.map(time::Duration::as_seconds_f64),
        began,
        requester: protected.host.requester(),
        order: protected.host.errand.as_ref().map(|errand| errand.order),
        state: State::Restoring,
        size: found.entry.point.size,
        least: live.map(|live| live.least.clone()).unwrap_or_default(),
        tablespaces: live.is_none_or(|live| live.tablespaces),
    }
}

impl Located<'_> {
    pub(super) fn said(&self) -> String {
        let Located { entry, until, last_commit, beyond, .. } = self;
        let last = last_commit.map_or_else(
            || "no commit since the recovery point".to_owned(),
            |at| format!("last commit {}", said(at)),
        );
        let behind = counted(beyond.commits, "commit");
        format!("{} and the log until {until}, {last}; {behind} behind that", entry.point.label)
    }
}

struct Work<'a> {
    protected: &'a Protected<'a>,
    copy: &'a Copy,
    log: &'a Log<'a>,
    tell: Tell<'a>,
}

impl Work<'_> {
    async fn restore(&self, journal: &mut Journal<'_>) -> Result<(Scratch, Reached)> {
        let Work { protected, copy, log, tell } = self;
        let show = |progress| tell(News::Copied(progress));
        let work = Scratch::restore(&protected.engine, copy.room(protected), copy.order(), show);
        let size = Size(copy.size);
        let label = &copy.label;
        let mut scratch =
            journal.tried("restore", work, |_| format!("{size} from {label}")).await?;
        let reached = open((&mut scratch, &copy.beyond), log, journal).await?;
        Ok((scratch, reached))
    }
}

/// Opens it where it is to pause, and makes sure that it did so there.
pub(super) async fn open(
    (scratch, beyond): (&mut Scratch, &Beyond),
    log: &Log<'_>,
    journal: &mut Journal<'_>,
) -> Result<Reached> {
    let (until, cluster) = (scratch.order().until, scratch.cluster());
    log.lay(until, &cluster)?;
    let words = |it: &Reached| format!("paused behind {until}, at {}", it.lsn);
    let reached = journal.tried("replay the log", scratch.open(), words).await?;
    let at = reached.lsn;
    if !reached.stopped_there || at <= until {
        let why = if reached.stopped_there { "" } else { ", for another reason than that" };
        return Err(
            Refusal::Elsewhere(format!("it stopped at {at} in place of {until}{why}")).into()
        );
    }
    match beyond.from {
        Some(first) if at > first => {
            let words =
                format!("it stopped at {at}, behind a commit at {first} that it should not have");
            Err(Refusal::Elsewhere(words).into())
        }
        _ => Ok(reached),
    }
}
