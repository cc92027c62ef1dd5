//! The document itself.

use super::{Count, Field, Kind, Thing, field};

pub(super) static DOCUMENT: Thing = Thing {
    list: "document",
    one: "document",
    count: Count::Once,
    names: &[],
    fields: FIELDS,
    parts: &[],
};

const FIELDS: &[Field] = &[
    field("title", "Title", Kind::Line).required(),
    field("purpose", "Purpose", Kind::Text),
    field("organisation", "Organisation", Kind::Line).hint("As the public knows it.").required(),
    field("service", "Service", Kind::Line).hint("What the plan recovers, as users call it."),
    field("version", "Version", Kind::Line).hint("As you count; Muster counts revisions."),
    field("updated", "Last updated", Kind::Day),
    field("next_review", "Next review", Kind::Day),
    field("owner", "Owner", Kind::One("person"))
        .hint("Is paged when nobody answers for a role.")
        .required(),
    field("approved_by", "Approved by", Kind::One("person")),
    field("zone", "Time zone", Kind::Line)
        .hint("Such as Europe/Berlin; the plan’s times are read in it.")
        .required(),
    field("hotline", "Hotline", Kind::Phone).hint("The number that is answered day and night."),
    field("meeting", "Meeting link", Kind::Url).hint("Where responders meet."),
    field("status_page", "Status page", Kind::Url).hint("Its address as users know it."),
];
