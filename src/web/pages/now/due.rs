//! The one next thing: undo, command, tell, stable, close.

use super::Scene;
use crate::domain::clocks::{Clock, Kind};
use crate::domain::incident::{Phase, all_restored};
use crate::domain::rights::Right;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::clock::Tick;
use crate::web::parts::due::Due;
use crate::web::parts::words::Words;

/// What is due first.
pub(super) fn of(scene: &Scene<'_>) -> Option<Due> {
    let incident = &scene.seen.incident;
    if !incident.is_open() {
        return None;
    }
    if incident.is_held(scene.frame.now) {
        return Some(held(scene));
    }
    let tell = scene.seen.clocks.iter().find(|clock| clock.kind == Kind::Tell);
    let overdue = tell.filter(|clock| clock.due_at <= scene.frame.now);
    if incident.lacks_commander(scene.frame.now) {
        return Some(no_commander(scene));
    }
    if let Some(clock) = overdue {
        return Some(telling(scene, clock));
    }
    offer(scene).or_else(|| tell.map(|clock| telling(scene, clock)))
}

fn held(scene: &Scene<'_>) -> Due {
    let incident = &scene.seen.incident;
    let until = incident.held_until.unwrap_or(scene.frame.now);
    let tick = Tick::seconds_until(until, scene.frame.now);
    let heading = Words::new().plain("Pages leave in ").bold_tick(tick);
    let due = Due::held(heading).then("Undo takes it back; nobody is told.");
    button(scene, due, Right::Respond, post(scene, "undo", "Undo", "undo"))
}

fn no_commander(scene: &Scene<'_>) -> Due {
    let me = scene.frame.who.person.to_string();
    let act = post(scene, "take", "I take command", "command").with("person", me);
    let due = Due::overdue("NO COMMANDER").then("Who declared it acts until somebody takes it.");
    button(scene, due, Right::Respond, act)
}

/// The clock without a name is that of the public, who reads the status page.
fn telling(scene: &Scene<'_>, clock: &Clock) -> Due {
    let (now, plan, id) = (scene.frame.now, &scene.seen.revision.plan, scene.seen.incident.id);
    let name = match plan.audience(&clock.key) {
        Some(audience) => audience.name.as_str(),
        None => "the public",
    };
    let act = match clock.key.as_str() {
        "" => Act::go("Write the update", links::update(id)),
        key => Act::go(format!("Tell {name}"), links::telling(id, key)),
    };
    let tick = Tick::until(clock.due_at, now);
    let due = match clock.due_at <= now {
        true => Due::overdue(Words::new().plain(format!("Overdue: tell {name} ")).bold_tick(tick)),
        false => Due::next(Words::new().plain(format!("Next: tell {name} in ")).bold_tick(tick)),
    };
    due.act(act.look(Look::PrimaryLarge))
}

fn offer(scene: &Scene<'_>) -> Option<Due> {
    let phase = scene.seen.incident.phase;
    if phase == Phase::Stable {
        let act = post(scene, "next-close", "Close the incident", "phase").with("step", "close");
        return Some(button(scene, Due::next("Stable: watch it, then close"), Right::Command, act));
    }
    if !all_restored(&scene.seen.affected) {
        return None;
    }
    let act = post(scene, "next-stable", "It is stable", "phase").with("step", "stable");
    Some(button(scene, Due::next("All is restored"), Right::Command, act))
}

fn post(scene: &Scene<'_>, form: &str, words: &str, path: &str) -> Act {
    let action = format!("{}/{path}", scene.base);
    Act::post(form, words, action, &scene.frame.page.csrf).look(Look::PrimaryLarge)
}

fn button(scene: &Scene<'_>, due: Due, right: Right, act: Act) -> Due {
    if scene.frame.who.rights.allow(right) { due.act(act) } else { due }
}
