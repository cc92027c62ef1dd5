//! What a merge moves, in words: for the entry, and for whoever looks before pressing.

use time::OffsetDateTime;

use super::{Moves, Side};
use crate::domain::id::PersonId;
use crate::domain::incident::{Affected, Incident, WHOLE};
use crate::domain::plan::document::Plan;
use crate::store::people::Person;
use crate::store::responders::Responder;

/// Names that are told before the rest is counted.
const NAMED: usize = 6;

/// What comes over to the incident, and what it becomes: a sentence each.
pub(super) fn came_over(
    moves: &Moves,
    (was, into): (&Incident, &Side),
    people: &[Person],
    now: OffsetDateTime,
) -> Vec<String> {
    facts(moves, (was, into), people, now)
        .into_iter()
        .map(|(what, words)| format!("{what}: {words}."))
        .collect()
}

/// The same, each under its name.
pub(super) fn facts(
    moves: &Moves,
    (was, into): (&Incident, &Side),
    people: &[Person],
    now: OffsetDateTime,
) -> Vec<(&'static str, String)> {
    let (plan, zone) = (&into.plan, into.plan.document.zone());
    let becomes = &moves.becomes;
    let name = |id: PersonId| {
        let found = people.iter().find(|person| person.id == id);
        found.map_or_else(|| "Somebody".to_owned(), |person| person.name.clone())
    };
    let there = |one: &Responder| one.answer.as_deref() == Some("have");
    let on_duty = moves.responders.iter().filter(|moved| there(&moved.responder));
    let on_duty = on_duty.map(|moved| with_roles(moves, moved.responder.person, plan, &name));
    let kept = moves.kept.iter().map(|duty| role(plan, &duty.role_key));
    let asked = moves.responders.iter().filter(|moved| moved.new && !there(&moved.responder));
    let down = moves.affected.iter().map(|hurt| {
        let since = zone.when(hurt.affected.since, now);
        let stands = if hurt.affected.goes_on() { "since" } else { "restored, since" };
        format!("{} {stands} {since}", thing(plan, &hurt.affected))
    });
    let tasks = moves.tasks.iter().map(|task| format!("“{}”", task.words));
    let commander = becomes.commander.filter(|_| was.commander.is_none());
    let start = (becomes.impact_start != was.impact_start)
        .then(|| format!("since {}", zone.when(becomes.impact_start, now)));
    let all = [
        ("On duty", listed(on_duty.collect())),
        ("Stay with who has them", listed(kept.collect())),
        ("Paged already", listed(asked.map(|moved| name(moved.responder.person)).collect())),
        ("Down", listed(down.collect())),
        ("Open tasks", listed(tasks.collect())),
        ("Ticked steps", ticks(moves)),
        ("Level", level(was, becomes)),
        ("Pages at once for", listed(moves.pages.iter().map(|key| role(plan, key)).collect())),
        ("Impact", start),
        ("Commands", commander.map(name)),
    ];
    all.into_iter().filter_map(|(what, words)| Some((what, words?))).collect()
}

fn with_roles(
    moves: &Moves,
    person: PersonId,
    plan: &Plan,
    name: &impl Fn(PersonId) -> String,
) -> String {
    let own = moves.duties.iter().filter(|duty| duty.person == person);
    let roles: Vec<String> = own.map(|duty| role(plan, &duty.role_key)).collect();
    match roles.is_empty() {
        true => name(person),
        false => format!("{} ({})", name(person), roles.join(", ")),
    }
}

fn role(plan: &Plan, key: &str) -> String {
    plan.role(key).map_or_else(|| key.to_owned(), |role| role.name.clone())
}

fn thing(plan: &Plan, affected: &Affected) -> String {
    let key = affected.key.as_str();
    let name = match key.split_once('.') {
        Some(("function", key)) => plan.function(key).map(|function| function.name.clone()),
        Some((_, key)) => plan.component(key).map(|component| component.name.clone()),
        None => (key == WHOLE).then(|| "the service".to_owned()),
    };
    name.unwrap_or_else(|| key.to_owned())
}

fn ticks(moves: &Moves) -> Option<String> {
    let left = match moves.left {
        0 => String::new(),
        left => format!(" ({left} stay behind: the plan’s runbook was changed)"),
    };
    match (moves.ticks.len(), moves.left) {
        (0, 0) => None,
        (ticks, _) => Some(format!("{ticks}{left}")),
    }
}

fn level(was: &Incident, becomes: &Incident) -> Option<String> {
    (becomes.level != was.level).then(|| format!("from {} to {}", was.level, becomes.level))
}

/// `A, B, C`, the rest counted; none where there is nobody.
fn listed(names: Vec<String>) -> Option<String> {
    let more = names.len().saturating_sub(NAMED);
    let named = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match (names.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(named),
        (false, more) => Some(format!("{named} and {more} more")),
    }
}
