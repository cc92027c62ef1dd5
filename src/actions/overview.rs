//! Reading what stands: open incidents for every page, one incident for its own.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::record::{self, Entries};
use super::{ActionResult, DEADLINE, incidents};
use crate::db::Db;
use crate::domain::clocks::Clock;
use crate::domain::id::{EntryId, IncidentId, PersonId};
use crate::domain::incident::{Affected, Incident, Tick};
use crate::domain::plan::document::Plan;
use crate::domain::post_mortem::Report;
use crate::store;
use crate::store::chains::Chain;
use crate::store::duties::Holder;
pub use crate::store::incidents::{Search, Stands};
use crate::store::people::{Method, Person};
use crate::store::plans::Revision;
use crate::store::responders::Responder;
use crate::store::tasks::Task;

/// How many entries an incident's page shows.
const SHOWN: i64 = 5;
/// How many incidents the list goes back.
const LISTED: i64 = 200;

/// What every page says: open incidents, and the plan in force.
#[derive(Debug, Clone)]
pub struct Around {
    /// Gravest first, drills last.
    pub open: Vec<Incident>,
    /// The plan in force.
    pub revision: Option<Revision>,
    /// Earlier revisions that open incidents pin.
    pub pinned: Vec<Revision>,
    /// Since when nothing leaves, because the database is an old copy.
    pub quarantined_at: Option<OffsetDateTime>,
}

impl Around {
    /// The plan that an open incident pins.
    #[must_use]
    pub fn plan_of(&self, incident: &Incident) -> Option<&Plan> {
        let all = self.revision.iter().chain(&self.pinned);
        let mut own = all.filter(|revision| revision.number == incident.revision);
        own.next().map(|revision| &revision.plan)
    }
}

/// An incident with all that its page shows.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The incident.
    pub incident: Incident,
    /// The plan that it pins.
    pub plan: Plan,
    /// Where it goes on, if it was merged.
    pub merged: Option<Merged>,
    /// What was merged into it.
    pub joined: Vec<Incident>,
    /// What is or was down.
    pub affected: Vec<Affected>,
    /// Who was paged, or joined.
    pub responders: Vec<Responder>,
    /// Whom the newest page did not reach: every send of it failed.
    pub unreached: Vec<PersonId>,
    /// How far each paged role has come.
    pub chains: Vec<Chain>,
    /// Who holds which role.
    pub duties: Vec<Holder>,
    /// What was ticked of runbooks and checklists.
    pub ticks: Vec<Tick>,
    /// Its report, once it was closed.
    pub report: Option<Report>,
    /// Timers that have not ended, first due first.
    pub clocks: Vec<Clock>,
    /// The newest entries, newest first, and all tasks.
    pub entries: Entries,
    /// The roster.
    pub people: Vec<Person>,
    /// Who of it may be called on.
    pub on_call: BTreeSet<PersonId>,
    /// Ways to reach them.
    pub methods: Vec<Method>,
}

/// An incident that was merged into another.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The press that merged it.
    pub id: EntryId,
    /// The incident that goes on.
    pub target: Incident,
}

impl Overview {
    /// What is still to be done, first due first.
    #[must_use]
    pub fn open_tasks(&self) -> Vec<&Task> {
        let mut open: Vec<_> =
            self.entries.tasks.values().filter(|task| task.done_at.is_none()).collect();
        open.sort_by_key(|task| task.due_at);
        open
    }

    /// The name of somebody on the roster.
    #[must_use]
    pub fn name(&self, person: PersonId) -> &str {
        self.entries.names.get(&person).map_or("Somebody", String::as_str)
    }

    /// Whether somebody is still to be heard of: they asked to be called, or are silent while a
    /// role that they are paged for is nobody's. Who was reached by telephone is not.
    #[must_use]
    pub fn awaits(&self, responder: &Responder) -> bool {
        let is_held = |key: &String| self.duties.iter().any(|duty| duty.role_key == *key);
        match responder.answer.as_deref() {
            _ if responder.call_outcome.as_deref() == Some("reached") => false,
            Some(answer) => answer == "call",
            None => responder.roles.iter().any(|key| !is_held(key)),
        }
    }

    /// How somebody stands who was paged, or joined.
    #[must_use]
    pub fn responder(&self, person: PersonId) -> Option<&Responder> {
        self.responders.iter().find(|responder| responder.person == person)
    }
}

/// Reads what every page says.
///
/// # Errors
/// When the database does not answer.
pub async fn around(db: &Db) -> ActionResult<Around> {
    db.transaction(DEADLINE, async |conn| {
        let open = store::incidents::open(conn).await?;
        let quarantined_at = store::installation::quarantined_at(conn).await?;
        let revision = store::plans::current(conn).await?;
        let pinned = pinned(conn, &open, revision.as_ref()).await?;
        Ok(Around { open, revision, pinned, quarantined_at })
    })
    .await
}

async fn pinned(
    conn: &mut PgConnection,
    open: &[Incident],
    current: Option<&Revision>,
) -> ActionResult<Vec<Revision>> {
    let mut numbers: Vec<i32> = open.iter().map(|incident| incident.revision).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.retain(|number| current.is_none_or(|current| current.number != *number));
    let mut pinned = Vec::new();
    for number in numbers {
        pinned.extend(store::plans::find(conn, number).await?);
    }
    Ok(pinned)
}

/// Everybody who may be called on, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn people(db: &Db) -> ActionResult<Vec<Person>> {
    db.transaction(DEADLINE, async |conn| Ok(store::people::on_call(conn).await?)).await
}

/// The newest such incidents.
///
/// # Errors
/// When the database does not answer.
pub async fn incidents(db: &Db, which: &Search) -> ActionResult<Vec<Incident>> {
    db.transaction(DEADLINE, async |conn| Ok(store::incidents::search(conn, which, LISTED).await?))
        .await
}

/// One incident, all of one moment.
///
/// # Errors
/// Not found where there is no such incident.
pub async fn incident(db: &Db, id: IncidentId) -> ActionResult<Overview> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let (incident, plan) = incidents::read(conn, id).await?;
        let stream = incident.stream();
        let records = store::streams::newest(conn, stream, None, SHOWN).await?;
        Ok(Overview {
            plan,
            merged: merged(conn, &incident).await?,
            joined: store::incidents::merged_into(conn, id).await?,
            affected: store::affected::of(conn, id).await?,
            responders: store::responders::of(conn, id).await?,
            unreached: store::deliveries::unreached(conn, id).await?,
            chains: store::chains::of(conn, id).await?,
            duties: store::duties::of(conn, id).await?,
            ticks: store::ticks::of(conn, id).await?,
            report: store::post_mortems::find(conn, id).await?,
            clocks: store::clocks::open(conn, id).await?,
            entries: record::entries(conn, stream, records).await?,
            people: store::people::all(conn).await?,
            on_call: store::people::on_call(conn).await?.into_iter().map(|one| one.id).collect(),
            methods: store::people::methods(conn).await?,
            incident,
        })
    })
    .await
}

async fn merged(conn: &mut PgConnection, incident: &Incident) -> ActionResult<Option<Merged>> {
    if incident.merged_into.is_none() {
        return Ok(None);
    }
    let Some(merge) = store::merges::of(conn, incident.id).await? else { return Ok(None) };
    let target = store::incidents::find(conn, merge.target).await?;
    Ok(target.map(|target| Merged { id: merge.id, target }))
}

/// The incident that goes on for this one: itself, unless it was merged.
///
/// # Errors
/// When the database does not answer.
pub async fn goes_on_as(db: &Db, id: IncidentId) -> ActionResult<IncidentId> {
    db.transaction(DEADLINE, async |conn| Ok(store::incidents::goes_on_as(conn, id).await?)).await
}
