//! Who is to be told, who was, and how they are reached.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::super::{ActionResult, DEADLINE, incidents};
use super::clocks::PUBLIC;
use crate::db::Db;
use crate::domain::clocks::{Clock, Kind};
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Incident, audiences, readers};
use crate::domain::plan::document::{Audience, Notify, Plan};
use crate::store;
use crate::store::people::Method;
use crate::store::tellings::Telling;

/// All that is told of an incident.
#[derive(Debug, Clone)]
pub struct Tellings {
    /// The incident.
    pub incident: Incident,
    /// The plan that it pins.
    pub plan: Plan,
    /// Who is told by hand: those due first, then those who were told.
    pub rows: Vec<Row>,
    /// Who is told by the status page, where anybody is.
    pub by_page: Option<ByPage>,
}

/// An audience that is told by hand.
#[derive(Debug, Clone)]
pub struct Row {
    /// The audience.
    pub audience: Audience,
    /// What the plan wants at this level; none: nothing any more.
    pub wanted: Option<Notify>,
    /// When it is due next.
    pub due_at: Option<OffsetDateTime>,
    /// When it was told, and by whom, newest first.
    pub told: Vec<(OffsetDateTime, String)>,
}

/// Those who read the status page.
#[derive(Debug, Clone)]
pub struct ByPage {
    /// Their names.
    pub readers: Vec<String>,
    /// When the next word is due.
    pub due_at: Option<OffsetDateTime>,
    /// When words went out, newest first.
    pub said: Vec<OffsetDateTime>,
}

/// Somebody of an audience, with their ways to be reached, best first.
#[derive(Debug, Clone)]
pub struct Contact {
    /// Whole name.
    pub name: String,
    /// Addresses and numbers.
    pub methods: Vec<Method>,
}

/// Who is to be told of an incident, and who was.
///
/// # Errors
/// Not found where there is no such incident.
pub async fn read(db: &Db, id: IncidentId) -> ActionResult<Tellings> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let (incident, plan) = incidents::read(conn, id).await?;
        let mut clocks = store::clocks::open(conn, id).await?;
        clocks.retain(|clock| clock.kind == Kind::Tell);
        let told = store::tellings::of(conn, id).await?;
        let people = store::people::all(conn).await?;
        let names = people.into_iter().map(|person| (person.id, person.name)).collect();
        let mut said = store::public::posts(conn, &[id.0]).await?;
        said.retain(|post| post.author.is_some() || post.corrects.is_none());
        let said = said.into_iter().map(|post| post.at).collect();
        let rows = rows(&incident, &plan, &clocks, &told, &names);
        let by_page = by_page(&incident, &plan, &clocks, said);
        Ok(Tellings { incident, plan, rows, by_page })
    })
    .await
}

fn rows(
    incident: &Incident,
    plan: &Plan,
    clocks: &[Clock],
    told: &[Telling],
    names: &BTreeMap<PersonId, String>,
) -> Vec<Row> {
    let wanted = match incident.is_open() {
        true => audiences(plan, incident.level),
        false => Vec::new(),
    };
    let row = |audience: &Audience| {
        let told = told.iter().filter(|telling| telling.audience == audience.key);
        let name = |telling: &Telling| names.get(&telling.told_by).cloned().unwrap_or_default();
        let due = clocks.iter().find(|clock| clock.key == audience.key);
        Row {
            audience: audience.clone(),
            wanted: wanted.iter().find(|row| row.audience == audience.key).cloned(),
            due_at: due.map(|clock| clock.due_at),
            told: told.map(|telling| (telling.told_at, name(telling))).collect(),
        }
    };
    let mut rows: Vec<Row> = plan.audience.iter().map(row).collect();
    rows.retain(|row| row.wanted.is_some() || !row.told.is_empty());
    rows.sort_by_key(|row| (row.due_at.is_none(), row.due_at));
    rows
}

fn by_page(
    incident: &Incident,
    plan: &Plan,
    clocks: &[Clock],
    said: Vec<OffsetDateTime>,
) -> Option<ByPage> {
    let name = |row: &Notify| plan.audience(&row.audience).map(|audience| audience.name.clone());
    let readers: Vec<_> = readers(plan, incident.level).iter().filter_map(name).collect();
    let due_at = clocks.iter().find(|clock| clock.key == PUBLIC).map(|clock| clock.due_at);
    let any = !readers.is_empty() || due_at.is_some() || !said.is_empty();
    any.then_some(ByPage { readers, due_at, said })
}

/// The people of an audience: those it names, and those who hold its roles.
///
/// # Errors
/// When the database does not answer.
pub async fn contacts(db: &Db, plan: &Plan, audience: &Audience) -> ActionResult<Vec<Contact>> {
    let roles = audience.roles.iter().filter_map(|key| plan.role(key));
    let holders = roles.flat_map(|role| &role.holders);
    let mut keys: Vec<&String> = Vec::new();
    for key in audience.people.iter().chain(holders) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    db.transaction(DEADLINE, async |conn| {
        let people = store::people::on_call(conn).await?;
        let methods = store::people::methods(conn).await?;
        let found = keys.iter().filter_map(|key| people.iter().find(|person| person.key == **key));
        let contact = |person: &store::people::Person| Contact {
            name: person.name.clone(),
            methods: methods.iter().filter(|m| m.person == person.id).cloned().collect(),
        };
        Ok(found.map(contact).collect())
    })
    .await
}
