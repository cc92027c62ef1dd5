//! One thing of a plan is changed, added or taken away, by its fields as somebody typed them.
//!
//! What comes of it is a text, which goes through reader and rules as any other does. A change
//! holds what differs from the revision its form was drawn from, and is made on the one in force:
//! so two who change different fields of one thing both keep theirs.

mod address;
mod form;
mod value;
mod work;

use std::collections::BTreeMap;

use super::document::PlanFile;

pub use address::{Address, NoAddress};
pub use form::{Form, choices, form};

/// The field that says behind how many of its like a thing stands.
pub const POSITION: &str = "position";

/// Fields as they were typed, by key.
#[derive(Debug, Clone, Default)]
pub struct Typed(BTreeMap<String, Vec<String>>);

/// What is to be done.
#[derive(Debug, Clone)]
pub enum Deed {
    /// The thing's fields become these.
    Change(Typed),
    /// A thing of these fields comes to the list.
    Add(Typed),
    /// The thing goes.
    Remove,
}

/// What a deed comes to.
#[derive(Debug, Clone)]
pub struct Edited {
    /// The plan's text after it.
    pub text: String,
    /// How findings call the thing.
    pub about: String,
    /// Fields that differ from what the form was drawn from, and were changed meanwhile.
    pub meanwhile: Vec<&'static str>,
}

/// The thing, or the one around it, is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

impl Typed {
    /// What was typed in a field; none where the form has none of it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.0.get(key).map(Vec::as_slice)
    }

    /// All of it, for a form that sends it once more.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(key, values)| {
            values.iter().map(move |value| (key.as_str(), value.as_str()))
        })
    }
}

impl FromIterator<(String, String)> for Typed {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Typed {
        let mut typed: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, value) in pairs {
            typed.entry(key).or_default().push(value.replace("\r\n", "\n"));
        }
        Typed(typed)
    }
}

/// Does a deed on the plan in force; `base` is the one that the form was drawn from.
///
/// # Errors
/// [`Gone`] where the thing stands in one of them no longer, or not yet.
pub fn apply(
    address: &Address,
    deed: &Deed,
    base: &PlanFile,
    current: &PlanFile,
) -> Result<Edited, Gone> {
    work::Work::new(address, base, current)?.done(deed)
}
