//! What comes after an incident.

use super::{Count, Field, KEY, Kind, NAME, Thing, field};

pub(super) static POST_MORTEM: Thing = Thing {
    list: "post_mortem",
    one: "post-mortem",
    count: Count::Once,
    names: &[],
    fields: MEETING,
    parts: &[&SECTION],
};

static SECTION: Thing = Thing {
    list: "section",
    one: "chapter of the report",
    count: Count::InOrder,
    names: &[],
    fields: SECTIONS,
    parts: &[],
};

pub(super) static FOLLOW_UP: Thing = Thing {
    list: "follow_up",
    one: "window of follow-up actions",
    count: Count::Many,
    names: &["key"],
    fields: WINDOWS,
    parts: &[],
};

const MEETING: &[Field] = &[
    field("within", "Meeting within", Kind::Span).hint("Such as 2 d."),
    field("agenda", "Agenda", Kind::Lines),
];

const SECTIONS: &[Field] =
    &[field("heading", "Heading", Kind::Line).required(), field("asks", "Asks", Kind::Lines)];

const WINDOWS: &[Field] = &[
    KEY,
    NAME,
    field("from", "Begins after", Kind::Span)
        .hint("So long after recovery, such as 1 d.")
        .required(),
    field("until", "Ends after", Kind::Span).required(),
    field("items", "Actions", Kind::Lines).required(),
];
