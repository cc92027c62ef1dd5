//! Steps of runbooks and items of checklists of the pinned plan: ticked, or passed over with a reason.

use std::fmt;

use time::OffsetDateTime;

use crate::domain::id::{EntryId, PersonId};
use crate::domain::plan::document::{Checklist, Plan, Runbook};

/// The moment of a checklist that an incident waits for before it is closed.
const BEFORE_CLOSING: &str = "before-closing";

/// A step or item of the plan, by its number from 1: the pinned revision never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A step of a runbook.
    Step {
        /// The runbook's key.
        runbook: String,
        /// Its number.
        number: usize,
    },
    /// An item of a checklist.
    Item {
        /// The list's key.
        list: String,
        /// Its number.
        number: usize,
    },
}

/// Something that was ticked, or passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// Identity, which its entry has, too.
    pub id: EntryId,
    /// The key of its place.
    pub key: String,
    /// By whom.
    pub person: PersonId,
    /// When.
    pub at: OffsetDateTime,
    /// Why it was passed over; none: it is done.
    pub passed: Option<String>,
}

/// How far a runbook or checklist is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Of so many.
    pub all: usize,
    /// Done, or passed over.
    pub settled: usize,
    /// Passed over.
    pub passed: usize,
}

impl Place {
    /// Every step of a runbook, in order.
    pub fn steps(runbook: &Runbook) -> impl Iterator<Item = Place> + '_ {
        let place = |number| Place::Step { runbook: runbook.key.clone(), number };
        (1..=runbook.step.len()).map(place)
    }

    /// Every item of a checklist, in order.
    pub fn items(list: &Checklist) -> impl Iterator<Item = Place> + '_ {
        (1..=list.items.len()).map(|number| Place::Item { list: list.key.clone(), number })
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> usize {
        match self {
            Place::Step { number, .. } | Place::Item { number, .. } => *number,
        }
    }

    /// What it says in that plan; none where the plan has no such step or item.
    #[must_use]
    pub fn words<'a>(&self, plan: &'a Plan) -> Option<&'a str> {
        match self {
            Place::Step { runbook, number } => {
                let step = plan.runbook(runbook)?.step.get(number.checked_sub(1)?)?;
                Some(&step.title)
            }
            Place::Item { list, number } => {
                let item = plan.checklist(list)?.items.get(number.checked_sub(1)?)?;
                Some(item)
            }
        }
    }

    /// How one says that it is passed over.
    #[must_use]
    pub fn passed(&self) -> &'static str {
        match self {
            Place::Step { .. } => "skipped",
            Place::Item { .. } => "waived",
        }
    }

    /// `Recover the database, step 3`, `System validation`.
    #[must_use]
    pub fn name(&self, plan: &Plan) -> String {
        match self {
            Place::Step { runbook, number } => {
                let name = plan.runbook(runbook).map_or(runbook.as_str(), |one| &one.name);
                format!("{name}, step {number}")
            }
            Place::Item { list, .. } => {
                plan.checklist(list).map_or(list.clone(), |one| one.name.clone())
            }
        }
    }
}

/// The key that ticks and entries name it by.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Step { runbook, number } => write!(f, "runbook.{runbook}.step.{number}"),
            Place::Item { list, number } => write!(f, "checklist.{list}.item.{number}"),
        }
    }
}

impl Progress {
    /// How far these places are.
    #[must_use]
    pub fn of(places: impl Iterator<Item = Place>, ticks: &[Tick]) -> Progress {
        let mut progress = Progress { all: 0, settled: 0, passed: 0 };
        for place in places {
            let key = place.to_string();
            let tick = ticks.iter().find(|tick| tick.key == key);
            progress.all += 1;
            progress.settled += usize::from(tick.is_some());
            progress.passed += usize::from(tick.is_some_and(|tick| tick.passed.is_some()));
        }
        progress
    }

    /// What is still to be done.
    #[must_use]
    pub fn open(self) -> usize {
        self.all - self.settled
    }
}

/// The checklists that are gone through before an incident is closed.
pub fn before_closing(plan: &Plan) -> impl Iterator<Item = &Checklist> {
    plan.checklist.iter().filter(|list| list.moment == BEFORE_CLOSING)
}

/// How many of their items are open.
#[must_use]
pub fn left_to_check(plan: &Plan, ticks: &[Tick]) -> usize {
    before_closing(plan).map(|list| Progress::of(Place::items(list), ticks).open()).sum()
}
