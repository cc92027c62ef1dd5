//! Collects what the rules find, and turns places into lines and columns.

use toml_edit::Table;

use super::place::{self, Place};
use super::reader::Found;
use crate::domain::plan::finding::{Finding, Severity};

/// What the rules write into.
#[derive(Default)]
pub(crate) struct Report(Vec<(Severity, Place, String)>);

impl Report {
    /// Something that refuses the plan.
    pub(crate) fn error(&mut self, place: Place, says: impl Into<String>) {
        self.0.push((Severity::Error, place, says.into()));
    }

    /// Something to look at.
    pub(crate) fn warning(&mut self, place: Place, says: impl Into<String>) {
        self.0.push((Severity::Warning, place, says.into()));
    }
}

/// All findings, in the order of the text. What the rules say of a place that could not be read
/// is left out: it speaks of the stand-in.
pub(super) fn findings(text: &str, root: &Table, found: Found, report: Report) -> Vec<Finding> {
    let mut all = Vec::new();
    for mistake in found.mistakes {
        let offset = mistake.offset.unwrap_or_else(|| place::offset(root, &mistake.place));
        all.push((offset, Severity::Error, mistake.place, mistake.says));
    }
    for (severity, place, says) in report.0 {
        if !found.holes.iter().any(|hole| place.within(hole)) {
            all.push((place::offset(root, &place), severity, place, says));
        }
    }
    all.sort();
    all.into_iter()
        .map(|(offset, severity, place, says)| {
            let path = place::words(root, &place);
            finding(text, offset, severity, path, says)
        })
        .collect()
}

/// A finding at an offset into the text.
pub(super) fn finding(
    text: &str,
    offset: usize,
    severity: Severity,
    path: String,
    says: String,
) -> Finding {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Finding { severity, line, column, path, says }
}
