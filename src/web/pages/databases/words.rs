//! How databases stand, in words.

use time::Duration;

use super::backlog;
use crate::actions::databases::Standing;
use crate::domain::agent::presence::Presence;
use crate::domain::agent::watched::Watched;
use crate::domain::civil;
use crate::domain::counted::counted;
use crate::domain::finding::Health;
use crate::domain::recovery::{Evidence, Exposure, Grade, Listed};
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::clock::{Clock, Tick};
use crate::web::parts::spark::Spark;
use crate::web::parts::state::{State, Tone};
use crate::web::parts::steps::{Step, Steps};
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

/// All of them: what would be lost, and the last restore that worked. `named_by` is the id of the
/// heading above.
pub(in crate::web) fn table(all: &[Standing], named_by: &str, frame: &Frame) -> Table {
    let table = Table::new(named_by)
        .column("Database")
        .column("Would be lost now")
        .short("Target")
        .column("24 hours")
        .column("Last restore that worked");
    all.iter().fold(table, |table, one| {
        let target = one.limit.map(|limit| civil::span(limit.target)).unwrap_or_default();
        table.row([
            named(one),
            lost(one, frame),
            Words::from(target),
            spark(one, frame),
            last_restore(one, frame),
        ])
    })
}

/// Its name, its site, and whether there is anything to mend.
fn named(one: &Standing) -> Words {
    let link = Words::new().link(links::database(one.site, &one.seen.name), &one.seen.name);
    let lines = [link, Words::new().small(&one.site_name)];
    let bad = one.seen.troubles().filter(|it| it.health == Health::Bad).count();
    let mend = (bad > 0).then(|| State::bad(format!("{} to mend", counted(bad, "thing"))).into());
    Words::lines(lines.into_iter().chain(mend))
}

/// The same one below the other, where there is less room.
pub(in crate::web) fn list(all: &[Standing], frame: &Frame) -> Vec<Words> {
    let lines = |one: &Standing| {
        Words::lines([
            Words::new().link(links::database(one.site, &one.seen.name), &one.seen.name),
            lost(one, frame),
            spark(one, frame),
        ])
    };
    all.iter().map(lines).collect()
}

fn spark(one: &Standing, frame: &Frame) -> Words {
    Words::new().spark(Spark::of(&one.day, one.limit.map(|it| it.target), frame.now))
}

/// What would be lost, and below it that the database stops soon.
fn lost(one: &Standing, frame: &Frame) -> Words {
    let exposure = Words::new().badge(exposure(one, frame));
    match backlog::stops(one) {
        Some(stops) => Words::lines([exposure, stops.into()]),
        None => exposure,
    }
}

/// The clock of what would be lost.
pub(in crate::web) fn clock(label: &str, one: &Standing, frame: &Frame) -> Clock {
    let limit = one.limit.map(|limit| {
        let (target, maximum) = (civil::span(limit.target), civil::span(limit.maximum));
        format!("target {target}, {maximum} at most")
    });
    let limit = limit.unwrap_or_else(|| "the plan has no recovery point objective".to_owned());
    let clock = match &one.seen.exposure {
        Exposure::Nothing => Clock::fixed(label, "nothing"),
        Exposure::Since { oldest, .. } => {
            Clock::fixed(label, Words::new().tick(Tick::since(*oldest, frame.now)))
        }
        Exposure::Everything => Clock::fixed(label, "everything"),
        Exposure::Unknown(_) => Clock::unknown(label, unknown(&one.seen.exposure, one, frame)),
    };
    match one.seen.exposure {
        Exposure::Unknown(_) => clock,
        _ => clock.tone(tone(one.grade)).detail(limit),
    }
}

fn tone(grade: Grade) -> Tone {
    match grade {
        Grade::Idle | Grade::Within => Tone::Good,
        Grade::OverTarget => Tone::Warn,
        Grade::OverMaximum => Tone::Bad,
        Grade::Unknown => Tone::Idle,
    }
}

/// What would be lost, in a few words.
pub(in crate::web) fn exposure(one: &Standing, frame: &Frame) -> State {
    lost_by(&one.seen.exposure, one, frame)
}

/// What would be lost by one of its repositories, in a few words.
pub(super) fn lost_by(exposure: &Exposure, one: &Standing, frame: &Frame) -> State {
    let grade = exposure.grade(one.limit, frame.now);
    let words = match exposure {
        Exposure::Nothing => "nothing".to_owned(),
        Exposure::Since { exact, .. } => {
            let age = exposure.age(frame.now).unwrap_or(Duration::ZERO);
            let about = if *exact { "" } else { "up to " };
            let over = match grade {
                Grade::OverTarget => ", over target",
                Grade::OverMaximum => ", over the maximum",
                _ => "",
            };
            format!("{about}{}{over}", civil::span(age))
        }
        Exposure::Everything => "everything".to_owned(),
        Exposure::Unknown(_) => {
            return State::unknown(format!("unknown: {}", unknown(exposure, one, frame)));
        }
    };
    State::new(tone(grade), words)
}

fn unknown(exposure: &Exposure, one: &Standing, frame: &Frame) -> String {
    match (one.presence, exposure) {
        (Presence::Silent(since), _) => {
            format!("agent silent since {}", frame.zone.when(since, frame.now))
        }
        (_, Exposure::Unknown(why)) => why.clone(),
        _ => String::new(),
    }
}

fn last_restore(one: &Standing, frame: &Frame) -> Words {
    let failed = one.seen.points.iter().rev().find_map(|point| point.verified) == Some(false);
    let worked = one.seen.newest_verified().and_then(|point| point.proved_at);
    let worked = worked.map(|at| frame.zone.when(at, frame.now));
    match (failed, worked) {
        (true, Some(worked)) => State::bad(format!("the last one failed, worked {worked}")).into(),
        (true, None) => State::bad("the last one failed").into(),
        (false, Some(worked)) => Words::from(worked),
        (false, None) => State::unknown("none yet").into(),
    }
}

/// Whether a point was proved.
pub(super) fn verified(point: &Listed, frame: &Frame) -> Words {
    let at = point.proved_at.map(|at| frame.zone.when(at, frame.now)).unwrap_or_default();
    match (point.opens, point.verified) {
        (false, _) => State::bad("can’t be opened: its own log is missing").into(),
        _ if point.damaged => State::bad("broken pages").into(),
        (_, Some(true)) => State::good(format!("verified {at}")).into(),
        (_, Some(false)) => State::bad(format!("the proof failed {at}")).into(),
        (_, None) => State::waiting("not yet").into(),
    }
}

/// How far the log reaches from a point.
pub(super) fn log(point: &Listed, frame: &Frame) -> Words {
    let until = point.last_commit.map(|at| format!("until {}", frame.zone.when(at, frame.now)));
    match &point.gap {
        Some(gap) => {
            let missing = counted(gap.missing, "segment");
            let words = format!("gap: {missing} missing from {}", gap.first);
            Words::lines([
                Words::from(State::bad(words)),
                Words::new().small(until.unwrap_or_default()),
            ])
        }
        None => Words::from(until.unwrap_or_else(|| "unbroken".to_owned())),
    }
}

/// What a proof found.
pub(super) fn found(proof: &Evidence) -> Words {
    let good = proof.checks.iter().filter(|check| check.good && !check.skipped).count();
    let checks = match proof.checks.iter().filter(|check| check.skipped).count() {
        0 => format!("{good} of {} checks", proof.checks.len()),
        skipped => format!("{good} of {} checks, {skipped} not run", proof.checks.len()),
    };
    if proof.holds {
        return State::good(format!("verified, {checks}")).into();
    }
    let why = proof.troubles().into_iter().next().unwrap_or_default();
    Words::lines([Words::from(State::bad(format!("failed, {checks}"))), Words::new().small(why)])
}

/// What the plan asked of the database that a proof restored, if it asked anything.
pub(super) fn asked(proof: &Evidence) -> Option<Steps> {
    let steps = proof.of_plan().map(|check| {
        let found = check.found.as_str();
        let state = match (check.good, check.skipped) {
            (_, true) => State::waiting(found),
            (true, false) => State::good(found),
            (false, false) => State::bad(found),
        };
        let wanted = Words::new().small(format!("wanted: {}", check.expected));
        let said = check.said.as_deref().filter(|_| !check.good);
        let said = said.map(|said| Words::new().small(format!("it said: {said}")));
        let lines = [Words::from(check.name.as_str()), state.into(), wanted].into_iter();
        Step::new(Words::lines(lines.chain(said)))
    });
    let steps: Vec<_> = steps.collect();
    (!steps.is_empty()).then_some(Steps(steps))
}

/// What is to be mended, and how.
pub(in crate::web::pages) fn troubles(seen: &Watched) -> Steps {
    let steps = seen.troubles().map(|found| {
        let tone = if found.health == Health::Bad { Tone::Bad } else { Tone::Warn };
        let state = State::new(tone, found.check.as_ref());
        let mend = found.mend.clone().unwrap_or_default();
        Step::new(Words::lines([
            Words::from(state),
            found.words.as_str().into(),
            Words::new().small(mend),
        ]))
    });
    Steps(steps.collect())
}
