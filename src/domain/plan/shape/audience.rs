//! Who is told, how, and in which words.

use super::{Count, Field, KEY, Kind, NAME, Thing, field, words};

pub(super) static AUDIENCE: Thing = Thing {
    list: "audience",
    one: "audience",
    count: Count::Many,
    names: &["key"],
    fields: AUDIENCES,
    parts: &[],
};

pub(super) static NOTIFY: Thing = Thing {
    list: "notify",
    one: "row of the stakeholder matrix",
    count: Count::Many,
    names: &["level", "audience"],
    fields: NOTIFICATIONS,
    parts: &[],
};

pub(super) static CHANNEL: Thing = Thing {
    list: "channel",
    one: "channel",
    count: Count::InOrder,
    names: &["key"],
    fields: CHANNELS,
    parts: &[],
};

pub(super) static TEMPLATE: Thing = Thing {
    list: "template",
    one: "template",
    count: Count::Many,
    names: &["key"],
    fields: TEMPLATES,
    parts: &[],
};

const AUDIENCES: &[Field] = &[
    KEY,
    NAME,
    field("public", "What it is told is public", Kind::YesNo),
    field("addresses", "Mail addresses", Kind::Lines).hint("Of lists; one a line."),
    field("people", "People", Kind::Many("person")),
    field("roles", "Roles", Kind::Many("role")).hint("Their holders are in it."),
];

const NOTIFICATIONS: &[Field] = &[
    field("level", "From level", Kind::Level).required(),
    field("audience", "Audience", Kind::One("audience")).required(),
    field("first_within", "First word within", Kind::Span)
        .hint("Such as 15 min; 0 s is at once.")
        .required(),
    field("every", "Then every", Kind::Every)
        .hint("A span such as 30 min; on-change when something changes; none where once will do.")
        .required(),
    field("channels", "By", Kind::Many("channel")),
    field("template", "Words", Kind::One("template")),
];

const CHANNELS: &[Field] = &[
    KEY,
    NAME,
    field("rank", "Rank", Kind::Word(words::CHANNEL_RANKS)).required(),
    field("kind", "Kind", Kind::Word(words::CHANNEL_KINDS)).required(),
    field("addresses", "Where", Kind::Lines)
        .hint("Numbers, mail addresses, rooms or pages; one a line."),
];

const TEMPLATES: &[Field] = &[
    KEY,
    NAME,
    field("levels", "Meant for levels", Kind::Levels),
    field("subject", "Subject", Kind::Line).required(),
    field("body", "Words", Kind::Text)
        .hint(
            "Filled in: {{hotline}}, {{level}}, {{level_name}}, {{next_update}}, \
             {{organisation}}, {{resolution}}, {{service}}, {{since}}, {{status}}, \
             {{status_page}}, {{title}}.",
        )
        .required(),
];
