//! The phases of an incident in order, and how it ends.

use axum::extract::{Form, State};
use axum::response::Response;
use serde::Deserialize;

use super::allowed;
use crate::actions::incidents::{self as deeds, Step as Press};
use crate::actions::overview::Merged;
use crate::domain::incident::{Incident, Phase, left_to_check, open_items, restored_at};
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Who;
use crate::web::links;
use crate::web::pages::incident::{Scene, Visible, pressed};
use crate::web::pages::now::unmerge;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::state::State as Stand;
use crate::web::parts::steps::{Step, Steps};
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// How it ends, or goes on again: in words what the press does, and the button.
pub(super) struct Ending {
    pub(super) heading: &'static str,
    pub(super) words: String,
    pub(super) act: Act,
}

/// One outage, declared twice.
pub(super) struct Twice {
    pub(super) joined: Vec<Words>,
    pub(super) act: Option<Act>,
}

/// Where it goes next.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Phased {
    step: String,
}

/// `POST /incidents/{id}/phase`
pub(in crate::web) async fn set(
    State(state): State<AppState>,
    Visible(id): Visible,
    Who(who): Who,
    Form(typed): Form<Phased>,
) -> Result<Response, PageError> {
    let step = match typed.step.as_str() {
        "recovering" => Press::Recovering,
        "stable" => Press::Stable,
        "close" => Press::Close,
        "reopen" => Press::Reopen,
        "false-alarm" => Press::FalseAlarm,
        _ => return Err(PageError::NotFound),
    };
    pressed(id, deeds::step(&state.db, id, step, who.person, state.clock.now())).await
}

/// The phases in order, each with its button where it can be the next.
pub(super) fn steps(scene: &Scene) -> Steps {
    let incident = &scene.seen.incident;
    let declared = scene.when(incident.declared_at);
    let at = |phase: Phase| incident.phase == phase;
    let mut steps = vec![
        mark(Step::new(format!("Declared {declared}")), at(Phase::Declared)),
        recovering(scene),
        stable(scene),
        closed(scene),
    ];
    if at(Phase::Merged) {
        steps.truncate(1);
        steps.push(Step::new(scene.phase()).current());
    }
    if at(Phase::FalseAlarm) {
        steps.truncate(1);
        steps.push(Step::new("False alarm").stands(since(scene)).current());
    }
    Steps(steps)
}

fn recovering(scene: &Scene) -> Step {
    let what = Words::from("Recovering: somebody is at work on it");
    match scene.seen.incident.phase {
        Phase::Declared | Phase::Stable => {
            Step::new(what).act(press(scene, "recovering", "We are recovering"))
        }
        Phase::Recovering => Step::new(what).stands(since(scene)).current(),
        Phase::Closed | Phase::FalseAlarm | Phase::Merged => Step::new(what),
    }
}

fn stable(scene: &Scene) -> Step {
    let what = Words::from("Stable: all is restored, and is being watched");
    let act = press(scene, "stable", "It is stable");
    match scene.seen.incident.phase {
        Phase::Declared | Phase::Recovering => {
            Step::new(what).act(match restored_at(&scene.seen.affected) {
                Some(_) => act,
                None => act.disabled("not all is restored"),
            })
        }
        Phase::Stable => Step::new(what).stands(since(scene)).current(),
        Phase::Closed | Phase::FalseAlarm | Phase::Merged => Step::new(what),
    }
}

fn closed(scene: &Scene) -> Step {
    let what = Words::from("Closed: it is over, and its clocks end");
    match scene.seen.incident.phase {
        Phase::Stable => {
            let act = press(scene, "close", "Close the incident");
            Step::new(what).act(match left_to_check(&scene.seen.plan, &scene.seen.ticks) {
                0 => act,
                open => act.disabled(open_items(open)),
            })
        }
        Phase::Closed => Step::new(what).stands(since(scene)).current(),
        Phase::Declared | Phase::Recovering => {
            let act = press(scene, "close", "Close the incident");
            Step::new(what).act(act.disabled("comes after stable"))
        }
        Phase::FalseAlarm | Phase::Merged => Step::new(what),
    }
}

/// Where one outage was declared twice: the way to merge it; and what was merged into this one.
pub(super) fn twice(scene: &Scene) -> Option<Twice> {
    let seen = &scene.seen;
    let joined: Vec<Words> = seen.joined.iter().map(joined).collect();
    let other = |one: &&Incident| one.id != seen.incident.id && one.kind == seen.incident.kind;
    let others = scene.frame.around.open.iter().filter(other).count();
    let offered = seen.incident.is_open() && others > 0;
    if !offered && joined.is_empty() {
        return None;
    }
    let act = Act::go("Merge it into another", links::merge(seen.incident.id));
    Some(Twice { joined, act: offered.then(|| allowed(scene, act, Right::Command)) })
}

/// The other incident, by name.
fn joined(other: &Incident) -> Words {
    Words::new().link(links::incident(other.id), other.title.clone())
}

/// False alarm while it goes on; reopening once it is over.
pub(super) fn ending(scene: &Scene) -> Ending {
    let incident = &scene.seen.incident;
    if let Some(merged) = &scene.seen.merged {
        return apart(scene, merged);
    }
    if !incident.is_open() {
        let words = "The clocks go on from impact start, what was restored counts as down until \
                     somebody says otherwise.";
        let act = press(scene, "reopen", "Reopen");
        return Ending { heading: "It goes on after all?", words: words.to_owned(), act };
    }
    let paged = scene.seen.responders.iter().filter(|r| !r.roles.is_empty()).count();
    let paged = match paged {
        0 => "Nobody was paged.".to_owned(),
        1 => "The 1 person paged is told to stand down.".to_owned(),
        paged => format!("The {paged} people paged are told to stand down."),
    };
    let public = match incident.is_drill() {
        true => "The public hears nothing: this is a drill.",
        false => "Where the status page told of it, it says that nothing was wrong.",
    };
    let words = format!("Ends the incident at once. {paged} {public} It can be reopened.");
    let act = press(scene, "false-alarm", "It was a false alarm").look(Look::Danger);
    Ending { heading: "Was there nothing?", words, act }
}

/// It was another incident after all.
fn apart(scene: &Scene, merged: &Merged) -> Ending {
    let words = "It goes on as it stood, with what happened since; people, tasks and what is down \
                 that came from it go back.";
    let act = allowed(scene, unmerge(scene, merged), Right::Command);
    let act = match merged.target.is_open() {
        true => act,
        false => act.disabled("the other one is over; reopen it first"),
    };
    Ending { heading: "Was it another incident after all?", words: words.to_owned(), act }
}

fn press(scene: &Scene, step: &str, words: &str) -> Act {
    let act = scene.post(&format!("phase-{step}"), words, "phase").with("step", step);
    allowed(scene, act, Right::Command)
}

fn since(scene: &Scene) -> Stand {
    Stand::waiting(format!("since {}", scene.when(scene.seen.incident.phase_since)))
}

fn mark(step: Step, current: bool) -> Step {
    if current { step.current() } else { step }
}
