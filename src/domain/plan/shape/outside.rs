//! Firms that are called, and papers to print.

use super::{Count, Field, KEY, Kind, NAME, Thing, field};

pub(super) static PROVIDER: Thing = Thing {
    list: "provider",
    one: "provider",
    count: Count::Many,
    names: &["key"],
    fields: PROVIDERS,
    parts: &[],
};

pub(super) static APPENDIX: Thing = Thing {
    list: "appendix",
    one: "appendix",
    count: Count::InOrder,
    names: &["key"],
    fields: APPENDICES,
    parts: &[],
};

const PROVIDERS: &[Field] = &[
    KEY,
    field("service", "Provides", Kind::Line).required(),
    field("name", "Firm", Kind::Line).required(),
    field("support", "Support", Kind::Lines).hint("Numbers and addresses; one a line."),
    field("account", "Our account", Kind::Lines),
    field("sla", "What it has promised", Kind::Text),
];

const APPENDICES: &[Field] = &[KEY, NAME, field("handed_out", "How it is handed out", Kind::Text)];
