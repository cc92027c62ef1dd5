//! Adding somebody to the roster, and changing what it says of them.

use time::OffsetDateTime;

use super::guard::{keep, overtaken, require, take, tell};
use crate::actions::sessions::SignedIn;
use crate::actions::{ActionError, ActionResult, DEADLINE, Wrong};
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::id::{MethodId, PersonId};
use crate::domain::{plan, roster};
use crate::store;
use crate::store::people::{Method, Person};

const LONGEST: usize = 200;

/// Somebody who is to stand on the roster.
#[derive(Debug, Clone)]
pub struct Addition<'a> {
    /// The identity that the form made.
    pub id: PersonId,
    /// The whole name.
    pub name: &'a str,
    /// What they are in the organisation.
    pub title: &'a str,
    /// Their zone; the plan's where empty.
    pub zone: &'a str,
    /// A mail address, or nothing.
    pub mail: &'a str,
    /// A telephone number, or nothing.
    pub phone: &'a str,
}

/// What stands in the form.
#[derive(Debug, Clone)]
pub struct Edit<'a> {
    /// The version that the form was drawn from.
    pub version: i32,
    /// The whole name.
    pub name: &'a str,
    /// What they are in the organisation; none: it stays.
    pub title: Option<&'a str>,
    /// Their zone; the plan's where empty.
    pub zone: &'a str,
}

/// Adds somebody. The same form sent twice adds them once.
///
/// # Errors
/// Wrong fields; refused to all but owners who just typed their password.
pub async fn add(
    db: &Db,
    by: &SignedIn,
    new: &Addition<'_>,
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    let mut wrong = wrong(new.name, new.title, new.zone);
    let contacts = [("mail", new.mail.trim()), ("phone", new.phone.trim())];
    for (channel, address) in contacts.into_iter().filter(|(_, address)| !address.is_empty()) {
        if let Err(unreachable) = plan::check_contact(channel, address) {
            wrong.push(Wrong { field: channel, words: unreachable.to_string() });
        }
    }
    if !wrong.is_empty() {
        return Err(ActionError::Invalid(wrong));
    }
    db.transaction(DEADLINE, async |conn| {
        store::people::lock_all(conn).await?;
        let name = new.name.trim();
        if let Some(standing) = store::people::find(conn, new.id).await? {
            return if standing.name == name { Ok(()) } else { Err(other()) };
        }
        let person = person(conn, new).await?;
        store::people::insert(conn, &person, now).await?;
        for (rank, (channel, address)) in (1..).zip(contacts.iter().filter(|c| !c.1.is_empty())) {
            let method = Method::given(MethodId::new(now), person.id, channel, address, rank);
            store::people::insert_method(conn, &method, now).await?;
        }
        tell(conn, by, person.id, format!("{name} was added to the roster."), now).await
    })
    .await
}

/// Changes name, title and zone; a second writer sees the first's change instead of undoing it.
///
/// # Errors
/// Wrong fields; refused where somebody else changed them in between.
pub async fn edit(
    db: &Db,
    by: &SignedIn,
    person: PersonId,
    edit: &Edit<'_>,
    now: OffsetDateTime,
) -> ActionResult<()> {
    require(by, person, now)?;
    let wrong = wrong(edit.name, edit.title.unwrap_or_default(), edit.zone);
    if !wrong.is_empty() {
        return Err(ActionError::Invalid(wrong));
    }
    db.transaction(DEADLINE, async |conn| {
        let old = take(conn, person).await?;
        let new = Person {
            name: edit.name.trim().to_owned(),
            title: edit.title.map_or_else(|| old.title.clone(), |title| title.trim().to_owned()),
            zone: edit.zone.trim().to_owned(),
            ..old.clone()
        };
        if new == old {
            return Ok(());
        }
        if old.version != edit.version {
            return Err(overtaken(conn, by, &old, now).await?);
        }
        keep(conn, by, &new, difference(&old, &new), now).await
    })
    .await
}

fn other() -> ActionError {
    ActionError::refused("somebody else was added by this form; open a new one")
}

fn wrong(name: &str, title: &str, zone: &str) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    if name.trim().is_empty() || name.chars().count() > LONGEST {
        let words = "Type the name as others shall read it, in 200 characters at most.".to_owned();
        wrong.push(Wrong { field: "name", words });
    }
    if title.chars().count() > LONGEST {
        let words = "Type 200 characters at most.".to_owned();
        wrong.push(Wrong { field: "title", words });
    }
    for (field, text) in [("name", name), ("title", title)] {
        if !roster::is_line(text.trim()) {
            let words = "A character in it can’t be shown; type it on one line.".to_owned();
            wrong.push(Wrong { field, words });
        }
    }
    if let (false, Err(unknown)) = (zone.trim().is_empty(), Zone::parse(zone.trim())) {
        wrong.push(Wrong { field: "zone", words: unknown.to_string() });
    }
    wrong
}

/// A new person under the plainest key that is free.
async fn person(conn: &mut sqlx::PgConnection, new: &Addition<'_>) -> ActionResult<Person> {
    let name = new.name.trim();
    for key in roster::keys_for(name) {
        if store::people::find_by_key(conn, &key).await?.is_none() {
            return Ok(Person {
                id: new.id,
                key,
                name: name.to_owned(),
                title: new.title.trim().to_owned(),
                zone: new.zone.trim().to_owned(),
                disabled_at: None,
                version: 1,
            });
        }
    }
    Err(ActionError::wrong("name", "There are too many people of this name; add to it."))
}

fn difference(old: &Person, new: &Person) -> String {
    let fields = [
        ("name", &old.name, &new.name),
        ("title", &old.title, &new.title),
        ("zone", &old.zone, &new.zone),
    ];
    let changed = fields.into_iter().filter(|(_, old, new)| old != new);
    let said = changed.map(|(what, old, new)| format!("{what} “{old}” became “{new}”"));
    format!("{}: {}.", old.name, said.collect::<Vec<_>>().join(", "))
}
