//! Other texts of tables, read as a plan is: every mistake at once, each with its place.

use serde::de::DeserializeOwned;
use toml_edit::Document;

use super::parse::{LONGEST, syntax, tidy, too_long};
use super::place::{Node, Place};
use super::reader::{self, Found};
use super::report::{self, Report};
use crate::domain::plan::finding::Finding;

/// Reads a text into a type of its own, and lets `judge` look at what was read.
///
/// # Errors
/// All that is wrong, in the order of the text.
pub(crate) fn read_tables<T: DeserializeOwned>(
    text: &str,
    judge: impl FnOnce(&T, &mut Report),
) -> Result<T, Vec<Finding>> {
    if text.len() > LONGEST {
        return Err(vec![too_long(text)]);
    }
    let text = tidy(text);
    let document = Document::parse(&*text).map_err(|error| vec![syntax(&text, &error)])?;
    let root = document.as_table();
    let (mut found, mut report) = (Found::default(), Report::default());
    let read: Option<T> = reader::read(Node::root(root), &Place::default(), &mut found);
    if let Some(read) = &read {
        judge(read, &mut report);
    }
    let findings = report::findings(&text, root, found, report);
    match read {
        Some(read) if findings.is_empty() => Ok(read),
        _ => Err(findings),
    }
}
