//! Reading reports: one with all that it takes to word it, the list, and what is still to be written.

use std::collections::{BTreeMap, BTreeSet};

use crate::actions::record::{self, Entries};
use crate::actions::{ActionError, ActionResult, DEADLINE, incidents};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Incident, Phase};
use crate::domain::plan::document::Plan;
use crate::domain::post_mortem::{ActionItem, Report, Section, State};
use crate::store;
use crate::store::people::Person;

/// How many reports the list goes back.
const LISTED: i64 = 200;

/// One report.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Of this incident.
    pub incident: Incident,
    /// The plan that it pins.
    pub plan: Plan,
    /// How far it is.
    pub report: Report,
    /// Its chapters, in order.
    pub sections: Vec<Section>,
    /// What is to be done.
    pub items: Vec<ActionItem>,
    /// The roster.
    pub people: Vec<Person>,
    /// Who of it may be called on.
    pub on_call: BTreeSet<PersonId>,
    /// The number of the timeline's newest entry.
    pub newest: i64,
    /// The starred entries, with what it takes to word them.
    pub starred: Entries,
}

/// A report in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Of this incident.
    pub incident: Incident,
    /// How far it is.
    pub report: Report,
    /// How many of its action items are open.
    pub open: usize,
}

impl Whole {
    /// The name of somebody on the roster.
    #[must_use]
    pub fn name(&self, person: PersonId) -> &str {
        self.people.iter().find(|one| one.id == person).map_or("Somebody", |one| &one.name)
    }
}

/// The report of an incident.
///
/// # Errors
/// Not found where there is none.
pub async fn read(db: &Db, id: IncidentId) -> ActionResult<Whole> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let (incident, plan) = incidents::read(conn, id).await?;
        let report = store::post_mortems::find(conn, id).await?;
        let head = store::streams::head(conn, incident.stream()).await?;
        let starred = store::stars::of(conn, id).await?;
        let starred = store::streams::these(conn, incident.stream(), &starred).await?;
        Ok(Whole {
            newest: head.map_or(0, |head| head.seq),
            report: report.ok_or(ActionError::NotFound("post-mortem"))?,
            sections: store::post_mortems::sections(conn, id).await?,
            items: store::action_items::of(conn, id).await?,
            people: store::people::all(conn).await?,
            on_call: store::people::on_call(conn).await?.into_iter().map(|one| one.id).collect(),
            starred: record::entries(conn, incident.stream(), starred).await?,
            incident,
            plan,
        })
    })
    .await
}

/// The newest reports, as far as they are in that state and their incident's title holds that text.
///
/// # Errors
/// When the database does not answer.
pub async fn list(db: &Db, text: &str, state: Option<State>) -> ActionResult<Vec<Listed>> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let reports = store::post_mortems::search(conn, text, state, LISTED).await?;
        let mut open: BTreeMap<IncidentId, usize> = BTreeMap::new();
        for item in store::action_items::open(conn).await? {
            *open.entry(item.incident).or_default() += 1;
        }
        let mut listed = Vec::new();
        for report in reports {
            let incident = store::incidents::find(conn, report.incident).await?;
            let incident = incident.ok_or(ActionError::NotFound("incident"))?;
            let open = open.get(&report.incident).copied().unwrap_or_default();
            listed.push(Listed { incident, report, open });
        }
        Ok(listed)
    })
    .await
}

/// The reports of closed incidents that are still to be published, first due first.
///
/// # Errors
/// When the database does not answer.
pub async fn to_write(db: &Db) -> ActionResult<Vec<Listed>> {
    db.transaction(DEADLINE, async |conn| {
        let mut listed = Vec::new();
        for report in store::post_mortems::unpublished(conn).await? {
            let incident = store::incidents::find(conn, report.incident).await?;
            if let Some(incident) = incident.filter(|incident| incident.phase == Phase::Closed) {
                listed.push(Listed { incident, report, open: 0 });
            }
        }
        Ok(listed)
    })
    .await
}
