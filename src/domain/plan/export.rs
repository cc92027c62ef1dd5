//! The text form of a plan: tidy, and the same for the same plan.

use serde::Serialize;
use toml_edit::visit_mut::{self, VisitMut};
use toml_edit::{Array, DocumentMut, Item, Table, Value};

use super::document::{Person, Plan, PlanFile};

/// Lists that are read best as one line an element, though their elements are tables.
const INLINE: [&str; 1] = ["contact"];

/// Longer lists get a line an element.
const WIDTH: usize = 72;

/// The file's parts in the order they are written; `plan.person` is empty here.
#[derive(Serialize)]
struct Text<'a> {
    #[serde(flatten)]
    plan: &'a Plan,
    #[serde(skip_serializing_if = "<[Person]>::is_empty")]
    person: &'a [Person],
}

/// Writes the plan as TOML.
#[must_use]
pub fn export(file: &PlanFile) -> String {
    tree(file).to_string()
}

/// The plan as a TOML tree, laid out for reading.
pub(super) fn tree(file: &PlanFile) -> DocumentMut {
    let plan = Plan { person: Vec::new(), ..file.plan.clone() };
    let text = Text { plan: &plan, person: &file.people };
    // The plan's types hold nothing that TOML cannot: an error here has no way to arise.
    let mut document = toml_edit::ser::to_document(&text).unwrap_or_default();
    Tidy.visit_document_mut(&mut document);
    document
}

struct Tidy;

impl VisitMut for Tidy {
    fn visit_table_mut(&mut self, table: &mut Table) {
        for (key, item) in table.iter_mut() {
            if !INLINE.contains(&key.get()) {
                unfold(item);
            }
        }
        visit_mut::visit_table_mut(self, table);
    }

    fn visit_array_mut(&mut self, array: &mut Array) {
        visit_mut::visit_array_mut(self, array);
        let tables = array.iter().any(Value::is_inline_table);
        if array.len() > 1 && (tables || array.to_string().len() > WIDTH) {
            for element in array.iter_mut() {
                element.decor_mut().set_prefix("\n    ");
            }
            array.set_trailing("\n");
            array.set_trailing_comma(true);
        }
    }
}

/// Turns inline tables into ones with a header of their own.
fn unfold(item: &mut Item) {
    let whole = std::mem::take(item);
    *item = match whole.into_table() {
        Ok(table) => Item::Table(table),
        Err(other) => match other.into_array_of_tables() {
            Ok(tables) if !tables.is_empty() => Item::ArrayOfTables(tables),
            Ok(_) => Item::Value(Value::Array(Array::new())),
            Err(other) => other,
        },
    };
}
