//! Beginning chains, and taking back what had not left.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::super::ActionResult;
use super::make::{Call, Roster, Whom, add, make};
use crate::domain::clocks::{Clock, Kind};
use crate::domain::escalation::{FIRST, LAST};
use crate::domain::id::PersonId;
use crate::domain::incident::Incident;
use crate::domain::message;
use crate::domain::plan::document::Plan;
use crate::store;
use crate::store::people::Person;
use crate::store::responders::Responder;

/// What paging began.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Begun {
    /// Names of the people who are paged at minute 0.
    pub people: Vec<String>,
    /// Names of the roles that nobody holds.
    pub empty: Vec<String>,
}

/// Begins a chain for each of these roles that has none yet, and pages nobody twice. What is sent
/// leaves at `send_at`, until when it is held and can be withdrawn; escalation counts from there.
pub async fn begin(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    roles: &[String],
    send_at: OffsetDateTime,
    now: OffsetDateTime,
) -> ActionResult<Begun> {
    let roster = Roster::read(conn).await?;
    let paged = store::responders::of(conn, incident.id).await?;
    let start = Start { incident, plan, roster: &roster, paged, send_at };
    let (mut whom, mut begun) = (Whom::new(), Begun::default());
    for key in roles {
        if store::chains::insert(conn, incident.id, (key, FIRST), send_at).await?
            && let Some(role) = start.chain(conn, key, &mut whom, now).await?
        {
            begun.empty.push(role);
        }
    }
    begun.people = whom.keys().map(|person| roster.name(*person).to_owned()).collect();
    make(conn, incident, &roster, (message::Kind::Page, "first"), &whom, send_at, now).await?;
    Ok(begun)
}

/// What chains begin with.
pub(super) struct Start<'a> {
    pub incident: &'a Incident,
    pub plan: &'a Plan,
    pub roster: &'a Roster,
    pub paged: Vec<Responder>,
    pub send_at: OffsetDateTime,
}

impl Start<'_> {
    /// Adds whom this role's chain asks first, and sets when it goes on. Answers with the name of a
    /// role that nobody holds.
    pub(super) async fn chain(
        &self,
        conn: &mut PgConnection,
        key: &String,
        whom: &mut Whom,
        now: OffsetDateTime,
    ) -> ActionResult<Option<String>> {
        let &Start { incident, plan, roster, send_at, .. } = self;
        let role = plan.role(key);
        let mut holders = role.iter().flat_map(|role| &role.holders);
        let held = holders.clone().any(|holder| roster.by_key(holder).is_some());
        let first = holders.find_map(|holder| willing(roster, &self.paged, holder));
        let wait = first.map_or(Duration::ZERO, |_| super::steps::wait(plan, incident.level));
        set(conn, incident, key, 1, send_at + wait).await?;
        match first {
            Some((person, None)) => add(whom, person.id, key, Call::First),
            Some((_, Some(before))) => take_on(conn, incident, before, key, (send_at, now)).await?,
            None => {}
        }
        Ok((!held).then(|| role.map_or(key.clone(), |role| role.name.clone())))
    }
}

/// Begins all chains of the level once more, for an incident that goes on after all: who was asked
/// before was told that it is over, so nobody has it but who reopens it and had it.
pub async fn begin_anew(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Begun> {
    store::duties::leave_all_but(conn, incident.id, by, now).await?;
    store::responders::forget_all_but(conn, incident.id, by).await?;
    store::chains::remove_all_but(conn, incident.id, by).await?;
    let level = plan.level(incident.level);
    let roles = level.map(|level| level.pages.as_slice()).unwrap_or_default();
    begin(conn, incident, plan, roles, now, now).await
}

/// The holder, unless they said that they can't or that they must be called; and how they stand
/// where they were paged before.
fn willing<'r>(
    roster: &'r Roster,
    paged: &'r [Responder],
    holder: &str,
) -> Option<(&'r Person, Option<&'r Responder>)> {
    let person = roster.by_key(holder)?;
    let before = paged.iter().find(|responder| responder.person == person.id);
    let answer = before.and_then(|before| before.answer.as_deref());
    (!matches!(answer, Some("cannot" | "call"))).then_some((person, before))
}

/// Somebody who was paged before is asked for one more role; who has it, has this too.
async fn take_on(
    conn: &mut PgConnection,
    incident: &Incident,
    before: &Responder,
    role: &String,
    (send_at, now): (OffsetDateTime, OffsetDateTime),
) -> ActionResult<()> {
    let (id, person, roles) = (incident.id, before.person, std::slice::from_ref(role));
    store::responders::page(conn, id, person, roles, send_at).await?;
    if before.answer.as_deref() == Some("have") {
        store::chains::answer(conn, id, roles, person).await?;
        store::clocks::finish(conn, id, Kind::Escalate, roles, now).await?;
        store::duties::take(conn, id, role, person, now).await?;
    }
    Ok(())
}

/// Withdraws what is still held, with the chains and clocks that were begun with it.
pub async fn withdraw(
    conn: &mut PgConnection,
    incident: &Incident,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let roles = store::chains::remove_unbegun(conn, incident.id, now).await?;
    store::clocks::finish(conn, incident.id, Kind::Escalate, &roles, now).await?;
    store::responders::withdraw(conn, incident.id, &roles, now).await?;
    store::duties::end(conn, incident.id, &roles, now).await?;
    store::deliveries::withdraw(conn, incident.id, now).await?;
    Ok(())
}

pub(super) async fn set(
    conn: &mut PgConnection,
    incident: &Incident,
    role: &str,
    step: i16,
    due_at: OffsetDateTime,
) -> ActionResult<()> {
    if step > LAST {
        return Ok(());
    }
    let clock = Clock {
        incident: incident.id,
        kind: Kind::Escalate,
        key: role.to_owned(),
        generation: i32::from(step),
        due_at,
    };
    Ok(store::clocks::set(conn, &clock).await?)
}
