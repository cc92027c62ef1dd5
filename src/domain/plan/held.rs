//! Where a plan calls or tells nobody, because nobody who can be reached holds the roles.

use super::document::Plan;

/// A level that pages nobody, or an audience that reaches nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unheld {
    /// The plan's section: `level` or `audience`.
    pub section: &'static str,
    /// Its number there, from 0.
    pub at: usize,
    /// The field that names the roles.
    pub field: &'static str,
    /// Which one it is, and which roles nobody holds.
    pub says: String,
}

/// Each such level and audience, where `reachable` tells by key whether a person can be reached.
pub fn unheld(plan: &Plan, reachable: impl Fn(&str) -> bool) -> Vec<Unheld> {
    let held = |key: &String| {
        plan.role(key).is_some_and(|role| role.holders.iter().any(|holder| reachable(holder)))
    };
    let levels = plan.level.iter().enumerate().filter(|(_, level)| !level.pages.iter().any(held));
    let levels = levels.map(|(at, level)| {
        let says = format!("level {} pages nobody: {}", level.number, empty(plan, &level.pages));
        Unheld { section: "level", at, field: "pages", says }
    });
    let audiences = plan.audience.iter().enumerate().filter(|(_, audience)| {
        let named = !audience.people.is_empty() || !audience.roles.is_empty();
        let reached = !audience.addresses.is_empty()
            || audience.people.iter().any(|person| reachable(person))
            || audience.roles.iter().any(held);
        named && !reached
    });
    let audiences = audiences.map(|(at, one)| {
        let (field, why) = match one.roles.is_empty() {
            true => ("people", "nobody in it can be reached".to_owned()),
            false => ("roles", empty(plan, &one.roles)),
        };
        let says = format!("the audience {} reaches nobody: {why}", one.name);
        Unheld { section: "audience", at, field, says }
    });
    levels.chain(audiences).collect()
}

fn empty(plan: &Plan, roles: &[String]) -> String {
    let name = |key: &String| plan.role(key).map_or(key.clone(), |role| role.name.clone());
    match roles {
        [] => "it names no role".to_owned(),
        [role] => format!("the role {} has no holder who can be reached", name(role)),
        _ => {
            let names: Vec<String> = roles.iter().map(name).collect();
            format!("the roles {} have no holder who can be reached", names.join(", "))
        }
    }
}
