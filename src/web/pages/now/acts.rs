//! Functions that are down, and the quieter buttons.

use super::Scene;
use crate::domain::incident::{Affected, Phase, RtoState, all_restored, of_function};
use crate::domain::rights::Right;
use crate::store::people::Person;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::clock::Tick;
use crate::web::parts::field::{Choice, Field};
use crate::web::parts::functions::{FunctionRow, Functions};
use crate::web::parts::state::State;
use crate::web::parts::words::Words;

/// What is down, with the button that says it works again.
pub(super) fn functions(scene: &Scene<'_>) -> (String, Functions) {
    let affected = &scene.seen.affected;
    let down = affected.iter().filter(|one| one.restored_at.is_none()).count();
    let heading = match (affected.is_empty(), down) {
        (true, _) => "Nothing is marked as down".to_owned(),
        (false, 0) => "All is restored".to_owned(),
        (false, down) => format!("Down: {down} of {}", affected.len()),
    };
    let rows = affected.iter().enumerate().map(|(n, one)| row(scene, n, one)).collect();
    (heading, Functions { rows, more: None })
}

fn row(scene: &Scene<'_>, n: usize, affected: &Affected) -> FunctionRow {
    let plan = &scene.seen.revision.plan;
    let function = affected.key.strip_prefix("function.").and_then(|key| plan.function(key));
    let component = affected.key.strip_prefix("component.").and_then(|key| plan.component(key));
    let named = function.map(|f| &f.name).or(component.map(|c| &c.name));
    let open = affected.restored_at.is_none() && may(scene, Right::Respond);
    let stands = match (affected.restored_at, function) {
        (Some(_), _) => Words::from(State::good("restored")),
        (None, None) => Words::from(State::bad("down")),
        (None, Some(function)) => {
            let rto = of_function(plan, function, affected, scene.frame.now);
            let due = if rto.state == RtoState::ToTarget { rto.target } else { rto.maximum };
            Words::new().tick(Tick::until(due, scene.frame.now))
        }
    };
    let act = post(scene, &format!("restore-{n}"), "Restored", "restorations");
    FunctionRow {
        name: named.cloned().unwrap_or_else(|| "The service".to_owned()),
        stands,
        act: (open && scene.seen.incident.is_open()).then(|| act.with("key", affected.key.clone())),
    }
}

/// What else may be said to be down.
pub(super) fn add(scene: &Scene<'_>) -> Option<Field> {
    if !scene.seen.incident.is_open() || !may(scene, Right::Respond) {
        return None;
    }
    let plan = &scene.seen.revision.plan;
    let functions = plan.function.iter().map(|f| (format!("function.{}", f.key), &f.name));
    let components = plan.component.iter().map(|c| (format!("component.{}", c.key), &c.name));
    let down = |key: &String| {
        scene.seen.affected.iter().any(|one| one.key == *key && one.restored_at.is_none())
    };
    let choices: Vec<_> = functions
        .chain(components)
        .filter(|(key, _)| !down(key))
        .map(|(key, name)| Choice::new(key, name.clone(), false))
        .collect();
    (!choices.is_empty()).then(|| Field::select("key", "What else is down?", choices))
}

/// Command, phase and level, as far as the reader may.
pub(super) fn of(scene: &Scene<'_>) -> Vec<Act> {
    let incident = &scene.seen.incident;
    let me = scene.frame.who.person;
    let mut acts = Vec::new();
    if incident.is_open() && incident.commander != Some(me) && may(scene, Right::Respond) {
        let act = post(scene, "command", "I take command", "command");
        acts.push(act.with("person", me.to_string()));
    }
    if incident.is_open() && scene.seen.affected.is_empty() && may(scene, Right::Respond) {
        let act = post(scene, "restore-all", "The service is restored", "restorations");
        acts.push(act.with("key", "incident"));
    }
    if may(scene, Right::Command) {
        acts.extend(phases(scene));
        if incident.is_open() && incident.level < 4 && !incident.is_held(scene.frame.now) {
            let (words, level) = (format!("Raise to {}", incident.level + 1), incident.level + 1);
            let act = post(scene, "raise", &words, "level");
            acts.push(act.with("way", "raise").with("level", level.to_string()));
        }
    }
    acts
}

fn phases(scene: &Scene<'_>) -> Vec<Act> {
    let incident = &scene.seen.incident;
    let step = |name: &str, words: &str| {
        post(scene, &format!("phase-{name}"), words, "phase").with("step", name)
    };
    if !incident.is_open() {
        return vec![step("reopen", "Reopen")];
    }
    let mut acts = Vec::new();
    if incident.phase != Phase::Recovering {
        acts.push(step("recovering", "We are recovering"));
    }
    match incident.phase {
        Phase::Stable => acts.push(step("close", "Close")),
        _ if all_restored(&scene.seen.affected) => acts.push(step("stable", "Stable")),
        _ => {}
    }
    acts.push(step("false-alarm", "False alarm").look(Look::Danger));
    acts
}

/// The next lower level, with the reason that it asks for.
pub(super) fn lower(scene: &Scene<'_>) -> Option<(u8, Field)> {
    let incident = &scene.seen.incident;
    let can = incident.is_open() && incident.level > 1 && !incident.is_held(scene.frame.now);
    let field = Field::text("reason", "Why a lower level?", "").required();
    (can && may(scene, Right::Command)).then(|| (incident.level - 1, field))
}

/// Whom command may be handed to, for who holds it.
pub(super) fn hand_over(scene: &Scene<'_>) -> Option<Field> {
    let (incident, me) = (&scene.seen.incident, scene.frame.who.person);
    let holds = incident.is_open() && incident.commander == Some(me);
    let others = scene.seen.people.iter().filter(|p| p.id != me && p.disabled_at.is_none());
    let choice = |p: &Person| Choice::new(p.id.to_string(), p.name.clone(), false);
    let choices: Vec<_> = others.map(choice).collect();
    let offered = holds && !choices.is_empty() && may(scene, Right::Respond);
    offered.then(|| Field::select("person", "Hand command to", choices))
}

fn may(scene: &Scene<'_>, right: Right) -> bool {
    scene.frame.who.rights.allow(right)
}

fn post(scene: &Scene<'_>, form: &str, words: &str, path: &str) -> Act {
    Act::post(form, words, format!("{}/{path}", scene.base), &scene.frame.page.csrf)
}
