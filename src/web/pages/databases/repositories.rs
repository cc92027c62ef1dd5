//! Where there are several repositories: how each stands, and the button by which another one takes the lead.

use super::orders::offered;
use super::words::lost_by;
use crate::actions::databases::Whole;
use crate::domain::agent::order::Task;
use crate::domain::agent::watched::Shelf;
use crate::domain::rights::Right;
use crate::web::frame::Frame;
use crate::web::parts::state::State;
use crate::web::parts::steps::{Step, Steps};
use crate::web::parts::words::Words;

/// Each of them; nothing where there is but one.
pub(super) fn list(whole: &Whole, frame: &Frame) -> Option<Steps> {
    let seen = &whole.standing.seen;
    let steps = seen.repositories.iter().map(|shelf| step(shelf, whole, frame));
    (seen.repositories.len() > 1).then(|| Steps(steps.collect()))
}

fn step(shelf: &Shelf, whole: &Whole, frame: &Frame) -> Step {
    let one = &whole.standing;
    let leads = shelf.repository == one.seen.repository;
    let does = if leads { "Postgres archives here" } else { "the agent copies the log here" };
    let verified = one.seen.verified_in(&shelf.repository).and_then(|point| point.proved_at);
    let proved = match verified {
        Some(at) => format!("last restore that worked: {}", frame.zone.when(at, frame.now)),
        None => "no restore from here was proved yet".to_owned(),
    };
    let step = Step::new(Words::lines([
        Words::from(shelf.repository.as_str()),
        Words::new().small("would be lost now ").badge(lost_by(&shelf.exposure, one, frame)),
        Words::new().small(format!("{does}; {proved}")),
    ]));
    if leads {
        return step.stands(State::good("leads"));
    }
    if !frame.who.rights.allow(Right::Command) {
        return step;
    }
    let offer = offered(whole, frame, ("Archive here first", Task::Lead), Some(&shelf.repository));
    step.act(offer)
}
