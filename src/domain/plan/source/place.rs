//! Places in a plan's text: the way from its root to a value, and how people name it.

use std::ops::Range;

use toml_edit::{ArrayOfTables, Item, Table, TableLike, Value};

/// One step of the way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Into a table.
    Key(String),
    /// Into a list.
    Index(usize),
}

/// The way from the root to a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Place(Vec<Part>);

impl Place {
    /// The place of a child of what stands here.
    pub(crate) fn at(&self, part: impl Into<Part>) -> Place {
        let mut parts = self.0.clone();
        parts.push(part.into());
        Place(parts)
    }

    /// Whether this is `outer`, or lies within it.
    pub(crate) fn within(&self, outer: &Place) -> bool {
        self.0.starts_with(&outer.0)
    }
}

impl From<&str> for Part {
    fn from(key: &str) -> Part {
        Part::Key(key.to_owned())
    }
}

impl From<usize> for Part {
    fn from(index: usize) -> Part {
        Part::Index(index)
    }
}

/// A value of either of TOML's two ways to write tables and lists.
#[derive(Clone, Copy)]
pub(crate) enum Node<'t> {
    /// `[table]` or `{ inline }`.
    Table(&'t dyn TableLike, usize),
    /// `[[several]]`.
    Tables(&'t ArrayOfTables),
    /// All else.
    Value(&'t Value),
}

impl<'t> Node<'t> {
    /// The root of a document.
    pub(crate) fn root(table: &'t Table) -> Node<'t> {
        Node::Table(table, 0)
    }

    /// What an entry of a table holds.
    pub(crate) fn of(item: &'t Item) -> Option<Node<'t>> {
        match item {
            Item::None => None,
            Item::Value(value) => Some(Node::value(value)),
            Item::Table(table) => Some(Node::table(table)),
            Item::ArrayOfTables(tables) => Some(Node::Tables(tables)),
        }
    }

    fn value(value: &'t Value) -> Node<'t> {
        match value {
            Value::InlineTable(table) => Node::Table(table, start(value.span())),
            _ => Node::Value(value),
        }
    }

    fn table(table: &'t Table) -> Node<'t> {
        Node::Table(table, start(table.span()))
    }

    /// The elements, if this is a list.
    pub(crate) fn elements(self) -> Option<Vec<Node<'t>>> {
        match self {
            Node::Tables(tables) => Some(tables.iter().map(Node::table).collect()),
            Node::Value(Value::Array(array)) => Some(array.iter().map(Node::value).collect()),
            Node::Table(..) | Node::Value(_) => None,
        }
    }

    /// The table, if this is one.
    pub(crate) fn as_table(self) -> Option<&'t dyn TableLike> {
        match self {
            Node::Table(table, _) => Some(table),
            Node::Tables(_) | Node::Value(_) => None,
        }
    }

    /// What an entry holds, if this is a table.
    pub(crate) fn get(self, key: &str) -> Option<Node<'t>> {
        Node::of(self.as_table()?.get(key)?)
    }

    fn child(self, part: &Part) -> Option<Node<'t>> {
        match part {
            Part::Key(key) => self.get(key),
            Part::Index(index) => match self {
                Node::Tables(tables) => tables.get(*index).map(Node::table),
                Node::Value(Value::Array(array)) => array.get(*index).map(Node::value),
                Node::Table(..) | Node::Value(_) => None,
            },
        }
    }

    fn offset(self) -> usize {
        match self {
            Node::Table(_, offset) => offset,
            Node::Tables(tables) => start(tables.span()),
            Node::Value(value) => start(value.span()),
        }
    }
}

fn start(span: Option<Range<usize>>) -> usize {
    span.map_or(0, |span| span.start)
}

/// Where a place begins in the text; what is missing is looked for at the table around it.
pub(crate) fn offset(root: &Table, place: &Place) -> usize {
    let mut here = Node::root(root);
    for part in &place.0 {
        match here.child(part) {
            Some(child) => here = child,
            None => break,
        }
    }
    here.offset()
}

/// The place as people name it: `level.2.pages`, `runbook.redis.step.3`.
pub(crate) fn words(root: &Table, place: &Place) -> String {
    let mut here = Some(Node::root(root));
    let mut words = Vec::new();
    for part in &place.0 {
        let child = here.and_then(|here| here.child(part));
        words.push(match part {
            Part::Key(key) => key.clone(),
            Part::Index(index) => child
                .and_then(Node::as_table)
                .and_then(name)
                .unwrap_or_else(|| (index + 1).to_string()),
        });
        here = child;
    }
    words.join(".")
}

/// What a table among others is known by.
pub(crate) fn name(table: &dyn TableLike) -> Option<String> {
    let text = |key| table.get(key).and_then(Item::as_str).map(str::to_owned);
    let number = |key| table.get(key).and_then(Item::as_integer).map(|n| n.to_string());
    let row = || {
        let level = number("level")?;
        Some(text("audience").map_or(level.clone(), |audience| format!("{level}.{audience}")))
    };
    text("key").or_else(|| number("number")).or_else(row).or_else(|| text("name"))
}
