//! The roster part of the text: people are changed on their own pages, not with the document.

use super::{Count, Field, KEY, Kind, NAME, Thing, field, words};

/// A person of the text.
pub static PERSON: Thing = Thing {
    list: "person",
    one: "person",
    count: Count::Many,
    names: &["key"],
    fields: PEOPLE,
    parts: &[&CONTACT],
};

static CONTACT: Thing = Thing {
    list: "contact",
    one: "way to reach them",
    count: Count::Many,
    names: &["channel", "address"],
    fields: CONTACTS,
    parts: &[],
};

const PEOPLE: &[Field] =
    &[KEY, NAME, field("title", "Title", Kind::Line), field("zone", "Time zone", Kind::Line)];

const CONTACTS: &[Field] = &[
    field("channel", "Channel", Kind::Word(words::CONTACTS)).required(),
    field("address", "Address", Kind::Line).required(),
    field("rank", "Rank", Kind::Line),
];
