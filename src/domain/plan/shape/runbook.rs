//! What to do, and what recurs.

use super::{Count, Field, KEY, Kind, NAME, Thing, field, words};

pub(super) static RUNBOOK: Thing = Thing {
    list: "runbook",
    one: "runbook",
    count: Count::Many,
    names: &["key"],
    fields: RUNBOOKS,
    parts: &[&STEP],
};

static STEP: Thing = Thing {
    list: "step",
    one: "step",
    count: Count::InOrder,
    names: &[],
    fields: STEPS,
    parts: &[],
};

pub(super) static SCHEDULE: Thing = Thing {
    list: "schedule",
    one: "schedule",
    count: Count::Many,
    names: &["key"],
    fields: SCHEDULES,
    parts: &[],
};

pub(super) static CHECKLIST: Thing = Thing {
    list: "checklist",
    one: "checklist",
    count: Count::Many,
    names: &["key"],
    fields: CHECKLISTS,
    parts: &[],
};

const RUNBOOKS: &[Field] = &[
    KEY,
    NAME,
    field("section", "Chapter", Kind::Line),
    field("symptoms", "When you see", Kind::Lines),
    field("components", "Mends", Kind::Many("component")),
];

const STEPS: &[Field] = &[
    field("title", "What to do", Kind::Line).required(),
    field("note", "Why, or with what care", Kind::Text),
    field("commands", "Commands", Kind::Code).hint("To be copied as they stand."),
    field("danger", "Danger", Kind::Text).hint("Stands out, in red."),
];

const SCHEDULES: &[Field] = &[
    KEY,
    NAME,
    field("kind", "Kind", Kind::Word(words::SCHEDULES)).required(),
    field("cron", "When", Kind::Line)
        .hint("Five cron fields in the plan’s zone: minute, hour, day, month, weekday.")
        .required(),
    field("items", "Does", Kind::Lines),
    field("note", "Note", Kind::Text),
];

const CHECKLISTS: &[Field] = &[
    KEY,
    NAME,
    field("moment", "When", Kind::Word(words::MOMENTS)).required(),
    field("items", "Items", Kind::Lines).required(),
];
