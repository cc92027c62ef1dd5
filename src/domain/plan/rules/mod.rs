//! What a plan must hold to be taken, and what its owner should look at.
//!
//! Nothing here asks what day it is: a review that is overdue is judged where there is a clock.

mod contradictions;
mod databases;
mod keys;
mod levels;
mod people;
mod references;
mod spans;
mod texts;
mod values;

use toml_edit::Table;

use super::document::PlanFile;
use super::source::Report;

/// Holds every rule against the plan.
pub(super) fn judge(file: &PlanFile, root: &Table, report: &mut Report) {
    texts::judge(root, report);
    keys::judge(file, report);
    references::judge(file, report);
    levels::judge(file, report);
    people::judge(file, report);
    spans::judge(&file.plan, report);
    databases::judge(&file.plan, report);
    values::judge(&file.plan, report);
    contradictions::judge(&file.plan, report);
}

/// The place under a root key: `place!("level", 1, "pages")`.
macro_rules! place {
    ($($part:expr),+ $(,)?) => {
        crate::domain::plan::source::place::Place::default()$(.at($part))+
    };
}
use place;
