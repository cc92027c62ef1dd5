//! Document control: who answers for the plan, and whether it is still looked after.

use time::OffsetDateTime;

use super::reading::Reading;
use super::sections::{Piece, Section};
use crate::domain::civil::Day;
use crate::domain::counted::counted;
use crate::domain::plan::document::Document;
use crate::domain::timeline::Digest;
use crate::web::parts::facts::Facts;
use crate::web::parts::state::State;
use crate::web::parts::words::Words;

pub(super) fn document(reading: &Reading<'_>) -> Section {
    let document = &reading.plan.document;
    let facts = Facts::new()
        .fact("Title", document.title.clone())
        .fact("Purpose", document.purpose.clone())
        .fact("Organisation", document.organisation.clone())
        .fact("Service", document.service.clone())
        .fact("Owner", reading.person(&document.owner))
        .fact("Approved by", approved(reading))
        .fact("Version", document.version.clone())
        .fact("Last updated", day(&document.updated))
        .fact("Next review", review(document, reading.now))
        .fact("Time zone", document.zone.clone())
        .fact("Brought in", brought_in(reading))
        .fact("Digest", digest(&reading.revision.digest));
    Section::new("control", "Document control")
        .piece(Piece::Facts(facts))
        .acts(reading.changes("document"))
}

/// How late the review is, if it is.
pub(super) fn overdue(document: &Document, now: OffsetDateTime) -> Option<State> {
    let late = document.review_in(now).filter(|days| *days < 0)?.unsigned_abs();
    Some(State::warn(format!("Review overdue by {}", counted(late, "day"))))
}

fn review(document: &Document, now: OffsetDateTime) -> Words {
    let on = day(&document.next_review);
    match document.review_in(now) {
        None => State::bad("no day is set").into(),
        Some(left @ ..0) => {
            State::bad(format!("{on}, overdue by {}", counted(left.unsigned_abs(), "day"))).into()
        }
        Some(0) => State::warn(format!("{on}, today")).into(),
        Some(left) => format!("{on}, in {}", counted(left.unsigned_abs(), "day")).into(),
    }
}

fn day(written: &str) -> String {
    written.parse::<Day>().map_or_else(|_| written.to_owned(), |day| day.to_string())
}

fn approved(reading: &Reading<'_>) -> Words {
    match reading.plan.document.approved_by.as_str() {
        "" => State::bad("nobody").into(),
        key => reading.person(key).into(),
    }
}

fn brought_in(reading: &Reading<'_>) -> String {
    let revision = reading.revision;
    let by = match revision.author {
        Some(author) => reading.by_id(author),
        None => "the command line".to_owned(),
    };
    format!("{} by {by}, as revision {}", reading.moment(revision.in_force_from), revision.number)
}

fn digest(bytes: &[u8]) -> Words {
    let digest = <[u8; 32]>::try_from(bytes).map(Digest);
    digest.map_or_else(|_| Words::new(), |digest| Words::new().mono(format!("sha256 {digest}")))
}
