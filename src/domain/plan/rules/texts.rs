//! Texts as pages, mails and the database can take them: no control characters, one line where
//! one line is drawn, not without end, something where something must be, and no other words
//! where there is a fixed list.

use std::collections::BTreeSet;

use toml_edit::{Table, Value};

use crate::domain::plan::shape::{Field, Kind, PERSON, THINGS, Thing};
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::{Node, Place};

/// Characters of one line.
const LINE: usize = 300;
/// Characters of a text of several lines.
const TEXT: usize = 20_000;

pub(super) fn judge(root: &Table, report: &mut Report) {
    for thing in THINGS.into_iter().chain([&PERSON]) {
        list(thing, Node::root(root), &Place::default(), report);
    }
}

fn list(thing: &Thing, around: Node<'_>, place: &Place, report: &mut Report) {
    let Some(node) = around.get(thing.list) else { return };
    let place = place.at(thing.list);
    match node.elements() {
        None => one(thing, node, &place, report),
        Some(elements) => {
            for (index, element) in elements.into_iter().enumerate() {
                one(thing, element, &place.at(index), report);
            }
        }
    }
}

fn one(thing: &Thing, node: Node<'_>, place: &Place, report: &mut Report) {
    for field in thing.fields {
        let Some(value) = node.get(field.key) else { continue };
        let place = place.at(field.key);
        match value.elements() {
            None => text(field, field.required, value, &place, report),
            Some(elements) => many(field, &elements, &place, report),
        }
    }
    for part in thing.parts {
        list(part, node, place, report);
    }
}

fn many(field: &Field, elements: &[Node<'_>], place: &Place, report: &mut Report) {
    if field.required && elements.is_empty() {
        report.error(place.clone(), "this list is empty; write what belongs in it");
    }
    let mut seen = BTreeSet::new();
    for (index, element) in elements.iter().enumerate() {
        text(field, true, *element, &place.at(index), report);
        let once = matches!(field.kind, Kind::Words(_) | Kind::Levels);
        if let (true, Node::Value(value)) = (once, element)
            && !seen.insert(value.to_string().trim().to_owned())
        {
            report.error(place.at(index), "this is here twice; take one away");
        }
    }
}

fn text(field: &Field, required: bool, node: Node<'_>, place: &Place, report: &mut Report) {
    let Node::Value(Value::String(text)) = node else { return };
    let text = text.value();
    let several = matches!(field.kind, Kind::Text | Kind::Code);
    let most = if several { TEXT } else { LINE };
    if text.trim().is_empty() && required {
        report.error(place.clone(), "this is empty; write something");
    }
    if let Kind::Word(known) | Kind::Words(known) = field.kind
        && !known.contains(&text.as_str())
    {
        let says = format!("“{text}” is not known here; write one of {}", known.join(", "));
        report.error(place.clone(), says);
    }
    if let Some(bad) = text.chars().find(|c| c.is_control() && !(several && "\n\t".contains(*c))) {
        report.error(place.clone(), stray(bad));
    }
    let length = text.chars().count();
    if length > most {
        report.error(place.clone(), format!("this has {length} characters; {most} at most"));
    }
}

fn stray(bad: char) -> String {
    match bad {
        '\n' => "this is one line; take the line break out".to_owned(),
        '\t' => "this is one line; write a blank instead of the tab".to_owned(),
        _ => format!(
            "there is a character here that can’t be shown (U+{:04X}); take it out",
            u32::from(bad)
        ),
    }
}
