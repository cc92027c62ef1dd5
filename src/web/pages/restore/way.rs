//! One way back: what it loses, takes and needs, and the lines that go it.

use time::{Duration, OffsetDateTime};

use super::super::databases::words::exposure;
use super::super::incident::Scene;
use super::super::sites::words::bytes;
use crate::actions::databases::Back;
use crate::domain::civil;
use crate::domain::incident::{RtoState, worst};
use crate::domain::recovery::target::said;
use crate::domain::shell::quoted;
use crate::web::parts::facts::Facts;
use crate::web::parts::state::State;
use crate::web::parts::words::Words;

/// What is left of a disk must hold the log that is replayed, too: a tenth of the database.
const MORE_THAN_IT: u64 = 10;

/// One of them, as the page shows it.
pub(super) struct Way {
    pub(super) id: String,
    pub(super) heading: &'static str,
    pub(super) offered: bool,
    pub(super) facts: Facts,
    pub(super) state: State,
    pub(super) lines: String,
}

/// All ways of a database, the one that loses least first.
pub(super) fn all(at: usize, one: &Back, scene: &Scene) -> Vec<Way> {
    let name = word(&one.standing.seen.name);
    let impact = scene.seen.incident.impact_start;
    let way = |number: usize, heading, loses: Words, state, lines| Way {
        id: format!("way-{at}-{number}"),
        heading,
        offered: number == 1,
        facts: facts(one, loses, scene),
        state,
        lines,
    };
    vec![
        way(
            1,
            "Just before the bad transaction",
            "that transaction, and what was committed after it".into(),
            State::good("cures deletion and bad changes"),
            format!(
                "muster restore find {name} --table SCHEMA.TABLE\nmuster restore beside {name} --before TRANSACTION"
            ),
        ),
        way(
            2,
            "A moment, as before the impact",
            since(impact, scene),
            State::warn("a second too early loses good commits"),
            format!("muster restore beside {name} --time '{}'", said(impact)),
        ),
        way(
            3,
            "The latest",
            latest(one, scene),
            State::warn("brings the bad transaction back"),
            format!("muster restore beside {name}"),
        ),
    ]
}

fn facts(one: &Back, loses: Words, scene: &Scene) -> Facts {
    let size = one.standing.seen.points.last().map(|point| point.size);
    let disk = size.map(|size| bytes(size + size / MORE_THAN_IT));
    Facts::new()
        .fact("Loses", loses)
        .fact("Takes", takes(one, scene))
        .fact(
            "People",
            format!("1, on {}, as the user that owns the cluster", one.standing.site_name),
        )
        .fact(
            "Disk",
            disk.map(|disk| format!("{disk} on {}", one.standing.site_name)).unwrap_or_default(),
        )
        .fact("Way back", "none is needed: what lives is only read")
}

/// How long a restore takes, and what that means for the time that recovery may take.
fn takes(one: &Back, scene: &Scene) -> Words {
    let Some(takes) = one.takes() else { return State::unknown("no measured run yet").into() };
    let about = if takes < Duration::SECOND {
        "under 1 s".to_owned()
    } else {
        format!("about {}", civil::span(takes))
    };
    let Some(left) = left(scene) else { return about.into() };
    let meets = match left - takes {
        spare if spare.is_negative() => {
            State::bad(format!("would miss RTO by {}", civil::span(-spare)))
        }
        spare => State::good(format!("leaves {} of the RTO", civil::span(spare))),
    };
    Words::lines([Words::from(about), meets.into()])
}

/// Until the recovery time objective that counts; none where none counts any more.
fn left(scene: &Scene) -> Option<Duration> {
    let seen = &scene.seen;
    let rto = worst(&seen.plan, &seen.incident, &seen.affected, scene.now())?;
    let until = match rto.state {
        RtoState::ToTarget => rto.target,
        RtoState::ToMaximum | RtoState::Missed => rto.maximum,
        RtoState::Recovered(_) | RtoState::Invalid => return None,
    };
    Some(until - scene.now())
}

fn since(impact: OffsetDateTime, scene: &Scene) -> Words {
    let age = civil::span(scene.now() - impact);
    let unsure = if scene.seen.incident.impact_confirmed { "" } else { ", which is not confirmed" };
    format!("what was committed since {}: {age}{unsure}", scene.when(impact)).into()
}

/// What was not archived yet is read from the cluster's own folder, where that can be read.
fn latest(one: &Back, scene: &Scene) -> Words {
    Words::lines([
        Words::from("nothing where the host’s disk can be read, else"),
        exposure(&one.standing, &scene.frame).into(),
    ])
}

/// A name as a shell takes it, whatever stands in it.
fn word(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    match !name.is_empty() && name.chars().all(plain) && !name.starts_with('-') {
        true => name.to_owned(),
        false => quoted(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_an_agent_made_up_runs_nothing() {
        assert_eq!(word("main_2.db-1"), "main_2.db-1");
        assert_eq!(word("x; rm -rf /"), "'x; rm -rf /'");
        assert_eq!(word("it's"), r"'it'\''s'");
        assert_eq!(word("-x"), "'-x'");
    }
}
