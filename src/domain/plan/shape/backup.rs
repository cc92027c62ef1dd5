//! Where backups lie, and how a restored database is checked.

use super::{Count, Field, KEY, Kind, NAME, Thing, field, words};

pub(super) static REPOSITORY: Thing = Thing {
    list: "repository",
    one: "place of backups",
    count: Count::Many,
    names: &["key"],
    fields: REPOSITORIES,
    parts: &[],
};

pub(super) static DATABASE: Thing = Thing {
    list: "database",
    one: "database",
    count: Count::Many,
    names: &["key"],
    fields: DATABASES,
    parts: &[&CHECK],
};

static CHECK: Thing = Thing {
    list: "check",
    one: "check",
    count: Count::InOrder,
    names: &["key"],
    fields: CHECKS,
    parts: &[],
};

const REPOSITORIES: &[Field] = &[
    KEY,
    NAME,
    field("rank", "Rank", Kind::Word(words::REPOSITORY_RANKS)).required(),
    field("kinds", "Lies on", Kind::Words(words::REPOSITORY_KINDS)).required(),
    field("path", "Where", Kind::Line),
];

const DATABASES: &[Field] = &[
    KEY,
    field("name", "Name", Kind::Line).hint("As its server calls it.").required(),
    field("role", "Looked after by", Kind::One("role")).required(),
    field("components", "Stand on it", Kind::Many("component")),
    field("rpo_target", "Loss aimed at", Kind::Span).hint("Empty: the plan’s RPO."),
    field("rpo_maximum", "Loss accepted at most", Kind::Span).hint("Empty: the plan’s RPO."),
];

const CHECKS: &[Field] = &[
    KEY,
    field("name", "What it shows", Kind::Line).required(),
    field("sql", "SQL", Kind::Code).hint("One statement that yields one value."),
    field("action", "Named action", Kind::Line).hint("On the host, instead of SQL."),
    field("expect", "Expected", Kind::Line)
        .hint("Such as > 0 or = 0; empty where the value is only kept."),
];
