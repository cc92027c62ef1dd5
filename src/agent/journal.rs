//! Writes down what a proof does and finds, and tells it meanwhile.

use std::fmt::Display;

use super::news::{News, Tell};
use crate::clock::Clock;
use crate::domain::recovery::{Check, Step};

/// The steps and checks of one proof.
pub(super) struct Journal<'a> {
    clock: &'a Clock,
    tell: Tell<'a>,
    pub(super) steps: Vec<Step>,
    pub(super) checks: Vec<Check>,
}

impl<'a> Journal<'a> {
    pub(super) fn new(clock: &'a Clock, tell: Tell<'a>) -> Journal<'a> {
        Journal { clock, tell, steps: Vec::new(), checks: Vec::new() }
    }

    /// Does a step; none where it failed, which is written down.
    pub(super) async fn step<T, E: Display>(
        &mut self,
        name: &str,
        work: impl Future<Output = Result<T, E>>,
        outcome: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        self.tried(name, work, outcome).await.ok()
    }

    /// The same, for who goes on with why it failed.
    pub(super) async fn tried<T, E: Display>(
        &mut self,
        name: &str,
        work: impl Future<Output = Result<T, E>>,
        outcome: impl FnOnce(&T) -> String,
    ) -> Result<T, E> {
        (self.tell)(News::Begun(name.to_owned()));
        let start = self.clock.now();
        let done = work.await;
        let outcome = match &done {
            Ok(value) => outcome(value),
            Err(error) => error.to_string(),
        };
        let done_well = done.is_ok();
        let end = self.clock.now();
        let step = Step { name: name.to_owned(), start, end, outcome, done: done_well };
        (self.tell)(News::Ended(step.clone()));
        self.steps.push(step);
        done
    }

    /// Notes something that was looked at.
    pub(super) fn check(
        &mut self,
        name: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
        good: bool,
    ) {
        let (name, expected, found) = (name.into(), expected.into(), found.into());
        self.note(Check { name, expected, found, good, plan: None, skipped: false, said: None });
    }

    /// Notes it whole.
    pub(super) fn note(&mut self, check: Check) {
        (self.tell)(News::Checked(check.clone()));
        self.checks.push(check);
    }

    /// Whether everything went well.
    pub(super) fn holds(&self) -> bool {
        self.steps.iter().all(|step| step.done) && self.checks.iter().all(|check| check.good)
    }
}
