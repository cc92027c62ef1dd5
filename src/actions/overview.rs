//! Reading what stands: open incidents for every page, one incident for its own.

use std::collections::BTreeMap;

use super::{ActionError, ActionResult, DEADLINE};
use crate::db::Db;
use crate::domain::clocks::Clock;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Affected, Incident};
use crate::domain::timeline::Record;
use crate::store;
use crate::store::people::{Method, Person};
use crate::store::plans::Revision;
use crate::store::responders::Responder;

/// How many entries an incident's page shows.
const SHOWN: i64 = 10;
/// How many incidents the list goes back.
const LISTED: i64 = 200;

/// What every page says: open incidents, and the plan in force.
#[derive(Debug, Clone)]
pub struct Around {
    /// Gravest first, drills last.
    pub open: Vec<Incident>,
    /// The plan in force.
    pub revision: Option<Revision>,
}

/// An incident with all that its page shows.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The incident.
    pub incident: Incident,
    /// The revision that it pins.
    pub revision: Revision,
    /// What is or was down.
    pub affected: Vec<Affected>,
    /// Who was paged.
    pub responders: Vec<Responder>,
    /// Timers that have not ended, first due first.
    pub clocks: Vec<Clock>,
    /// The newest entries, newest first.
    pub entries: Vec<Record>,
    /// The roster.
    pub people: Vec<Person>,
    /// Ways to reach them.
    pub methods: Vec<Method>,
}

impl Overview {
    /// Names of the roster by identity.
    #[must_use]
    pub fn names(&self) -> BTreeMap<PersonId, String> {
        self.people.iter().map(|person| (person.id, person.name.clone())).collect()
    }
}

/// Reads what every page says.
///
/// # Errors
/// When the database does not answer.
pub async fn around(db: &Db) -> ActionResult<Around> {
    db.transaction(DEADLINE, async |conn| {
        let open = store::incidents::open(conn).await?;
        Ok(Around { open, revision: store::plans::current(conn).await? })
    })
    .await
}

/// Everybody who may be called on, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn people(db: &Db) -> ActionResult<Vec<Person>> {
    db.transaction(DEADLINE, async |conn| {
        let all = store::people::all(conn).await?;
        Ok(all.into_iter().filter(|person| person.disabled_at.is_none()).collect())
    })
    .await
}

/// The newest incidents.
///
/// # Errors
/// When the database does not answer.
pub async fn incidents(db: &Db) -> ActionResult<Vec<Incident>> {
    db.transaction(DEADLINE, async |conn| Ok(store::incidents::newest(conn, LISTED).await?)).await
}

/// One incident, all of one moment.
///
/// # Errors
/// Not found where there is no such incident.
pub async fn incident(db: &Db, id: IncidentId) -> ActionResult<Overview> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let incident = store::incidents::find(conn, id).await?;
        let incident = incident.ok_or(ActionError::NotFound("incident"))?;
        let revision = store::plans::find(conn, incident.revision).await?;
        Ok(Overview {
            revision: revision.ok_or(ActionError::NotFound("revision of the plan"))?,
            affected: store::affected::of(conn, id).await?,
            responders: store::responders::of(conn, id).await?,
            clocks: store::clocks::open(conn, id).await?,
            entries: store::streams::newest(conn, incident.stream(), None, SHOWN).await?,
            people: store::people::all(conn).await?,
            methods: store::people::methods(conn).await?,
            incident,
        })
    })
    .await
}
