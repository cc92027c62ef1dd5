//! Who is called for which role, and how they stand.

use super::Scene;
use crate::domain::civil;
use crate::domain::id::PersonId;
use crate::domain::plan::document::Role;
use crate::store::responders::Responder;
use crate::web::parts::person::Person;
use crate::web::parts::reach::{Answer, Reach};
use crate::web::parts::state::State;

/// Empty roles first, then those who did not answer, last who has it.
pub(super) fn of(scene: &Scene<'_>) -> (Vec<Person>, Reach) {
    let seen = scene.seen;
    let plan = &seen.revision.plan;
    let level = plan.level(seen.incident.level);
    let roles = level.into_iter().flat_map(|level| &level.pages);
    let roles: Vec<&Role> = roles.filter_map(|key| plan.role(key)).collect();
    let empty = roles.iter().filter(|role| !is_held(scene, role));
    let mut people: Vec<_> = empty.map(|role| Person::nobody(role.name.clone(), None)).collect();
    let mut responders: Vec<&Responder> = seen.responders.iter().collect();
    responders.sort_by_key(|responder| std::cmp::Reverse(answer(responder)));
    people.extend(responders.iter().map(|responder| person(scene, responder)));
    (people, Reach::new(seen.responders.iter().map(answer)))
}

fn is_held(scene: &Scene<'_>, role: &Role) -> bool {
    let known = |key: &String| {
        scene.seen.people.iter().any(|person| person.key == *key && person.disabled_at.is_none())
    };
    role.holders.iter().any(known)
}

fn person(scene: &Scene<'_>, responder: &Responder) -> Person {
    let plan = &scene.seen.revision.plan;
    let roles = responder.roles.iter().filter_map(|key| plan.role(key));
    let mut roles: Vec<&str> = roles.map(|role| role.name.as_str()).collect();
    if scene.seen.incident.commander == Some(responder.person) {
        roles.insert(0, "In command");
    }
    let person = Person::new(name(scene, responder.person), roles.join(", "));
    let person = person.state(state(scene, responder));
    let numbers = scene.seen.methods.iter();
    let phone = numbers.filter(|m| m.person == responder.person).find(|m| m.channel != "mail");
    match phone {
        Some(method) => person.phone(&method.address),
        None => person,
    }
}

fn name(scene: &Scene<'_>, id: PersonId) -> String {
    let found = scene.seen.people.iter().find(|person| person.id == id);
    found.map_or_else(|| "Somebody".to_owned(), |person| person.name.clone())
}

fn state(scene: &Scene<'_>, responder: &Responder) -> State {
    let zone = &scene.frame.zone;
    let at = responder.answered_at.map(|at| zone.bare_clock(at)).unwrap_or_default();
    match responder.answer.as_deref() {
        Some("have") => State::good(format!("has it, {at}")),
        Some("cannot") => State::warn(format!("can’t, {at}")),
        Some(_) => State::warn(format!("wants a call, {at}")),
        None if responder.paged_at > scene.frame.now => State::waiting("page is held"),
        None => {
            State::waiting(format!("paged {}", civil::ago(responder.paged_at, scene.frame.now)))
        }
    }
}

fn answer(responder: &Responder) -> Answer {
    match responder.answer.as_deref() {
        Some("have") => Answer::Has,
        Some(_) => Answer::Cannot,
        None if responder.call_outcome.as_deref() == Some("no-answer") => Answer::Silent,
        None => Answer::Waits,
    }
}
