//! Proofs of a database on other sites.

use crate::actions::databases::{Elsewhere, Stand, Whole};
use crate::domain::recovery::Evidence;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::state::State;
use crate::web::parts::steps::{Step, Steps};
use crate::web::parts::words::Words;

/// How it stands with them; nothing where no other site has this one's kit.
pub(super) fn list(whole: &Whole, frame: &Frame) -> Option<Steps> {
    let steps = whole.elsewhere.iter().map(|one| step(one, whole, frame));
    (!whole.elsewhere.is_empty()).then(|| Steps(steps.collect()))
}

fn step(one: &Elsewhere, whole: &Whole, frame: &Frame) -> Step {
    let from = format!(", from {}", one.said.repository);
    let where_ = Words::new().link(links::site(one.site), &one.site_name).small(from);
    Step::new(Words::lines([where_, state(one, whole, frame).into()]))
}

fn state(one: &Elsewhere, whole: &Whole, frame: &Frame) -> State {
    let when = |at| frame.zone.when(at, frame.now);
    match one.stand(&whole.proofs, frame.now) {
        Stand::Silent(since) => State::unknown(format!("agent silent since {}", when(since))),
        Stand::Unable(why) => State::bad(format!("could not be proved there: {why}")),
        Stand::Waiting => State::waiting("not proved there yet"),
        Stand::Failed(at) => State::bad(format!("the proof failed {}", when(at))),
        Stand::Old(at) => State::warn(format!("verified {}, and not since", when(at))),
        Stand::Verified(at) => State::good(format!("verified {}", when(at))),
    }
}

/// Where else what has this name in that repository was verified: a recovery point, or a dump.
pub(super) fn verified(
    (label, repository): (&str, &str),
    whole: &Whole,
    frame: &Frame,
) -> Option<Words> {
    let same = |it: &&Evidence| {
        it.of.is_some() && it.holds && it.label == label && it.repository == repository
    };
    let proof = whole.proofs.iter().find(same)?;
    let at = frame.zone.when(proof.began, frame.now);
    Some(Words::new().small(format!("and on {} {at}", place(proof, whole))))
}

/// Where a proof was made, where that is another site than the database's own.
pub(super) fn made(proof: &Evidence, whole: &Whole) -> Option<Words> {
    proof.of.map(|_| Words::new().small(format!("on {}", place(proof, whole))))
}

fn place<'a>(proof: &Evidence, whole: &'a Whole) -> &'a str {
    let one = whole.elsewhere.iter().find(|one| one.made(proof));
    one.map_or("another site", |one| &one.site_name)
}
