//! What is done to each database and was tried, for whoever tells of it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use time::{Duration, OffsetDateTime};

use super::done::Done;
use crate::agent::Protected;
use crate::agent::check::named;
use crate::agent::news::News;
use crate::domain::agent::schedule::{Deed, Doing, RETRY_AFTER, Tried};
use crate::domain::agent::watched::{Next, Underway, Watched};
use crate::domain::civil;
use crate::domain::finding::{Finding, Health};
use crate::domain::id::OrderId;

/// What could not be removed is tried again after so long.
pub(super) const EXPIRY_AGAIN_AFTER: Duration = Duration::HOUR;

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Board(Mutex<BTreeMap<String, Line>>);

/// A deed in one repository.
type Work = (Deed, String);

/// Of one database.
#[derive(Debug, Default)]
struct Line {
    doing: Option<Doing>,
    next: Option<Next>,
    tried: BTreeMap<Work, Tried>,
    failed: BTreeMap<Work, Failed>,
    /// What the last backup in each repository left to look at.
    left: BTreeMap<String, Vec<Finding>>,
    /// Why its log could not be copied onward.
    onward: Option<String>,
    /// Whether Postgres could not hand its log on when it was last looked at.
    hindered: bool,
    /// What is done about copies.
    underway: Vec<Underway>,
}

/// Why something failed, and how it is done by hand.
#[derive(Debug)]
struct Failed {
    check: String,
    why: String,
    by_hand: String,
}

impl Board {
    fn with<T>(&self, name: &str, change: impl FnOnce(&mut Line) -> T) -> T {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(lines.entry(name.to_owned()).or_default())
    }

    /// What was seen, with what is done to it.
    pub(super) fn add_to(&self, mut seen: Watched) -> Watched {
        self.with(&seen.name.clone(), |line| {
            (seen.doing, seen.next) = (line.doing.clone(), line.next);
            seen.underway.clone_from(&line.underway);
            let left = line.left.values().flatten();
            let left = left.filter(|it| seen.findings.iter().all(|known| known.check != it.check));
            let left: Vec<_> = left.cloned().collect(); // what the look itself found is newer
            let found = line.failed.iter().map(|((deed, _), failed)| failed.finding(*deed));
            let onward = line.onward.iter().map(|why| not_copied(&seen.name, why));
            seen.findings.extend(found.chain(onward).chain(left));
        });
        seen
    }

    /// What failed is tried again as soon as the log is handed on: most often it failed for want of that.
    pub(super) fn sees(&self, seen: &Watched) {
        let check = named(&seen.name, "archiving");
        let bad = |it: &Finding| it.health == Health::Bad && it.check == check;
        let hindered = seen.findings.iter().any(bad);
        self.with(&seen.name, |line| {
            if line.hindered && !hindered {
                line.tried.retain(|_, tried| tried.well);
            }
            line.hindered = hindered;
        });
    }

    pub(super) fn tried(&self, name: &str, (deed, repository): (Deed, &str)) -> Option<Tried> {
        self.with(name, |line| line.tried.get(&(deed, repository.to_owned())).copied())
    }

    pub(super) fn comes_next(&self, name: &str, next: Option<Next>) {
        self.with(name, |line| line.next = next);
    }

    pub(super) fn begins(&self, name: &str, doing: Doing) {
        self.with(name, |line| line.doing = Some(doing));
    }

    pub(super) fn goes_on(&self, name: &str, news: News) {
        self.with(name, |line| line.goes_on(news));
    }

    /// It was ended before its end, and counts as not tried.
    pub(super) fn dropped(&self, name: &str) {
        self.with(name, |line| line.doing = None);
    }

    pub(super) fn ended(
        &self,
        protected: &Protected<'_>,
        deed: Deed,
        at: OffsetDateTime,
        outcome: Result<&Done, &String>,
    ) {
        let work = (deed, protected.repository_name.to_owned());
        self.with(protected.name(), |line| {
            line.doing = None;
            line.tried.insert(work.clone(), Tried { at, well: outcome.is_ok() });
            if let (Deed::Full | Deed::Incremental, Ok(done)) = (deed, outcome) {
                line.left.insert(work.1.clone(), done.findings.clone());
            }
            match outcome {
                Ok(_) => line.failed.remove(&work),
                Err(why) => line.failed.insert(work, Failed::of(protected, deed, why)),
            };
        });
    }

    /// An order about a copy is being done.
    pub(super) fn gets_under_way(&self, name: &str, order: OrderId, since: OffsetDateTime) {
        let at = "beginning".to_owned();
        let one = Underway { order, since, at, percent: None, copied: 0 };
        self.with(name, |line| line.underway.push(one));
    }

    pub(super) fn gets_on(&self, name: &str, order: OrderId, news: News, now: OffsetDateTime) {
        self.with(name, |line| {
            let one = line.underway.iter_mut().find(|it| it.order == order);
            if let Some(Underway { at, since, percent, copied, .. }) = one {
                if let News::Begun(_) = news {
                    *since = now;
                }
                move_on((at, percent, copied), news);
            }
        });
    }

    pub(super) fn arrived(&self, name: &str, order: OrderId) {
        self.with(name, |line| line.underway.retain(|it| it.order != order));
    }

    /// Whether the log could be copied onward.
    pub(super) fn copied_onward(&self, name: &str, failed: Option<String>) {
        self.with(name, |line| line.onward = failed);
    }
}

impl Line {
    fn goes_on(&mut self, news: News) {
        if let Some(Doing { at, percent, copied, .. }) = &mut self.doing {
            move_on((at, percent, copied), news);
        }
    }
}

/// What is told of changes where it is, and how far.
fn move_on((at, percent, copied): (&mut String, &mut Option<u8>, &mut u64), news: News) {
    match news {
        News::Begun(what) => (*at, *percent, *copied) = (what, None, 0),
        News::Copied(progress) => {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
            let done = progress.percent.clamp(0.0, 100.0) as u8;
            *percent = Some(done);
            *copied += progress.bytes;
        }
        News::Ended(_) | News::Checked(_) => {}
    }
}

impl Failed {
    fn of(protected: &Protected<'_>, deed: Deed, why: &str) -> Failed {
        let by_hand = match deed {
            Deed::Proof => protected.by_hand("prove"),
            Deed::Full => format!("{} --full", protected.by_hand("backup")),
            Deed::Incremental => protected.by_hand("backup"),
            Deed::Expiry => protected.by_hand("expire"),
            Deed::Dump => protected.by_hand("dump"),
        };
        Failed { check: protected.named(deed.name()), why: why.to_owned(), by_hand }
    }

    fn finding(&self, deed: Deed) -> Finding {
        let every = if deed == Deed::Expiry { EXPIRY_AGAIN_AFTER } else { RETRY_AFTER };
        let every = civil::span(every);
        let mend =
            format!("it is tried again every {every}; by hand on the host: {}", self.by_hand);
        Finding::bad(self.check.clone(), format!("the last one failed: {}", self.why), mend)
    }
}

fn not_copied(name: &str, why: &str) -> Finding {
    let mend = "see to the repository that it names; what is missing is copied by itself once that answers";
    Finding::bad(named(name, "copying onward"), format!("the log could not be copied: {why}"), mend)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::recovery::Exposure;

    #[test]
    fn what_failed_for_want_of_archiving_is_tried_again_as_soon_as_that_works() {
        let at = datetime!(2026-11-14 12:00 UTC);
        let seen = |findings| Watched {
            name: "main".to_owned(),
            repository: "disk".to_owned(),
            repositories: Vec::new(),
            at,
            running: true,
            cluster: None,
            exposure: Exposure::Everything,
            points: Vec::new(),
            backlog: None,
            dumps: Vec::new(),
            keeps: None,
            doing: None,
            next: None,
            findings,
            copies: None,
            attached: None,
            underway: Vec::new(),
        };
        let off = || vec![Finding::bad(named("main", "archiving"), "archive_mode is off", "")];
        let board = Board::default();
        for (deed, well) in [(Deed::Full, false), (Deed::Proof, true)] {
            let work = (deed, "disk".to_owned());
            board.with("main", |line| line.tried.insert(work, Tried { at, well }));
        }
        let tried = |deed| board.tried("main", (deed, "disk")).is_some();

        board.sees(&seen(Vec::new()));
        board.sees(&seen(off()));
        assert!(tried(Deed::Full), "it failed, and nothing has changed for the better");
        board.sees(&seen(Vec::new()));
        assert!(!tried(Deed::Full) && tried(Deed::Proof));
    }
}
