//! The roles, each with whoever has it or is asked for it, and how they stand: bad news first.

pub(in crate::web::pages) mod stands;

use crate::domain::id::PersonId;
use crate::domain::plan::document::{Mark, Role};
use crate::domain::rights::Right;
use crate::store::chains::Chain;
use crate::store::responders::Responder;
use crate::web::links;
use crate::web::pages::incident::Scene;
use crate::web::parts::act::Act;
use crate::web::parts::person::Person;
use crate::web::parts::reach::Reach;
use stands::{Stands, stands};

/// A person, the roles they are the face of, and whom they stand in for.
struct Face<'a> {
    responder: &'a Responder,
    roles: Vec<&'a Role>,
    instead_of: Vec<&'a str>,
}

/// Empty roles, then whom nothing reached, who waits, and last who has it.
pub(super) fn of(scene: &Scene) -> (Vec<Person>, Reach) {
    let mut people = Vec::new();
    let mut faces: Vec<Face<'_>> = Vec::new();
    for role in roles(scene) {
        let Some((face, before)) = face(scene, role) else {
            people.extend(nobody(scene, role));
            continue;
        };
        match faces.iter_mut().find(|known| known.responder.person == face.person) {
            Some(known) => known.roles.push(role),
            None => {
                faces.push(Face { responder: face, roles: vec![role], instead_of: before });
            }
        }
    }
    faces.extend(others(scene, &faces));
    let mut rows: Vec<_> = faces.iter().map(|face| (stands(scene, face.responder), face)).collect();
    rows.sort_by_key(|(stands, _)| stands.order);
    people.extend(rows.into_iter().map(|(stands, face)| row(scene, face, stands)));
    let counts =
        |r: &&Responder| r.answer.is_some() || r.call_outcome.is_some() || scene.seen.awaits(r);
    let paged = scene.seen.responders.iter().filter(|r| !r.roles.is_empty()).filter(counts);
    (people, Reach::new(paged.map(|responder| stands(scene, responder).answer)))
}

/// The roles that the level pages, and those that somebody was named for.
fn roles(scene: &Scene) -> Vec<&Role> {
    let seen = &scene.seen;
    let level = seen.plan.level(seen.incident.level);
    let pages = level.into_iter().flat_map(|level| &level.pages);
    let mut keys: Vec<&String> = Vec::new();
    for key in pages.chain(seen.chains.iter().map(|chain| &chain.role_key)) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys.into_iter().filter_map(|key| seen.plan.role(key)).collect()
}

/// Who has a role; else who was asked for it last, and who was before. None: nobody is awaited.
fn face<'a>(scene: &'a Scene, role: &Role) -> Option<(&'a Responder, Vec<&'a str>)> {
    let seen = &scene.seen;
    if let Some(holder) = holder(scene, role) {
        return Some((seen.responder(holder)?, Vec::new()));
    }
    let chain = seen.chains.iter().find(|chain| chain.role_key == role.key);
    if chain.is_some_and(|chain| chain.exhausted) && seen.incident.is_open() {
        return None;
    }
    let asked = || seen.responders.iter().filter(|r| r.roles.contains(&role.key));
    let place = |responder: &Responder| {
        let key = seen.people.iter().find(|p| p.id == responder.person).map(|person| &person.key);
        role.holders.iter().position(|holder| Some(holder) == key)
    };
    let named = chain.and_then(|chain: &Chain| chain.named);
    let able = asked().filter(|r| r.answer.as_deref() != Some("cannot"));
    let face = able.max_by_key(|r| (Some(r.person) == named, r.paged_at, place(r)))?;
    let before = asked().filter(|r| r.person != face.person && place(r).is_some());
    Some((face, before.map(|responder| seen.name(responder.person)).collect()))
}

/// Who holds a role now.
pub(super) fn holder(scene: &Scene, role: &Role) -> Option<PersonId> {
    let duty = scene.seen.duties.iter().find(|duty| duty.role_key == role.key);
    duty.map(|duty| duty.person)
}

/// The hole where somebody is missing, with the act that fills it.
fn nobody(scene: &Scene, role: &Role) -> Option<Person> {
    let incident = &scene.seen.incident;
    if !incident.is_open() {
        return None;
    }
    let commands = role.marks.contains(&Mark::Command) && incident.commander.is_none();
    let act = if commands {
        let me = scene.frame.who.person.to_string();
        scene.post("take-role", "I take command", "command").with("person", me)
    } else {
        Act::go("Name someone", links::role(incident.id, &role.key))
    };
    Some(Person::nobody(role.name.clone(), scene.may(Right::Respond).then_some(act)))
}

/// Who is the face of no role but is there, commands, or waits for a call.
fn others<'a>(scene: &'a Scene, faces: &[Face<'_>]) -> Vec<Face<'a>> {
    let shown = |r: &&Responder| faces.iter().any(|face| face.responder.person == r.person);
    let counts = |r: &&Responder| {
        matches!(r.answer.as_deref(), Some("have" | "call"))
            || scene.seen.incident.commander == Some(r.person)
    };
    let rest = scene.seen.responders.iter().filter(|r| !shown(r) && counts(r));
    let face = |responder| Face { responder, roles: Vec::new(), instead_of: Vec::new() };
    rest.map(face).collect()
}

fn row(scene: &Scene, face: &Face<'_>, stands: Stands) -> Person {
    let person = Person::new(scene.seen.name(face.responder.person), part(scene, face));
    let person = person.state(stands.state);
    if face.responder.person == scene.frame.who.person {
        return person; // nobody calls themselves
    }
    let own = scene.seen.methods.iter().filter(|m| m.person == face.responder.person);
    match own.into_iter().find(|method| method.channel != "mail") {
        Some(method) => person.phone(&method.address),
        None => person,
    }
}

/// `In command, Technical Lead`, `Business Liaison, for Henrik Aaltonen`, `helps`.
fn part(scene: &Scene, face: &Face<'_>) -> String {
    let commands = scene.seen.incident.commander == Some(face.responder.person);
    let roles = face.roles.iter().filter(|role| !(commands && role.marks.contains(&Mark::Command)));
    let roles = roles.map(|role| role.name.as_str());
    let mut words: Vec<&str> = commands.then_some("In command").into_iter().chain(roles).collect();
    if words.is_empty() {
        words.push(if face.responder.answer.as_deref() == Some("call") {
            "paged"
        } else {
            "helps"
        });
    }
    let words = words.join(", ");
    match face.instead_of.as_slice() {
        [] => words,
        names => format!("{words}, for {}", names.join(", ")),
    }
}
