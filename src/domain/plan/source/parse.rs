//! From text to plan.

use toml_edit::{Document, Table, TomlError};

use super::place::{Node, Place};
use super::reader::{self, Found};
use super::report::{self, Report};
use crate::domain::plan::document::{Person, Plan, PlanFile};
use crate::domain::plan::finding::{Finding, Severity};
use crate::domain::plan::rules;

/// Reads the text form of a plan; with it come the warnings.
///
/// # Errors
/// All findings, warnings too, in the order of the text, if at least one of them is an error.
pub fn parse(text: &str) -> Result<(PlanFile, Vec<Finding>), Vec<Finding>> {
    let document = Document::parse(text).map_err(|error| vec![syntax(text, &error)])?;
    let root = document.as_table();
    let (file, found) = read(root);
    let mut rules = Report::default();
    if let Some(file) = &file {
        rules::judge(file, &mut rules);
    }
    let findings = report::findings(text, root, found, rules);
    let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
    match file {
        Some(file) if !refused => Ok((file, findings)),
        _ => Err(findings),
    }
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

fn syntax(text: &str, error: &TomlError) -> Finding {
    let offset = error.span().map_or(0, |span| span.start);
    let says = format!("this is no TOML: {}", error.message());
    report::finding(text, offset, Severity::Error, String::new(), says)
}
