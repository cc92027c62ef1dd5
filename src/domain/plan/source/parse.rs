//! From text to plan.

use std::borrow::Cow;

use toml_edit::{Document, Table, TomlError};

use super::place::{Node, Place};
use super::reader::{self, Found};
use super::report::{self, Report};
use crate::domain::plan::document::{Person, Plan, PlanFile};
use crate::domain::plan::finding::{Finding, Severity};
use crate::domain::plan::rules;

/// Bytes of the longest text that is read; the first organisation's whole plan has 45 kB.
pub const LONGEST: usize = 512 * 1024;

/// Reads the text form of a plan; with it come the warnings.
///
/// # Errors
/// All findings, warnings too, in the order of the text, if at least one of them is an error.
pub fn parse(text: &str) -> Result<(PlanFile, Vec<Finding>), Vec<Finding>> {
    if text.len() > LONGEST {
        return Err(vec![too_long(text)]);
    }
    let text = tidy(text);
    let document = Document::parse(&*text).map_err(|error| vec![syntax(&text, &error)])?;
    let root = document.as_table();
    let (file, found) = read(root);
    let mut rules = Report::default();
    if let Some(file) = &file {
        rules::judge(file, root, &mut rules);
    }
    let findings = report::findings(&text, root, found, rules);
    let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
    match file {
        Some(file) if !refused => Ok((file, findings)),
        _ => Err(findings),
    }
}

/// Line ends and the mark at the start are the editor's, not the writer's.
pub(super) fn tidy(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains("\r\n") { text.replace("\r\n", "\n").into() } else { text.into() }
}

pub(super) fn too_long(text: &str) -> Finding {
    let (has, most) = (text.len() / 1024, LONGEST / 1024);
    let says = format!("this text has {has} kB; a plan has {most} kB at most");
    report::finding(text, 0, Severity::Error, String::new(), says)
}

/// The file's two parts: all but `person` is the document, `person` is the roster.
fn read(root: &Table) -> (Option<PlanFile>, Found) {
    let mut found = Found::default();
    let mut document = root.clone();
    document.remove("person");
    let plan: Option<Plan> = reader::read(Node::root(&document), &Place::default(), &mut found);
    let people = read_people(root, &mut found);
    let file = plan.zip(people).map(|(mut plan, people)| {
        plan.person = people.iter().map(|person| person.key.clone()).collect();
        PlanFile { plan, people }
    });
    (file, found)
}

fn read_people(root: &Table, found: &mut Found) -> Option<Vec<Person>> {
    match root.get("person").and_then(Node::of) {
        Some(node) => reader::read(node, &Place::default().at("person"), found),
        None => Some(Vec::new()),
    }
}

pub(super) fn syntax(text: &str, error: &TomlError) -> Finding {
    let offset = error.span().map_or(0, |span| span.start);
    let says = format!("this is no TOML: {}", error.message());
    report::finding(text, offset, Severity::Error, String::new(), says)
}
