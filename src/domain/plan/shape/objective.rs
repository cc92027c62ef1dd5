//! What is aimed at, and what the business does meanwhile.

use super::{Count, Field, KEY, Kind, NAME, Thing, field, words};

pub(super) static OBJECTIVE: Thing = Thing {
    list: "objective",
    one: "objective",
    count: Count::Many,
    names: &["key"],
    fields: OBJECTIVES,
    parts: &[],
};

pub(super) static FUNCTION: Thing = Thing {
    list: "function",
    one: "function",
    count: Count::Many,
    names: &["key"],
    fields: FUNCTIONS,
    parts: &[],
};

pub(super) static COMPONENT: Thing = Thing {
    list: "component",
    one: "component",
    count: Count::Many,
    names: &["key"],
    fields: COMPONENTS,
    parts: &[],
};

const OBJECTIVES: &[Field] = &[
    field("key", "Which", Kind::Word(words::OBJECTIVES)).required(),
    NAME,
    field("target", "Target", Kind::Amount)
        .hint("A span such as 2 h, or a percentage such as 99.5.")
        .required(),
    field("maximum", "At most", Kind::Amount)
        .hint("What is still accepted; of availability, at least.")
        .required(),
    field("covers", "For", Kind::Lines),
];

const FUNCTIONS: &[Field] = &[
    KEY,
    NAME,
    field("tier", "Tier", Kind::Word(words::TIERS))
        .hint("Critical within 2 h, important within 4 h, nice to have within 24 h.")
        .required(),
    field("components", "Stands on", Kind::Many("component")),
    field("while_down", "While it is down", Kind::Text).hint("What people do meanwhile."),
];

const COMPONENTS: &[Field] = &[
    KEY,
    field("name", "Name", Kind::Line).hint("As the public reads it.").required(),
    field("public", "The public sees it", Kind::YesNo),
];
