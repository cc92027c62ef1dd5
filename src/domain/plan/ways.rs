//! Whether the people whom a level pages can be reached, and by what.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Plan, Role};

/// Channels that a person is called by when nothing else carries.
const CALLED: [&str; 2] = ["phone", "sms"];

/// The ways to everybody who may be called on, so far as they are known to work.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ways {
    carried: BTreeSet<String>,
    people: BTreeMap<String, BTreeSet<String>>,
}

/// How a role stands, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Somebody who holds it is reached by a channel that Muster sends through.
    Paged,
    /// They have a number to call, and nothing that Muster sends through.
    CallList,
    /// Nothing reaches those who hold it.
    Nobody,
    /// Nobody on the roster holds it.
    Empty,
}

/// How the roles stand that a level pages, in the plan's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelReach<'p> {
    /// Each role with how it stands.
    pub roles: Vec<(&'p Role, Reach)>,
}

impl Ways {
    /// Nobody yet; `carried` are the channels that Muster can send through now.
    pub fn new<'c>(carried: impl IntoIterator<Item = &'c str>) -> Ways {
        let carried = carried.into_iter().map(str::to_owned).collect();
        Ways { carried, people: BTreeMap::new() }
    }

    /// Whether Muster can send through this channel now.
    #[must_use]
    pub fn carries(&self, channel: &str) -> bool {
        self.carried.contains(channel)
    }

    /// Somebody who may be called on, by key, and the channels that reach them.
    #[must_use]
    pub fn person<'c>(
        mut self,
        key: impl Into<String>,
        channels: impl IntoIterator<Item = &'c str>,
    ) -> Ways {
        self.people.insert(key.into(), channels.into_iter().map(str::to_owned).collect());
        self
    }

    /// How a person is reached; nobody of that key may be called on: [`Reach::Empty`].
    #[must_use]
    pub fn to(&self, person: &str) -> Reach {
        match self.people.get(person) {
            None => Reach::Empty,
            Some(channels) if !channels.is_disjoint(&self.carried) => Reach::Paged,
            Some(channels) if CALLED.iter().any(|one| channels.contains(*one)) => Reach::CallList,
            Some(_) => Reach::Nobody,
        }
    }

    /// How a role is reached: by whoever holds it and is reached best.
    #[must_use]
    pub fn to_role(&self, role: &Role) -> Reach {
        role.holders.iter().map(|holder| self.to(holder)).min().unwrap_or(Reach::Empty)
    }
}

impl LevelReach<'_> {
    /// Whether Muster reaches nobody at this level, so that people have to be called.
    #[must_use]
    pub fn is_call_list_only(&self) -> bool {
        !self.roles.iter().any(|(_, reach)| *reach == Reach::Paged)
    }
}

/// How each role that a level pages stands.
#[must_use]
pub fn of_level<'p>(plan: &'p Plan, level: u8, ways: &Ways) -> LevelReach<'p> {
    let pages = plan.level(level).map(|level| level.pages.as_slice()).unwrap_or_default();
    let roles = pages.iter().filter_map(|key| plan.role(key));
    LevelReach { roles: roles.map(|role| (role, ways.to_role(role))).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(holders: &[&str]) -> Role {
        Role {
            key: "dba".to_owned(),
            name: "Database Administrator".to_owned(),
            team: String::new(),
            authority: String::new(),
            duties: Vec::new(),
            marks: Vec::new(),
            holders: holders.iter().map(|key| (*key).to_owned()).collect(),
        }
    }

    #[test]
    fn a_role_is_reached_as_its_best_reached_holder_is() {
        let ways = Ways::new(["mail"])
            .person("mailed", ["mail"])
            .person("called", ["phone"])
            .person("silent", []);
        for (holders, wanted) in [
            (&["mailed", "silent"][..], Reach::Paged),
            (&["silent", "called"], Reach::CallList),
            (&["silent", "left"], Reach::Nobody),
            (&["left"], Reach::Empty),
            (&[], Reach::Empty),
        ] {
            assert_eq!(ways.to_role(&role(holders)), wanted, "{holders:?}");
        }
    }

    #[test]
    fn without_a_channel_people_are_called_and_an_address_reaches_nobody() {
        let ways = Ways::new([]).person("both", ["mail", "phone"]).person("mailed", ["mail"]);

        assert_eq!(ways.to("both"), Reach::CallList);
        assert_eq!(ways.to("mailed"), Reach::Nobody);
    }
}
