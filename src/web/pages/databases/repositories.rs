//! How each repository stands, and the button by which another one takes the lead; where there is but one, the way to
//! a second.

use super::orders::offered;
use super::words::lost_by;
use crate::actions::databases::Whole;
use crate::domain::agent::order::Routine;
use crate::domain::agent::watched::Shelf;
use crate::domain::rights::Right;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::state::State;
use crate::web::parts::steps::{Step, Steps};
use crate::web::parts::words::Words;

/// Each of them; nothing where an older agent tells of none.
pub(super) fn list(whole: &Whole, frame: &Frame) -> Option<Steps> {
    match whole.standing.seen.repositories.as_slice() {
        [] => None,
        [only] => Some(Steps(vec![alone(only, whole, frame)])),
        all => Some(Steps(all.iter().map(|shelf| step(shelf, whole, frame)).collect())),
    }
}

/// What is lost with it is lost.
fn alone(shelf: &Shelf, whole: &Whole, frame: &Frame) -> Step {
    let says = Words::new().small("all backups lie in this one place, and are lost with it");
    let step = Step::new(Words::lines([
        Words::from(format!("one repository: {}", shelf.repository)),
        says,
    ]));
    if !frame.who.rights.allow(Right::Own) {
        return step;
    }
    step.act(Act::go("Add a repository", links::repository(whole.standing.site)))
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
    let offer =
        offered(whole, frame, ("Archive here first", Routine::Lead), Some(&shelf.repository));
    step.act(offer)
}
