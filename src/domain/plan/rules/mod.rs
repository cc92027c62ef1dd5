//! What a plan must hold to be taken, and what its owner should look at.

use super::document::PlanFile;
use super::source::Report;

/// Holds every rule against the plan.
pub(super) fn judge(_file: &PlanFile, _report: &mut Report) {}
