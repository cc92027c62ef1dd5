//! Calling by telephone whom no page has reached.

use time::OffsetDateTime;

use super::{ActionError, ActionResult, DEADLINE, paging, timeline};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// They spoke.
    Reached,
    /// It rang.
    NoAnswer,
    /// Somebody else has the number.
    WrongNumber,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 3] = [Outcome::Reached, Outcome::NoAnswer, Outcome::WrongNumber];

    /// Its name in the database and in forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Reached => "reached",
            Outcome::NoAnswer => "no-answer",
            Outcome::WrongNumber => "wrong-number",
        }
    }

    /// The outcome of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.name() == name)
    }

    /// As people say it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Outcome::Reached => "reached",
            Outcome::NoAnswer => "no answer",
            Outcome::WrongNumber => "wrong number",
        }
    }
}

/// Writes down what came of a call; their answer to the page stays as it is.
///
/// # Errors
/// Refused once the incident is over; not found where the person was never paged.
pub async fn record(
    db: &Db,
    id: IncidentId,
    person: PersonId,
    outcome: Outcome,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let incident = store::incidents::lock(conn, id).await?;
        let incident = incident.ok_or(ActionError::NotFound("incident"))?;
        if !incident.is_open() {
            return Err(ActionError::refused("it is over: nobody is left to call"));
        }
        if !store::responders::call(conn, id, person, outcome.name(), now).await? {
            return Err(ActionError::NotFound("paged person"));
        }
        paging::active(conn, &incident, by, now).await?;
        let called = store::people::find(conn, person).await?.map(|person| person.name);
        let called = called.as_deref().unwrap_or("somebody");
        let body = Body::words(format!("Called {called}: {}.", outcome.words()));
        timeline::say(conn, &incident, Kind::Call, Actor::Person(by), body, now).await?;
        Ok(())
    })
    .await
}
