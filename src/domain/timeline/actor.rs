//! Who did it.

use std::fmt;
use std::str::FromStr;

use crate::domain::id::{DeliveryId, PersonId};

/// Who caused an entry; its text form is hashed, so it never changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// A person who is signed in.
    Person(PersonId),
    /// Whoever opened the link that a delivery carried to a person; they didn't sign in.
    Link {
        /// The delivery that carried the link.
        delivery: DeliveryId,
        /// The person it was meant for.
        person: PersonId,
    },
    /// An agent, by the name of its site.
    Agent(String),
    /// Muster by itself.
    System,
    /// Somebody unknown, from outside.
    Public,
}

/// A text that names no actor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” names no actor")]
pub struct NotAnActor(pub String);

impl Actor {
    /// The person behind it, signed in or by a link.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Actor::Person(person) | Actor::Link { person, .. } => Some(*person),
            Actor::Agent(_) | Actor::System | Actor::Public => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Person(person) => write!(f, "person:{person}"),
            Actor::Link { delivery, person } => write!(f, "link:{delivery}:{person}"),
            Actor::Agent(site) => write!(f, "agent:{site}"),
            Actor::System => f.write_str("system"),
            Actor::Public => f.write_str("public"),
        }
    }
}

impl FromStr for Actor {
    type Err = NotAnActor;

    fn from_str(text: &str) -> Result<Actor, NotAnActor> {
        read(text).ok_or_else(|| NotAnActor(text.to_owned()))
    }
}

fn read(text: &str) -> Option<Actor> {
    match text.split_once(':') {
        None if text == "system" => Some(Actor::System),
        None if text == "public" => Some(Actor::Public),
        Some(("person", id)) => id.parse().ok().map(Actor::Person),
        Some(("link", ids)) => {
            let (delivery, person) = ids.split_once(':')?;
            Some(Actor::Link { delivery: delivery.parse().ok()?, person: person.parse().ok()? })
        }
        Some(("agent", site)) if !site.is_empty() => Some(Actor::Agent(site.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn every_actor_reads_back_from_its_text() {
        let now = datetime!(2026-11-14 02:12 UTC);
        let (person, delivery) = (PersonId::new(now), DeliveryId::new(now));
        for actor in [
            Actor::Person(person),
            Actor::Link { delivery, person },
            Actor::Agent("db: north".to_owned()),
            Actor::System,
            Actor::Public,
        ] {
            assert_eq!(actor.to_string().parse(), Ok(actor));
        }
    }

    #[test]
    fn a_text_that_names_nobody_is_refused() {
        for text in ["", "root", "system:", "agent:", "person:ada", "link:1:2", "person"] {
            assert_eq!(text.parse::<Actor>(), Err(NotAnActor(text.to_owned())));
        }
    }
}
