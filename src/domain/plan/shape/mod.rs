//! The things a plan is made of: their fields, what each is called, and how it is written.
//!
//! Rules on texts and forms both go by it, so that what a form takes is what a text may hold. A
//! test holds it against the document's types.

mod aftermath;
mod audience;
mod backup;
mod control;
mod level;
mod objective;
mod outside;
mod person;
mod runbook;
pub mod words;

pub use person::PERSON;

/// All things of the document, in its order; the roster's people are not among them.
pub static THINGS: [&Thing; 20] = [
    &control::DOCUMENT,
    &objective::OBJECTIVE,
    &objective::FUNCTION,
    &objective::COMPONENT,
    &level::LEVEL,
    &level::ROLE,
    &audience::AUDIENCE,
    &audience::NOTIFY,
    &level::ESCALATE,
    &audience::CHANNEL,
    &audience::TEMPLATE,
    &runbook::RUNBOOK,
    &runbook::SCHEDULE,
    &backup::REPOSITORY,
    &backup::DATABASE,
    &runbook::CHECKLIST,
    &aftermath::POST_MORTEM,
    &aftermath::FOLLOW_UP,
    &outside::PROVIDER,
    &outside::APPENDIX,
];

/// One kind of thing.
#[derive(Debug)]
pub struct Thing {
    /// The key of its list, or of its table.
    pub list: &'static str,
    /// What one of them is called.
    pub one: &'static str,
    /// How many there are.
    pub count: Count,
    /// The fields it is known by from outside; those of one that stands never change.
    pub names: &'static [&'static str],
    /// All of its fields.
    pub fields: &'static [Field],
    /// Lists of things within it.
    pub parts: &'static [&'static Thing],
}

/// How many of a thing there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// One; it comes and goes with the document.
    Once,
    /// As many as the rules say; none comes or goes.
    Fixed,
    /// Any number, in no order that matters.
    Many,
    /// Any number, one after the other.
    InOrder,
}

/// One field of a thing.
#[derive(Debug)]
pub struct Field {
    /// Its key in the text.
    pub key: &'static str,
    /// What it is called on pages.
    pub label: &'static str,
    /// What to write, where the label leaves that open.
    pub hint: &'static str,
    /// How it is written.
    pub kind: Kind,
    /// Whether it must say something.
    pub required: bool,
}

/// How a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A stable key.
    Key,
    /// One line.
    Line,
    /// A telephone number.
    Phone,
    /// An address of the web.
    Url,
    /// A day of the calendar.
    Day,
    /// Several lines.
    Text,
    /// Several lines for a machine.
    Code,
    /// Lines, each a thing of its own.
    Lines,
    /// A span of time.
    Span,
    /// A span of time, or a word in its place.
    Every,
    /// A span of time or a percentage.
    Amount,
    /// Yes or no.
    YesNo,
    /// A level.
    Level,
    /// Levels.
    Levels,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Some of these words.
    Words(&'static [&'static str]),
    /// The key of something in that list.
    One(&'static str),
    /// Keys of some of that list.
    Many(&'static str),
    /// Keys of some of that list, first things first.
    Ranked(&'static str),
}

impl Thing {
    /// The thing that a list of the document holds.
    #[must_use]
    pub fn of(list: &str) -> Option<&'static Thing> {
        THINGS.into_iter().find(|thing| thing.list == list)
    }

    /// The thing that a list within this one holds.
    #[must_use]
    pub fn part(&self, list: &str) -> Option<&'static Thing> {
        self.parts.iter().copied().find(|thing| thing.list == list)
    }

    /// Whether this field is what it is known by.
    #[must_use]
    pub fn is_name(&self, field: &Field) -> bool {
        self.names.contains(&field.key)
    }

    /// Whether one may come or go.
    #[must_use]
    pub fn may_come_and_go(&self) -> bool {
        matches!(self.count, Count::Many | Count::InOrder)
    }
}

/// A field that may stay empty.
const fn field(key: &'static str, label: &'static str, kind: Kind) -> Field {
    Field { key, label, hint: "", kind, required: false }
}

impl Field {
    const fn hint(self, hint: &'static str) -> Field {
        Field { hint, ..self }
    }

    const fn required(self) -> Field {
        Field { required: true, ..self }
    }
}

/// The key by which everything outside knows a thing.
const KEY: Field = field("key", "Key", Kind::Key)
    .hint("In a-z, 0-9 and -; it never changes. Made from the name where it is empty.")
    .required();
/// What a thing is called.
const NAME: Field = field("name", "Name", Kind::Line).required();
