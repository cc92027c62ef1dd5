//! What a new text changes, in words: for the import and for the page that confirms it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use toml_edit::{Item, Table, TableLike, Value};

use super::document::PlanFile;
use super::export;
use super::source::place::{self, Node};

/// One thing that two plans have differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The thing: `role.dba.holders`.
    pub path: String,
    /// What was; `None` where it is new.
    pub old: Option<String>,
    /// What will be; `None` where it goes.
    pub new: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.old, &self.new) {
            (None, Some(new)) => write!(f, "+ {}: {new}", self.path),
            (Some(old), None) => write!(f, "- {}: {old}", self.path),
            (old, new) => {
                let [old, new] = [old, new].map(|text| text.as_deref().unwrap_or("nothing"));
                write!(f, "~ {}: {old} → {new}", self.path)
            }
        }
    }
}

/// All changes from the plan in force, if there is one, to a new one, in the new one's order.
#[must_use]
pub fn difference(old: Option<&PlanFile>, new: &PlanFile) -> Vec<Change> {
    let old = old.map(export::tree).unwrap_or_default();
    let new = export::tree(new);
    let mut changes = Vec::new();
    tables("", old.as_table(), new.as_table(), &mut changes);
    changes
}

fn tables(path: &str, old: &dyn TableLike, new: &dyn TableLike, changes: &mut Vec<Change>) {
    let gone = old.iter().map(|(key, _)| key).filter(|key| !new.contains_key(key));
    for key in new.iter().map(|(key, _)| key).chain(gone) {
        let [old, new] = [old, new].map(|table| table.get(key).and_then(Node::of));
        let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        values(&path, old, new, changes);
    }
}

fn values(path: &str, old: Option<Node<'_>>, new: Option<Node<'_>>, changes: &mut Vec<Change>) {
    let empty = Table::new();
    let table = |node: Option<Node<'_>>| node.is_some_and(|node| node.as_table().is_some());
    if table(old) || table(new) {
        let [old, new] = [old, new].map(|node| node.and_then(Node::as_table).unwrap_or(&empty));
        return tables(path, old, new, changes);
    }
    let [olds, news] = [old, new].map(|node| node.and_then(Node::elements).unwrap_or_default());
    if olds.iter().chain(&news).any(|node| node.as_table().is_some()) {
        return things(path, &olds, &news, changes);
    }
    if old.map(exact) != new.map(exact) {
        let [old, new] = [old, new].map(|node| node.map(words));
        changes.push(Change { path: path.to_owned(), old, new });
    }
}

/// A value as it is written: two that read alike may still differ.
fn exact(node: Node<'_>) -> String {
    match node {
        Node::Value(value) => value.to_string().trim().to_owned(),
        Node::Table(..) | Node::Tables(_) => String::new(),
    }
}

/// Lists of things, told apart by their names.
fn things(path: &str, olds: &[Node<'_>], news: &[Node<'_>], changes: &mut Vec<Change>) {
    let (old_names, new_names) = names(olds, news);
    let index = |names: &[String]| -> BTreeMap<String, usize> {
        names.iter().cloned().enumerate().map(|(at, name)| (name, at)).collect()
    };
    let (in_old, in_new) = (index(&old_names), index(&new_names));
    for (name, new) in new_names.iter().zip(news) {
        let path = format!("{path}.{name}");
        match in_old.get(name) {
            Some(at) => values(&path, olds.get(*at).copied(), Some(*new), changes),
            None => changes.push(Change { path, old: None, new: Some(words(*new)) }),
        }
    }
    for (name, old) in old_names.iter().zip(olds).filter(|(name, _)| !in_new.contains_key(*name)) {
        changes.push(Change { path: format!("{path}.{name}"), old: Some(words(*old)), new: None });
    }
    let was: Vec<String> = old_names.into_iter().filter(|name| in_new.contains_key(name)).collect();
    let is: Vec<String> = new_names.into_iter().filter(|name| in_old.contains_key(name)).collect();
    if was != is {
        let [old, new] = [was, is].map(|order| Some(format!("in the order {}", order.join(", "))));
        changes.push(Change { path: path.to_owned(), old, new });
    }
}

/// The names of both lists' things; their numbers, where a name is lacking or there twice.
fn names(olds: &[Node<'_>], news: &[Node<'_>]) -> (Vec<String>, Vec<String>) {
    let named = |nodes: &[Node<'_>]| -> Option<Vec<String>> {
        let names: Vec<String> =
            nodes.iter().map(|node| node.as_table().and_then(name)).collect::<Option<_>>()?;
        let different = names.iter().collect::<BTreeSet<_>>().len() == names.len();
        different.then_some(names)
    };
    let numbered = |nodes: &[Node<'_>]| (1..=nodes.len()).map(|n| n.to_string()).collect();
    match named(olds).zip(named(news)) {
        Some((old, new)) if old.len() == new.len() => renamed(old, new, news),
        Some(named) => named,
        None => (numbered(olds), numbered(news)),
    }
}

/// A thing that has no key, and another title in the same place, is the same thing: its number
/// names it on both sides.
fn renamed(
    mut old: Vec<String>,
    mut new: Vec<String>,
    news: &[Node<'_>],
) -> (Vec<String>, Vec<String>) {
    let known = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
    let (in_old, in_new) = (known(&old), known(&new));
    for (at, ((old, new), node)) in old.iter_mut().zip(&mut new).zip(news).enumerate() {
        let has_key = node.as_table().and_then(place::name).is_some();
        let number = (at + 1).to_string();
        let taken = in_old.contains(&number) || in_new.contains(&number);
        if !has_key && !taken && !in_new.contains(old) && !in_old.contains(new) {
            old.clone_from(&number);
            *new = number;
        }
    }
    (old, new)
}

fn name(table: &dyn TableLike) -> Option<String> {
    let text = |key| table.get(key).and_then(Item::as_str).map(str::to_owned);
    let contact = || Some(format!("{} {}", text("channel")?, text("address")?));
    place::name(table).or_else(|| text("title")).or_else(|| text("heading")).or_else(contact)
}

/// A value as it reads in a sentence; a thing by its name.
fn words(node: Node<'_>) -> String {
    if let Some(elements) = node.elements() {
        return elements.into_iter().map(words).collect::<Vec<_>>().join(", ");
    }
    match node {
        Node::Table(table, _) => ["name", "title", "heading"]
            .iter()
            .find_map(|key| table.get(key)?.as_str().map(str::to_owned))
            .unwrap_or_else(|| whole(table)),
        Node::Value(Value::String(text)) => text.value().clone(),
        other => exact(other),
    }
}

/// A thing without a name, by all that it says.
fn whole(table: &dyn TableLike) -> String {
    let fields = table.iter().filter_map(|(key, item)| {
        Some(format!("{} {}", key.replace('_', " "), words(Node::of(item)?)))
    });
    fields.collect::<Vec<_>>().join(", ")
}
