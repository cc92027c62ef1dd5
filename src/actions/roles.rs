//! Filling a role that nobody has.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::entries::{self, Written};
use super::{ActionError, ActionResult, DEADLINE, answers, incidents, limits, paging};
use crate::db::Db;
use crate::domain::id::{EntryId, IncidentId, PersonId};
use crate::domain::limit::NAME;
use crate::domain::timeline::{Body, Kind};
use crate::store;
use crate::store::people::Person;

/// Who is to have which role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// Identity, made by the form: pressed twice, it pages once.
    pub id: EntryId,
    /// Key of the role.
    pub role: String,
    /// Who.
    pub person: PersonId,
}

/// Gives a role of the plan to a person: who presses for themselves, or has answered already, has
/// it; anybody else is paged for it.
///
/// # Errors
/// Refused when the incident is over; not found where the plan has no such role; invalid where
/// nobody is chosen, or somebody has it.
pub async fn fill(
    db: &Db,
    id: IncidentId,
    naming: &Naming,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let Naming { id: press, role, person } = naming;
    db.transaction(DEADLINE, async |conn| {
        let (mut incident, plan) = incidents::lock(conn, id).await?;
        if store::streams::find(conn, *press).await?.is_some() {
            return Ok(());
        }
        incident.going_on().map_err(ActionError::refused)?;
        let name = &plan.role(role).ok_or(ActionError::NotFound("role"))?.name;
        let found = on_call(conn, *person).await?;
        if let Some(holder) = holder(conn, id, role).await? {
            let words = format!("{} has it already: {name}", holder.name);
            return Err(ActionError::wrong("person", words));
        }
        let there = *person == by || answers::has_it(conn, id, *person).await?;
        if there {
            answers::take(conn, &mut incident, *person, role, now).await?;
            store::incidents::update(conn, &incident).await?;
        } else {
            limits::take(conn, NAME, by.0.as_bytes(), now).await?;
            paging::name(conn, &incident, role, *person, now).await?;
        }
        let words = match there {
            true if *person == by => format!("Took the role {name}."),
            true => format!("Named {} for {name}, who is at it already.", found.name),
            false => format!("Named {} for {name}, and paged them.", found.name),
        };
        let body = Body::words(&words).with("role", role).with("person", person);
        let written = Written { id: *press, text: words, occurred_at: None };
        entries::append(conn, &incident, Kind::Role, &written, &body, by, now).await?;
        Ok(())
    })
    .await
}

/// Somebody who may be given a role.
pub(super) async fn on_call(conn: &mut PgConnection, id: PersonId) -> ActionResult<Person> {
    let found = store::people::find(conn, id).await?;
    let found = found.ok_or_else(|| ActionError::wrong("person", "choose somebody"))?;
    if store::people::is_on_call(conn, id).await? {
        return Ok(found);
    }
    let words = format!("{} is no longer called on; choose somebody else", found.name);
    Err(ActionError::wrong("person", words))
}

async fn holder(
    conn: &mut PgConnection,
    id: IncidentId,
    role: &str,
) -> ActionResult<Option<Person>> {
    let duties = store::duties::of(conn, id).await?;
    match duties.into_iter().find(|duty| duty.role_key == role) {
        Some(duty) => Ok(store::people::find(conn, duty.person).await?),
        None => Ok(None),
    }
}
