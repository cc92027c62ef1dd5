//! The few buttons that one screen has room for; the rest stand on the Command page.

use crate::domain::incident::proposal;
use crate::domain::rights::Right;
use crate::web::pages::incident::Scene;
use crate::web::parts::act::Act;

/// Meeting, command, raise, and the way to the rest.
pub(super) fn of(scene: &Scene) -> Vec<Act> {
    let incident = &scene.seen.incident;
    let mut acts = Vec::new();
    let meeting = &scene.seen.plan.document.meeting;
    if !meeting.is_empty() {
        acts.push(Act::go("Meeting", meeting));
    }
    if incident.is_open() {
        acts.extend(command(scene));
        acts.extend(raise(scene));
    }
    acts.push(Act::go("More", format!("{}/command", scene.base)));
    acts
}

/// Taking command where nobody has; else handing it over, for who has it.
fn command(scene: &Scene) -> Option<Act> {
    let (incident, me) = (&scene.seen.incident, scene.frame.who.person);
    if !scene.may(Right::Respond) {
        return None;
    }
    match incident.commander {
        None if incident.lacks_commander(scene.now()) => None, // it is what is due
        None => {
            Some(scene.post("take", "I take command", "command").with("person", me.to_string()))
        }
        Some(commander) if commander == me => {
            Some(Act::go("Hand over", format!("{}/command#hand-over", scene.base)))
        }
        Some(_) => None,
    }
}

fn raise(scene: &Scene) -> Option<Act> {
    let incident = &scene.seen.incident;
    let levels = scene.seen.plan.level.iter().map(|level| level.number);
    let next = levels.filter(|level| *level > incident.level).min()?;
    let (seen, now) = (&scene.seen, scene.now());
    let is_due = proposal(&seen.plan, incident, &seen.clocks, now).is_some();
    if is_due || incident.is_held(now) || !scene.may(Right::Command) {
        return None;
    }
    let act = scene.post("raise", format!("Raise to {next}"), "level");
    Some(act.with("way", "raise").with("level", next.to_string()))
}
