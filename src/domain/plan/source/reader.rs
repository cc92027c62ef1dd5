//! Reads a TOML tree into the plan's types and goes on after a mistake, so that all mistakes are
//! found at once. The types themselves say which keys there are; nothing is written twice.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::de::value::{StrDeserializer, StringDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;
use toml_edit::{Key, TableLike, Value};

use super::fault::Fault;
use super::hole::Hole;
use super::place::{Node, Place};

/// Beyond so many mistakes reading ends; each costs a reading from the start.
const MOST: usize = 100;

/// A mistake and its place; an unknown key knows its offset itself.
pub(super) struct Mistake {
    pub(super) place: Place,
    pub(super) offset: Option<usize>,
    pub(super) says: String,
}

/// What was found while reading.
#[derive(Default)]
pub(super) struct Found {
    /// Places that hold nothing usable.
    pub(super) holes: BTreeSet<Place>,
    /// What is wrong.
    pub(super) mistakes: Vec<Mistake>,
}

/// Reads a value; `None` where there were too many mistakes to go on.
pub(super) fn read<T: DeserializeOwned>(
    node: Node<'_>,
    place: &Place,
    found: &mut Found,
) -> Option<T> {
    loop {
        let unknown = RefCell::default();
        let cursor = Cursor { node, place: place.clone(), holes: &found.holes, unknown: &unknown };
        let read = T::deserialize(cursor);
        match read {
            Ok(value) => {
                found.mistakes.append(&mut unknown.into_inner());
                return Some(value);
            }
            Err(fault) => {
                let place = fault.place.unwrap_or_else(|| place.clone());
                let new = found.holes.insert(place.clone());
                found.mistakes.push(Mistake { place, offset: None, says: fault.says });
                if !new || found.holes.len() >= MOST {
                    let place = Place::default();
                    let says = "there may be more mistakes; mend these and check again".to_owned();
                    found.mistakes.push(Mistake { place, offset: None, says });
                    return None;
                }
            }
        }
    }
}

#[derive(Clone)]
struct Cursor<'t, 'f> {
    node: Node<'t>,
    place: Place,
    holes: &'f BTreeSet<Place>,
    unknown: &'f RefCell<Vec<Mistake>>,
}

impl<'t, 'f> Cursor<'t, 'f> {
    fn child(&self, node: Node<'t>, place: Place) -> Cursor<'t, 'f> {
        Cursor { node, place, holes: self.holes, unknown: self.unknown }
    }

    fn note_unknown(&self, table: &dyn TableLike, fields: &'static [&'static str]) {
        for (key, _) in table.iter().filter(|(key, _)| !fields.contains(key)) {
            let offset = table.key(key).and_then(Key::span).map(|span| span.start);
            let says =
                format!("the key “{key}” is not known here; known are {}", fields.join(", "));
            self.unknown.borrow_mut().push(Mistake { place: self.place.at(key), offset, says });
        }
    }

    fn scalar<'de, V: Visitor<'de>>(value: &Value, visitor: V) -> Result<V::Value, Fault> {
        match value {
            Value::String(text) => visitor.visit_str(text.value()),
            Value::Integer(number) => visitor.visit_i64(*number.value()),
            Value::Float(number) => visitor.visit_f64(*number.value()),
            Value::Boolean(yes) => visitor.visit_bool(*yes.value()),
            Value::Datetime(_) => Err(Fault::new("this is a bare date; put it in quotation marks")),
            Value::Array(_) | Value::InlineTable(_) => Err(Fault::new("this is no single value")),
        }
    }
}

impl<'de> Deserializer<'de> for Cursor<'_, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let read = match self.node {
            Node::Table(..) => Err(Fault::new("this is a table; a single value is wanted")),
            Node::Tables(_) | Node::Value(Value::Array(_)) => {
                Err(Fault::new("this is a list; a single value is wanted"))
            }
            Node::Value(value) => Self::scalar(value, visitor),
        };
        read.map_err(|fault| fault.at(&self.place))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let elements = self.node.elements().ok_or_else(|| {
            let says = match self.node {
                Node::Table(..) => {
                    "there can be several of these; write it in double brackets, [[…]]"
                }
                _ => "this must be a list, in [ ]",
            };
            Fault::new(says).at(&self.place)
        })?;
        visitor.visit_seq(Elements { elements: elements.into_iter().enumerate(), around: &self })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let table = self.node.as_table().ok_or_else(|| {
            Fault::new("this must be a table, with keys of its own").at(&self.place)
        })?;
        self.note_unknown(table, fields);
        let entries = Entries { fields: fields.iter(), table, around: &self, next: None };
        visitor.visit_map(entries).map_err(|fault| fault.at(&self.place))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let text = match self.node {
            Node::Value(Value::String(text)) => text.value().clone(),
            _ => {
                let says = format!("this must be one of {}", variants.join(", "));
                return Err(Fault::new(says).at(&self.place));
            }
        };
        let variant: StringDeserializer<Fault> = text.into_deserializer();
        visitor.visit_enum(variant).map_err(|fault| fault.at(&self.place))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct tuple tuple_struct map identifier ignored_any
    }
}

struct Elements<'a, 't, 'f> {
    elements: std::iter::Enumerate<std::vec::IntoIter<Node<'t>>>,
    around: &'a Cursor<'t, 'f>,
}

impl<'de> SeqAccess<'de> for Elements<'_, '_, '_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some((index, node)) = self.elements.next() else { return Ok(None) };
        let place = self.around.place.at(index);
        if self.around.holes.contains(&place) {
            return seed.deserialize(Hole).map(Some);
        }
        let element = self.around.child(node, place.clone());
        seed.deserialize(element).map(Some).map_err(|fault| fault.at(&place))
    }
}

struct Entries<'a, 't, 'f> {
    fields: std::slice::Iter<'static, &'static str>,
    table: &'t dyn TableLike,
    around: &'a Cursor<'t, 'f>,
    next: Option<(Place, Option<Node<'t>>)>,
}

impl<'de> MapAccess<'de> for Entries<'_, '_, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        for field in self.fields.by_ref() {
            let place = self.around.place.at(*field);
            let node = self.table.get(field).and_then(Node::of);
            if node.is_some() || self.around.holes.contains(&place) {
                self.next = Some((place, node));
                let key: StrDeserializer<'_, Fault> = (*field).into_deserializer();
                return seed.deserialize(key).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        match self.next.take() {
            Some((place, Some(node))) if !self.around.holes.contains(&place) => {
                let value = self.around.child(node, place.clone());
                seed.deserialize(value).map_err(|fault| fault.at(&place))
            }
            _ => seed.deserialize(Hole),
        }
    }
}
