//! `muster plan check`: says everything that is wrong with a plan, with line and column.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;

use crate::domain::plan;
use crate::domain::plan::{Finding, Severity};

/// What `plan check` found, ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    /// One line a finding, and a sum.
    pub(super) text: String,
    /// Whether the plan can be imported.
    pub(super) good: bool,
}

/// Judges the plan in `file`; "-" is standard input.
///
/// # Errors
/// When the file can't be read.
pub(super) fn check(file: &Path) -> anyhow::Result<Report> {
    let text = read(file)?;
    let (findings, good) = match plan::parse(&text) {
        Ok((_, warnings)) => (warnings, true),
        Err(findings) => (findings, false),
    };
    let mut out = String::new();
    for finding in &findings {
        let _ = writeln!(out, "{}:{finding}", file.display());
    }
    let errors = findings.iter().filter(|found| found.severity == Severity::Error).count();
    let _ = write!(out, "{}", sum(errors, &findings));
    Ok(Report { text: out, good })
}

fn sum(errors: usize, findings: &[Finding]) -> String {
    let warnings = findings.len() - errors;
    match (errors, warnings) {
        (0, 0) => "The plan is good.".to_owned(),
        (0, n) => format!("The plan is good, with {n} to look at."),
        (e, n) => format!("The plan can’t be imported: {e} to mend, {n} more to look at."),
    }
}

fn read(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("standard input can't be read")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))
}
