//! The way to a thing of the plan, or to a list of them: `role/dba`, `runbook/redis/step/3`.

use std::fmt;
use std::str::FromStr;

use toml_edit::{ArrayOfTables, Item, Table};

use crate::domain::plan::shape::{Count, Thing};
use crate::domain::plan::source::place::{self, Place};

/// Where a thing stands, or the list to which one is added.
#[derive(Debug, Clone)]
pub struct Address {
    around: Vec<Step>,
    here: Step,
}

#[derive(Debug, Clone)]
struct Step {
    thing: &'static Thing,
    /// What the thing is known by among its like; a number from 1 where it has no name. None where
    /// there is one of it, or where the list is meant.
    name: Option<String>,
}

/// A text that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nothing of a plan is called “{0}”")]
pub struct NoAddress(String);

impl Address {
    /// What kind of thing is there.
    #[must_use]
    pub fn thing(&self) -> &'static Thing {
        self.here.thing
    }

    /// Whether it is a list, and no thing in it.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.here.thing.count != Count::Once && self.here.name.is_none()
    }

    /// The way to the thing around, if there is one.
    #[must_use]
    pub fn outer(&self) -> Option<Address> {
        let (here, around) = self.around.split_last()?;
        Some(Address { around: around.to_vec(), here: here.clone() })
    }

    /// The way to a list within.
    #[must_use]
    pub fn within(&self, thing: &'static Thing) -> Address {
        Address { around: self.steps().cloned().collect(), here: Step { thing, name: None } }
    }

    /// The way to one of this list.
    #[must_use]
    pub fn named(&self, name: impl Into<String>) -> Address {
        let here = Step { name: Some(name.into()), ..self.here };
        Address { around: self.around.clone(), here }
    }

    /// The thing, if it stands there.
    pub(super) fn find<'d>(&self, root: &'d Table) -> Option<&'d Table> {
        self.steps().try_fold(root, Step::find)
    }

    /// The same to change it; what there is one of is made where it is missing.
    pub(super) fn find_mut<'d>(&self, root: &'d mut Table) -> Option<&'d mut Table> {
        self.steps().try_fold(root, Step::find_mut)
    }

    /// Where the thing stands in its list.
    pub(super) fn index(&self, root: &Table) -> Option<usize> {
        position(self.here.thing, self.list(root)?, self.here.name.as_ref()?)
    }

    /// The way to the same thing in a later plan: one without a name may stand elsewhere by then.
    pub(super) fn moved_along(&self, base: &Table, now: &Table) -> Option<Address> {
        if !self.here.thing.names.is_empty() || self.here.name.is_none() {
            return Some(self.clone());
        }
        let (was, list) = (self.find(base)?.to_string(), self.list(now)?);
        let same = |at: usize| list.get(at).is_some_and(|one| one.to_string() == was);
        let at = self.index(base)?;
        let found = if same(at) { Some(at) } else { (0..list.len()).find(|at| same(*at)) };
        let changed = || (list.len() == self.list(base)?.len()).then_some(at);
        found.or_else(changed).map(|at| self.named((at + 1).to_string()))
    }

    /// The list that it is, or that its thing stands in.
    pub(super) fn list<'d>(&self, root: &'d Table) -> Option<&'d ArrayOfTables> {
        let around = self.around.iter().try_fold(root, Step::find)?;
        around.get(self.here.thing.list)?.as_array_of_tables()
    }

    /// The same to change it; it is made where it is missing.
    pub(super) fn list_mut<'d>(&self, root: &'d mut Table) -> Option<&'d mut ArrayOfTables> {
        let around = self.around.iter().try_fold(root, Step::find_mut)?;
        let none = || Item::ArrayOfTables(ArrayOfTables::new());
        around.entry(self.here.thing.list).or_insert_with(none).as_array_of_tables_mut()
    }

    /// Its place in that text; `at` is where its thing stands in the list.
    pub(super) fn place(&self, root: &Table, at: Option<usize>) -> Place {
        let mut here = Some(root);
        let mut place = Place::default();
        for step in &self.around {
            place = place.at(step.thing.list);
            let index = here.and_then(|table| step.index(table));
            place = index.map_or(place.clone(), |index| place.at(index));
            here = here.and_then(|table| Step::find(table, step));
        }
        let place = place.at(self.here.thing.list);
        at.map_or(place.clone(), |at| place.at(at))
    }

    fn steps(&self) -> impl Iterator<Item = &Step> {
        self.around.iter().chain([&self.here])
    }
}

impl Step {
    fn find<'d>(around: &'d Table, step: &Step) -> Option<&'d Table> {
        let item = around.get(step.thing.list)?;
        match &step.name {
            None => item.as_table(),
            Some(_) => item.as_array_of_tables()?.get(step.index(around)?),
        }
    }

    fn find_mut<'d>(around: &'d mut Table, step: &Step) -> Option<&'d mut Table> {
        if step.name.is_none() {
            let none = || Item::Table(Table::new());
            return around.entry(step.thing.list).or_insert_with(none).as_table_mut();
        }
        let at = step.index(around)?;
        around.get_mut(step.thing.list)?.as_array_of_tables_mut()?.get_mut(at)
    }

    fn index(&self, around: &Table) -> Option<usize> {
        let list = around.get(self.thing.list)?.as_array_of_tables()?;
        position(self.thing, list, self.name.as_ref()?)
    }
}

/// Where a thing of that name stands among its like.
fn position(thing: &Thing, list: &ArrayOfTables, name: &str) -> Option<usize> {
    if thing.names.is_empty() {
        let number: usize = name.parse().ok()?;
        return number.checked_sub(1).filter(|at| *at < list.len());
    }
    list.iter().position(|table| place::name(table).as_deref() == Some(name))
}

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Address, NoAddress> {
        let wrong = || NoAddress(text.to_owned());
        let mut pieces = text.split('/');
        let mut address: Option<Address> = None;
        while let Some(list) = pieces.next() {
            let thing = match &address {
                None => Thing::of(list),
                Some(around) if around.is_list() => None,
                Some(around) => around.thing().part(list),
            };
            let thing = thing.ok_or_else(wrong)?;
            let name = if thing.count == Count::Once { None } else { pieces.next() };
            let around = address.map(|around| around.steps().cloned().collect());
            let here = Step { thing, name: name.map(str::to_owned) };
            address = Some(Address { around: around.unwrap_or_default(), here });
        }
        address.ok_or_else(wrong)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, step) in self.steps().enumerate() {
            let gap = if nth == 0 { "" } else { "/" };
            write!(f, "{gap}{}", step.thing.list)?;
            if let Some(name) = &step.name {
                write!(f, "/{name}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_and_others_lead_nowhere() {
        for text in [
            "document",
            "role",
            "role/dba",
            "notify/2.management",
            "runbook/redis/step",
            "runbook/redis/step/3",
            "post_mortem/section/2",
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "person/ada",
            "cook/1",
            "role/dba/step",
            "document/title",
            "role//",
            "runbook/step/1",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
