//! Levels, and who acts at them.

use super::{Count, Field, KEY, Kind, NAME, Thing, field, words};

pub(super) static LEVEL: Thing = Thing {
    list: "level",
    one: "level",
    count: Count::Fixed,
    names: &["number"],
    fields: LEVELS,
    parts: &[],
};

pub(super) static ROLE: Thing = Thing {
    list: "role",
    one: "role",
    count: Count::Many,
    names: &["key"],
    fields: ROLES,
    parts: &[],
};

pub(super) static ESCALATE: Thing = Thing {
    list: "escalate",
    one: "row of the escalation matrix",
    count: Count::Many,
    names: &["level"],
    fields: ESCALATIONS,
    parts: &[],
};

const LEVELS: &[Field] = &[
    field("number", "Number", Kind::Level).required(),
    NAME,
    field("impact", "Means", Kind::Text).required(),
    field("examples", "Examples", Kind::Lines),
    field("usual_downtime", "Usual downtime, at most", Kind::Span)
        .hint("Whatever lasts longer proposes the next level. Empty: it never does."),
    field("downtime", "Usual downtime, in words", Kind::Line),
    field("response", "Response", Kind::Lines),
    field("pages", "Pages", Kind::Many("role")).required(),
    field("public_template", "First words for the status page", Kind::One("template"))
        .hint("None: declaring tells the public nothing."),
    field("public_note", "What users are told instead", Kind::Text),
];

const ROLES: &[Field] = &[
    KEY,
    NAME,
    field("team", "Team", Kind::Line),
    field("authority", "Authority", Kind::Line).hint("In two or three words."),
    field("duties", "Duties", Kind::Lines),
    field("marks", "Marks", Kind::Words(words::MARKS))
        .hint("One role commands and one publishes words; databases name theirs."),
    field("holders", "Holders", Kind::Ranked("person"))
        .hint("The first is paged at once, the others in their order."),
];

const ESCALATIONS: &[Field] = &[
    field("level", "Level", Kind::Level).required(),
    field("says", "What happens", Kind::Text),
    field("roles", "Roles", Kind::Many("role"))
        .hint("None: the level’s own, which are what is paged."),
    field("audiences", "Brings in", Kind::Many("audience")),
    field("next_after", "Next step after", Kind::Span)
        .hint("So long without an answer, such as 5 min.")
        .required(),
];
