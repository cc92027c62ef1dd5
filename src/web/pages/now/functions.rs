//! What is down, each with its clock and the button that says it works again.

use crate::domain::incident::{Affected, Outage, RtoState, WHOLE, of_function};
use crate::domain::rights::Right;
use crate::web::pages::affected::{named, press};
use crate::web::pages::incident::Scene;
use crate::web::parts::act::Act;
use crate::web::parts::clock::Tick;
use crate::web::parts::functions::{FunctionRow, Functions};
use crate::web::parts::state::State;
use crate::web::parts::words::Words;

/// Rows on the one screen.
const SHOWN: usize = 5;

/// The sheet of what is down.
pub(super) struct Down {
    /// How many, in words.
    pub(super) heading: String,
    /// Leads to where it is changed.
    pub(super) change: &'static str,
    /// The worst of them.
    pub(super) functions: Functions,
    /// The whole works again, where nothing was chosen.
    pub(super) whole: Option<Act>,
}

/// What is down first, tightest first; what was restored last.
pub(super) fn of(scene: &Scene) -> Down {
    let seen = &scene.seen;
    let (down, back): (Vec<&Affected>, Vec<&Affected>) =
        seen.affected.iter().partition(|affected| affected.goes_on());
    let heading = match (down.len(), back.len()) {
        (0, 0) => "Nothing is marked as down".to_owned(),
        (0, _) => "All is restored".to_owned(),
        (down, 0) => format!("{down} down"),
        (down, back) => format!("{down} down, {back} restored"),
    };
    let mut rows: Vec<_> = down.iter().chain(&back).collect();
    rows.sort_by_key(|affected| (!affected.goes_on(), due(scene, affected)));
    let more = rows.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| format!("{more} more stand under Change."));
    let rows = rows.into_iter().take(SHOWN).map(|affected| row(scene, affected)).collect();
    let may = seen.incident.is_open() && scene.may(Right::Respond);
    let whole = (may && seen.affected.is_empty())
        .then(|| press(scene, "restored-whole", "The service is restored", "restored", WHOLE));
    let change = if seen.affected.is_empty() { "Say what is down" } else { "Change" };
    Down { heading, change, functions: Functions { rows, more }, whole }
}

fn row(scene: &Scene, affected: &Affected) -> FunctionRow {
    let may = affected.goes_on() && scene.seen.incident.is_open() && scene.may(Right::Respond);
    let form = format!("restored-{}", affected.key);
    let act = may.then(|| press(scene, &form, "Restored", "restored", &affected.key));
    FunctionRow {
        name: named(&scene.seen.plan, &affected.key),
        stands: stands(scene, affected),
        act,
    }
}

/// When its time ends; a component has none.
fn due(scene: &Scene, affected: &Affected) -> Option<time::OffsetDateTime> {
    let plan = &scene.seen.plan;
    let function = plan.function(affected.key.strip_prefix("function.")?)?;
    let rto = of_function(plan, function, affected, scene.now());
    Some(if rto.state == RtoState::ToTarget { rto.target } else { rto.maximum })
}

fn stands(scene: &Scene, affected: &Affected) -> Words {
    if !affected.goes_on() {
        return Words::from(State::good("restored"));
    }
    let words = match affected.outage {
        Outage::Slow => Words::from(State::warn("slow")),
        Outage::Down if due(scene, affected).is_none() => Words::from(State::bad("down")),
        Outage::Down => Words::new(),
    };
    match due(scene, affected) {
        Some(due) => words.plain(" ").tick(Tick::until(due, scene.now())),
        None => words,
    }
}
