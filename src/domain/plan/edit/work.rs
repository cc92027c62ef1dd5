//! How a deed is done on the tree of the plan in force.

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table};

use super::value::{is_group, shown, written};
use super::{Address, Deed, Edited, Gone, POSITION, Typed};
use crate::domain::plan::document::PlanFile;
use crate::domain::plan::export;
use crate::domain::plan::shape::{Count, Field, Kind, Thing};
use crate::domain::plan::source::place;
use crate::domain::roster::keys_for;

/// The plan that a form was drawn from, the one in force, and where its thing stands in each.
pub(super) struct Work<'a> {
    was: &'a Address,
    is: Address,
    base: DocumentMut,
    tree: DocumentMut,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        address: &'a Address,
        base: &PlanFile,
        current: &PlanFile,
    ) -> Result<Work<'a>, Gone> {
        let (base, tree) = (export::tree(base), export::tree(current));
        let is = address.moved_along(base.as_table(), tree.as_table()).ok_or(Gone)?;
        Ok(Work { was: address, is, base, tree })
    }

    pub(super) fn done(mut self, deed: &Deed) -> Result<Edited, Gone> {
        let mut meanwhile = Vec::new();
        let at = match deed {
            Deed::Change(typed) => {
                meanwhile = self.change(typed)?;
                self.move_it(typed).or_else(|| self.is.index(self.tree.as_table()))
            }
            Deed::Add(typed) => Some(self.add(typed)?),
            Deed::Remove => {
                self.remove()?;
                None
            }
        };
        let root = self.tree.as_table();
        let about = place::words(root, &self.is.place(root, at));
        Ok(Edited { text: self.tree.to_string(), about, meanwhile })
    }

    /// Puts in what differs from the base; names what was changed there meanwhile.
    fn change(&mut self, typed: &Typed) -> Result<Vec<&'static str>, Gone> {
        let (thing, empty) = (self.was.thing(), Table::new());
        let before = match self.was.find(self.base.as_table()) {
            Some(table) => table,
            None if thing.count == Count::Once => &empty,
            None => return Err(Gone),
        };
        let now = self.is.find_mut(self.tree.as_table_mut()).ok_or(Gone)?;
        let mut meanwhile = Vec::new();
        for field in thing.fields.iter().filter(|field| !thing.is_name(field)) {
            let Some(new) = typed_item(field, typed) else { continue };
            let [was, is] = [before, &*now].map(|table| as_form_says(field, table));
            if text(new.as_ref()) == was {
                continue;
            }
            if was != is {
                meanwhile.push(field.key);
            }
            put(now, field, new);
        }
        Ok(meanwhile)
    }

    /// Moves the thing to where it was typed to stand, if that differs from where it stood.
    fn move_it(&mut self, typed: &Typed) -> Option<usize> {
        let wanted = position(typed).filter(|_| self.is.thing().count == Count::InOrder)?;
        if self.was.index(self.base.as_table()) == Some(wanted) {
            return None;
        }
        let at = self.is.index(self.tree.as_table())?;
        let list = self.is.list_mut(self.tree.as_table_mut())?;
        let thing = list.remove(at);
        Some(insert(list, wanted, thing))
    }

    fn add(&mut self, typed: &Typed) -> Result<usize, Gone> {
        let thing = self.is.thing();
        let list = self.is.list_mut(self.tree.as_table_mut()).ok_or(Gone)?;
        let mut table = Table::new();
        for field in thing.fields {
            let item = typed_item(field, typed).unwrap_or_else(|| written(field, &[]));
            put(&mut table, field, item);
        }
        name_it(thing, list, &mut table);
        let at = match thing.count {
            Count::InOrder => position(typed),
            Count::Once | Count::Fixed | Count::Many => behind_lighter(list, &table),
        };
        Ok(insert(list, at.unwrap_or(list.len()), table))
    }

    fn remove(&mut self) -> Result<(), Gone> {
        let at = self.is.index(self.tree.as_table()).ok_or(Gone)?;
        self.is.list_mut(self.tree.as_table_mut()).ok_or(Gone)?.remove(at);
        Ok(())
    }
}

/// What a form says of a field; none where it has none of it.
fn typed_item(field: &Field, typed: &Typed) -> Option<Option<Item>> {
    match typed.get(field.key) {
        Some(values) => Some(written(field, values)),
        None if is_group(field) => Some(written(field, &[])),
        None => None,
    }
}

/// A field as it would be written if a form sent back what it showed of it.
fn as_form_says(field: &Field, table: &Table) -> String {
    text(written(field, &shown(field, table.get(field.key))).as_ref())
}

fn text(item: Option<&Item>) -> String {
    item.map(ToString::to_string).unwrap_or_default()
}

fn put(table: &mut Table, field: &Field, item: Option<Item>) {
    match item {
        Some(item) => drop(table.insert(field.key, item)),
        None => drop(table.remove(field.key)),
    }
}

fn position(typed: &Typed) -> Option<usize> {
    typed.get(POSITION)?.first()?.parse().ok()
}

/// Makes a key of the name, where none was typed.
fn name_it(thing: &Thing, list: &ArrayOfTables, table: &mut Table) {
    let has_key = thing.fields.iter().any(|field| field.kind == Kind::Key);
    let text = |key: &str| table.get(key).and_then(Item::as_str).unwrap_or_default().to_owned();
    let (key, name) = (text("key"), text("name"));
    if !has_key || !key.is_empty() || name.is_empty() {
        return;
    }
    let taken = |key: &String| list.iter().any(|one| place::name(one).as_ref() == Some(key));
    if let Some(key) = keys_for(&name).find(|key| !taken(key)) {
        table.insert("key", toml_edit::value(key));
    }
}

/// Rows of a matrix stand by level: behind the last that is not graver.
fn behind_lighter(list: &ArrayOfTables, table: &Table) -> Option<usize> {
    let level = |table: &Table| table.get("level").and_then(Item::as_integer);
    let own = level(table)?;
    let lighter = list.iter().enumerate().filter(|(_, row)| level(row).is_some_and(|it| it <= own));
    Some(lighter.last().map_or(0, |(at, _)| at + 1))
}

/// Puts a thing behind so many others, at most at the end, and says where it stands.
fn insert(list: &mut ArrayOfTables, at: usize, thing: Table) -> usize {
    let at = at.min(list.len());
    list.insert(at, thing);
    at
}
