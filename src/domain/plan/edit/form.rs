//! A thing of the plan as a form shows it.

use toml_edit::{ArrayOfTables, Item, Table};

use super::address::Address;
use super::value::shown;
use crate::domain::plan::document::PlanFile;
use crate::domain::plan::export;
use crate::domain::plan::shape::{Count, Field, Kind, Thing};
use crate::domain::plan::source::place;

/// What a form holds.
#[derive(Debug, Clone)]
pub struct Form {
    /// What the thing is called; empty for one to be added.
    pub title: String,
    /// Its fields with what stands in them.
    pub fields: Vec<(&'static Field, Vec<String>)>,
    /// Where it stands among its like, and what those are called; only where the order matters.
    pub order: Option<(usize, Vec<String>)>,
    /// The lists within it: each thing's address and what it is called.
    pub parts: Vec<(Address, Vec<(Address, String)>)>,
}

/// The form of a thing, or of one to be added to a list; none where there is no such thing.
#[must_use]
pub fn form(file: &PlanFile, address: &Address) -> Option<Form> {
    let tree = export::tree(file);
    let (root, thing) = (tree.as_table(), address.thing());
    if address.is_list() {
        if let Some(outer) = address.outer()
            && outer.thing().count != Count::Once
        {
            outer.find(root)?;
        }
        // a key is made of the name, so it is asked for last
        let (keys, others): (Vec<_>, Vec<_>) =
            thing.fields.iter().partition(|field| field.kind == Kind::Key);
        let fields = others.into_iter().chain(keys).map(|field| (field, Vec::new())).collect();
        let all = all(root, address);
        let order = (thing.count == Count::InOrder).then_some((all.len(), all));
        return Some(Form { title: String::new(), fields, order, parts: Vec::new() });
    }
    let empty = Table::new();
    let table = match address.find(root) {
        Some(table) => table,
        None if thing.count == Count::Once => &empty,
        None => return None,
    };
    let fields = thing.fields.iter().filter(|field| !thing.is_name(field));
    Some(Form {
        title: title(thing, table),
        fields: fields.map(|field| (field, shown(field, table.get(field.key)))).collect(),
        order: order(root, address),
        parts: thing.parts.iter().map(|part| listed(table, address, part)).collect(),
    })
}

/// What a thing is called on pages.
fn title(thing: &Thing, table: &Table) -> String {
    let text = |keys: &[&str]| {
        let found = keys.iter().find_map(|key| table.get(key)?.as_str());
        found.map(str::to_owned)
    };
    let level = ["number", "level"].iter().find_map(|key| table.get(key)?.as_integer());
    let level = level.map(|number| format!("level {number}"));
    let called = text(&["name", "title", "heading", "audience"]);
    let said: Vec<String> = level.into_iter().chain(called).collect();
    if said.is_empty() { format!("the {}", thing.one) } else { said.join(", ") }
}

/// All of its list, in order.
fn all(root: &Table, address: &Address) -> Vec<String> {
    let list = address.list(root).map(ArrayOfTables::iter).into_iter().flatten();
    list.map(|table| title(address.thing(), table)).collect()
}

fn order(root: &Table, address: &Address) -> Option<(usize, Vec<String>)> {
    if address.thing().count != Count::InOrder {
        return None;
    }
    let at = address.index(root)?;
    let mut others = all(root, address);
    others.remove(at);
    Some((at, others))
}

fn listed(
    table: &Table,
    address: &Address,
    part: &'static Thing,
) -> (Address, Vec<(Address, String)>) {
    let list = address.within(part);
    let things = table.get(part.list).and_then(Item::as_array_of_tables);
    let things = things.map(ArrayOfTables::iter).into_iter().flatten().enumerate();
    let things = things.map(|(at, table)| {
        let number = (at + 1).to_string();
        let name =
            if part.names.is_empty() { number } else { place::name(table).unwrap_or(number) };
        (list.named(name), title(part, table))
    });
    (list.clone(), things.collect())
}

/// What may be chosen from a list: keys, and what they are called.
#[must_use]
pub fn choices(file: &PlanFile, list: &str) -> Vec<(String, String)> {
    macro_rules! named {
        ($list:expr) => {
            $list.iter().map(|one| (one.key.clone(), one.name.clone())).collect()
        };
    }
    let plan = &file.plan;
    match list {
        "person" => named!(file.people),
        "role" => named!(plan.role),
        "component" => named!(plan.component),
        "audience" => named!(plan.audience),
        "channel" => named!(plan.channel),
        "template" => named!(plan.template),
        _ => Vec::new(),
    }
}
