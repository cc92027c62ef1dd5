//! The roster beside a plan's text: as it stands, with a text's people added, and applying them.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::actions::ActionResult;
use crate::domain::id::{MethodId, PersonId};
use crate::domain::plan::document::{Contact, Person};
use crate::store;
use crate::store::people::Method;

/// The roster at one moment.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    rows: Vec<store::people::Person>,
    methods: Vec<Method>,
    added: Vec<Person>,
}

/// Reads the roster.
pub(super) async fn standing(conn: &mut PgConnection) -> ActionResult<Standing> {
    let rows = store::people::all(conn).await?;
    let methods = store::people::methods(conn).await?;
    Ok(Standing { rows, methods, added: Vec::new() })
}

impl Standing {
    /// The roster with a text's people said over it.
    pub(super) fn with(&self, people: &[Person]) -> Standing {
        Standing { added: people.to_vec(), ..self.clone() }
    }

    /// Everybody as a text shows them: whom `named` names, in its order, then the others by key.
    /// Somebody disabled stands there only where named.
    pub(super) fn people(&self, named: &[String]) -> Vec<Person> {
        let mut all: BTreeMap<String, Person> = BTreeMap::new();
        for row in &self.rows {
            if row.disabled_at.is_none() || named.contains(&row.key) {
                all.insert(row.key.clone(), self.text(row));
            }
        }
        for new in &self.added {
            let merged = match all.remove(&new.key) {
                Some(old) => merge(old, new),
                None => sorted(new.clone()),
            };
            all.insert(new.key.clone(), merged);
        }
        let first: Vec<Person> = named.iter().filter_map(|key| all.remove(key)).collect();
        first.into_iter().chain(all.into_values()).collect()
    }

    /// Makes the roster say what `people` say.
    pub(super) async fn apply(
        &self,
        conn: &mut PgConnection,
        people: &[Person],
        now: OffsetDateTime,
    ) -> ActionResult<()> {
        for person in people {
            let old = self.rows.iter().find(|row| row.key == person.key);
            let row = store::people::Person {
                id: old.map_or_else(|| PersonId::new(now), |old| old.id),
                key: person.key.clone(),
                name: person.name.clone(),
                title: person.title.clone(),
                zone: person.zone.clone(),
                disabled_at: old.and_then(|old| old.disabled_at),
                version: old.map_or(1, |old| old.version),
            };
            match old {
                None => store::people::insert(conn, &row, now).await?,
                Some(old) if *old != row => store::people::update(conn, &row).await?,
                Some(_) => {}
            }
            for contact in &person.contact {
                self.apply_contact(conn, row.id, contact, now).await?;
            }
        }
        Ok(())
    }

    async fn apply_contact(
        &self,
        conn: &mut PgConnection,
        person: PersonId,
        contact: &Contact,
        now: OffsetDateTime,
    ) -> ActionResult<()> {
        let rank = i16::from(contact.rank);
        let old = self.methods.iter().find(|method| {
            method.person == person
                && method.channel == contact.channel
                && method.address == contact.address
        });
        match old {
            Some(old) if old.rank != rank => store::methods::set_rank(conn, old.id, rank).await?,
            Some(_) => {}
            None => {
                let Contact { channel, address, .. } = contact;
                let id = MethodId::new(now);
                let method = Method::given(id, person, channel, address, rank);
                store::people::insert_method(conn, &method, now).await?;
            }
        }
        Ok(())
    }

    fn text(&self, row: &store::people::Person) -> Person {
        let methods = self.methods.iter().filter(|method| method.person == row.id);
        let contact = methods.map(|method| Contact {
            channel: method.channel.clone(),
            address: method.address.clone(),
            rank: u8::try_from(method.rank).unwrap_or(u8::MAX),
        });
        sorted(Person {
            key: row.key.clone(),
            name: row.name.clone(),
            title: row.title.clone(),
            zone: row.zone.clone(),
            contact: contact.collect(),
        })
    }
}

fn merge(old: Person, new: &Person) -> Person {
    let or = |new: &String, old: String| if new.is_empty() { old } else { new.clone() };
    let same = |a: &Contact, b: &Contact| a.channel == b.channel && a.address == b.address;
    let stays = old.contact.into_iter().filter(|old| !new.contact.iter().any(|new| same(old, new)));
    sorted(Person {
        key: old.key,
        name: new.name.clone(),
        title: or(&new.title, old.title),
        zone: or(&new.zone, old.zone),
        contact: new.contact.iter().cloned().chain(stays).collect(),
    })
}

/// Contacts in an order that does not depend on where they came from.
fn sorted(mut person: Person) -> Person {
    person
        .contact
        .sort_by(|a, b| (a.rank, &a.channel, &a.address).cmp(&(b.rank, &b.channel, &b.address)));
    person.contact.dedup_by(|a, b| a.channel == b.channel && a.address == b.address);
    person
}
