//! What comes after an incident.

use super::reading::Reading;
use super::sections::{Piece, Section};
use crate::web::parts::words::Words;

pub(super) fn post_mortem(reading: &Reading<'_>) -> Section {
    let plan = &reading.plan.post_mortem;
    let meeting = match plan.within.as_seconds() {
        0 => "Meeting".to_owned(),
        _ => format!("Meeting within {} of recovery", plan.within),
    };
    let meeting = (!plan.is_empty()).then(|| Piece::List(meeting.into(), plan.agenda.clone()));
    let chapters = plan.section.iter().enumerate().map(|(at, section)| {
        let thing = format!("post_mortem/section/{}", at + 1);
        Piece::List(reading.named(&thing, &*section.heading), section.asks.clone())
    });
    Section::new("post-mortem", "Post-mortem")
        .pieces(meeting.into_iter().chain(chapters), "Nothing is said of a post-mortem yet.")
        .acts(reading.changes("post_mortem"))
        .acts(reading.adds("post_mortem/section", "Add a chapter"))
}

pub(super) fn follow_up(reading: &Reading<'_>) -> Section {
    let windows = reading.plan.follow_up.iter().map(|one| {
        let name = reading.named(&format!("follow_up/{}", one.key), &*one.name);
        let when = format!(", {} to {} after recovery", one.from, one.until);
        Piece::List(name.all(Words::new().small(when)), one.items.clone())
    });
    Section::new("follow-up", "Follow-up")
        .pieces(windows, "No window of follow-up actions is set yet.")
        .acts(reading.adds("follow_up", "Add a window"))
}
