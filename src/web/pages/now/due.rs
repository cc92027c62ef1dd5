//! The one next thing, and in a second line what must not be forgotten meanwhile.

use time::OffsetDateTime;

use super::telling;
use crate::actions::overview::Merged;
use crate::domain::civil;
use crate::domain::clocks::{Clock, Kind};
use crate::domain::incident::{
    Phase, Proposal, before_closing, left_to_check, open_items, proposal, restored_at,
};
use crate::domain::post_mortem::State as Stage;
use crate::domain::rights::Right;
use crate::store::tasks::Task;
use crate::web::links;
use crate::web::pages::answering;
use crate::web::pages::incident::Scene;
use crate::web::pages::post_mortems;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::clock::Tick;
use crate::web::parts::due::Due;
use crate::web::parts::state::State;
use crate::web::parts::words::Words;

/// Characters of a task that the bar shows.
const BRIEF: usize = 80;

/// What is due first; there is always something to say.
pub(super) fn of(scene: &Scene) -> Due {
    let (incident, now) = (&scene.seen.incident, scene.now());
    if !incident.is_open() {
        return over(scene);
    }
    if incident.is_held(now) {
        return held(scene);
    }
    let tell = scene.seen.clocks.iter().find(|clock| clock.kind == Kind::Tell);
    let overdue = tell.filter(|clock| clock.due_at <= now);
    let proposed = proposal(&scene.seen.plan, incident, &scene.seen.clocks, now);
    let tasks = scene.seen.open_tasks();
    let late = tasks.first().copied().filter(|task| task.is_overdue(now));
    let first = answering::due(scene)
        .or_else(|| incident.lacks_commander(now).then(|| no_commander(scene)))
        .or_else(|| overdue.map(|clock| telling::due(scene, clock)));
    match (first, proposed) {
        (Some(due), proposed) => due.then(then(scene, late, proposed, None)),
        (None, Some(proposed)) => raise(scene, proposed).then(then(scene, late, None, tell)),
        (None, None) => calm(scene, tell, &tasks),
    }
}

/// Nothing is wrong: what may be pressed, else what comes.
fn calm(scene: &Scene, tell: Option<&Clock>, tasks: &[&Task]) -> Due {
    let late = tasks.first().copied().filter(|task| task.is_overdue(scene.now()));
    if let Some(due) = offer(scene) {
        return due.then(then(scene, late, None, tell));
    }
    if let Some(since) = scene.seen.incident.watch_is_long(scene.now()) {
        return watch(scene, since).then(then(scene, late, None, tell));
    }
    match (tell, tasks.first()) {
        (Some(clock), _) => telling::due(scene, clock).then(then(scene, late, None, None)),
        (None, Some(task)) => to_do(scene, task),
        (None, None) => Due::next("Nothing is due").then("Write down what happens."),
    }
}

/// Somebody has commanded for long: whom do they hand over to, and who takes it?
fn watch(scene: &Scene, since: OffsetDateTime) -> Due {
    let (incident, me) = (&scene.seen.incident, scene.frame.who.person);
    let ran = Tick::since(since, scene.now());
    let briefing = Act::go("Briefing", format!("{}/briefing", scene.base));
    if incident.commander == Some(me) {
        let heading = Words::from("You have commanded for ").bold_tick(ran).plain(": hand over?");
        let href = format!("{}/command#hand-over", scene.base);
        return Due::next(heading)
            .act(Act::go("Hand over", href).look(Look::PrimaryLarge))
            .act(briefing);
    }
    let name = incident.commander.map_or("Somebody", |person| scene.seen.name(person));
    let heading =
        Words::from(format!("{name} has commanded for ")).bold_tick(ran).plain(": relieve them?");
    let take = scene.post("relieve", "I take command", "command").with("person", me.to_string());
    scene.offer(Due::next(heading), Right::Respond, take).act(briefing)
}

fn over(scene: &Scene) -> Due {
    let incident = &scene.seen.incident;
    if let Some(merged) = &scene.seen.merged {
        return elsewhere(scene, merged);
    }
    let ended = incident.ended_at.unwrap_or(incident.phase_since);
    let lasted = civil::span(ended - incident.declared_at);
    let heading = format!("{} {}, after {lasted}", incident.phase, scene.when(ended));
    let act = scene.post("reopen", "Reopen", "phase").with("step", "reopen");
    let due = match &scene.seen.report {
        None => Due::next(heading).then("Notes and corrections can still be written."),
        Some(report) => {
            let stands = post_mortems::stands(report, &scene.frame.zone, scene.now());
            let words = if report.state == Stage::Published { "Read it" } else { "Write it" };
            let go = Act::go(words, links::post_mortem(incident.id)).look(Look::PrimaryLarge);
            Due::next(heading).then(Words::from("Post-mortem: ").state(stands)).act(go)
        }
    };
    scene.offer(due, Right::Command, act)
}

/// It was merged: all goes on in the other one.
fn elsewhere(scene: &Scene, merged: &Merged) -> Due {
    let target = links::incident(merged.target.id);
    let heading = format!("{}: all goes on there", scene.phase());
    let go = Act::go("Go there", target).look(Look::PrimaryLarge);
    let due = Due::next(heading).act(go);
    match merged.target.is_open() {
        true => scene.offer(due, Right::Command, unmerge(scene, merged)),
        false => due.then("That one is over; reopen it to undo the merge."),
    }
}

/// The button that undoes a merge.
pub(in crate::web::pages) fn unmerge(scene: &Scene, merged: &Merged) -> Act {
    scene.post("unmerge", "Undo the merge", "merge/undo").with("merge", merged.id.to_string())
}

fn held(scene: &Scene) -> Due {
    let (incident, now) = (&scene.seen.incident, scene.now());
    let tick = Tick::seconds_until(incident.held_until.unwrap_or(now), now);
    let paged = scene.seen.responders.iter().filter(|r| r.paged_at > now).count();
    let paged = match paged {
        1 => ": 1 person is paged".to_owned(),
        paged => format!(": {paged} people are paged"),
    };
    let heading = Words::from("Sends in ").bold_tick(tick).plain(paged);
    let undone = match incident.raised_from {
        Some(level) => format!("Undo goes back to level {level}; nobody is told."),
        None => "Undo makes it a false alarm; nobody is told.".to_owned(),
    };
    let act = scene.post("undo", "Undo", "undo").look(Look::PrimaryLarge);
    scene.offer(Due::held(heading).then(undone), Right::Respond, act)
}

fn no_commander(scene: &Scene) -> Due {
    let incident = &scene.seen.incident;
    let since = Tick::since(incident.declared_at, scene.now());
    let me = scene.frame.who.person.to_string();
    let act = scene.post("take", "I take command", "command").with("person", me);
    let heading = Words::new()
        .bold("NO COMMANDER for ")
        .bold_tick(since)
        .bold(".")
        .plain(" Someone must take command.");
    scene.offer(Due::overdue(heading), Right::Respond, act.look(Look::PrimaryLarge))
}

fn raise(scene: &Scene, proposed: Proposal) -> Due {
    let level = scene.seen.incident.level;
    let Proposal { level: next, usual } = proposed;
    let heading =
        format!("Raise to level {next}? Impact has outlasted level {level}’s usual {usual}");
    let act = scene.post("raise-due", format!("Raise to {next}"), "level");
    let act = act.with("way", "raise").with("level", next.to_string()).look(Look::PrimaryLarge);
    let stay = Act::go("No, because…", format!("{}/command#stay", scene.base));
    let due = scene.offer(Due::overdue(heading), Right::Command, act);
    scene.offer(due, Right::Command, stay)
}

fn offer(scene: &Scene) -> Option<Due> {
    let step = |form: &str, words: &str, step: &str| {
        scene.post(form, words, "phase").with("step", step).look(Look::PrimaryLarge)
    };
    if scene.seen.incident.phase == Phase::Stable {
        return Some(close(scene, step("next-close", "Close the incident", "close")));
    }
    restored_at(&scene.seen.affected)?;
    let act = step("next-stable", "It is stable", "stable");
    Some(scene.offer(Due::next("All is restored. Does it hold?"), Right::Command, act))
}

/// Closing, once the plan's checklist is gone through.
fn close(scene: &Scene, act: Act) -> Due {
    let since = Tick::since(scene.seen.incident.phase_since, scene.now());
    let heading = Words::from("Stable for ").bold_tick(since);
    let list = before_closing(&scene.seen.plan).next();
    match (left_to_check(&scene.seen.plan, &scene.seen.ticks), list) {
        (0, _) | (_, None) => {
            let due = Due::next(heading.plain(": watch it, then close"));
            scene.offer(due, Right::Command, act)
        }
        (open, Some(list)) => {
            let due = Due::next(heading.plain(format!(": {}", open_items(open))));
            let href = format!("{}/command#check-{}", scene.base, list.key);
            let act = Act::go("Go through it", href).look(Look::PrimaryLarge);
            scene.offer(due.then("Then the incident can be closed."), Right::Respond, act)
        }
    }
}

fn to_do(scene: &Scene, task: &Task) -> Due {
    let (at, now) = (task.due_at, scene.now());
    let what = format!("{} ({})", brief(&task.words), doer(scene, task));
    let due = match task.is_overdue(now) {
        true => Due::overdue(late(at, now).plain(format!(" {what}"))),
        false => {
            Due::next(Words::from("In ").bold_tick(Tick::until(at, now)).plain(format!(": {what}")))
        }
    };
    let act = scene.post("task-done", "Done", &format!("tasks/{}", task.id)).with("press", "done");
    scene.offer(due, Right::Respond, act.look(Look::PrimaryLarge))
}

fn then(
    scene: &Scene,
    late: Option<&Task>,
    proposed: Option<Proposal>,
    tell: Option<&Clock>,
) -> Words {
    if let Some(task) = late {
        let since = scene.when(task.due_at);
        let words = Words::new().state(State::bad(format!("Overdue since {since}:")));
        let what = format!("{} ({})", brief(&task.words), doer(scene, task));
        return words.plain(" ").link(format!("{}/tasks", scene.base), what);
    }
    if let Some(Proposal { level, usual }) = proposed {
        let now = scene.seen.incident.level;
        let words = format!("Impact has outlasted level {now}’s usual {usual}.");
        return Words::from(format!("Then: raise to level {level}? {words}"));
    }
    tell.map(|clock| telling::then(scene, clock)).unwrap_or_default()
}

fn doer(scene: &Scene, task: &Task) -> String {
    task.person.map_or("anybody", |person| scene.seen.name(person)).to_owned()
}

/// `Overdue by 2:07:`
pub(super) fn late(due: OffsetDateTime, now: OffsetDateTime) -> Words {
    Words::new().bold("Overdue by ").bold_tick(Tick::since(due, now)).bold(":")
}

/// The beginning of what may be long.
fn brief(words: &str) -> String {
    let line = words.lines().next().unwrap_or_default();
    match line.char_indices().nth(BRIEF) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None if line.len() < words.len() => format!("{line}…"),
        None => line.to_owned(),
    }
}
