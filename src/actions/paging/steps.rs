//! A chain's next step.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::super::{ActionError, ActionResult, timeline};
use super::begin::set;
use super::make::{Call, Roster, Whom, add, make};
use crate::domain::clocks::{Clock, Kind};
use crate::domain::escalation::{self, LAST, Step, Turn};
use crate::domain::id::PersonId;
use crate::domain::incident::Incident;
use crate::domain::message::{self, page::joined};
use crate::domain::plan::document::{Plan, Role};
use crate::domain::timeline::{Actor, Body, Kind as Entry};
use crate::store;
use crate::store::chains::Chain;

/// What the steps of one moment come to.
struct Moment<'a> {
    incident: &'a Incident,
    plan: &'a Plan,
    roster: &'a Roster,
    cannot: Vec<PersonId>,
    by_telephone: Vec<PersonId>,
    whom: Whom,
    words: Vec<String>,
}

/// A chain's next step is due. Chains of the incident that are due with it go along, so that a
/// person in several roles gets one page.
pub(in crate::actions) async fn step(
    conn: &mut PgConnection,
    clock: &Clock,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let mut due = vec![clock.clone()];
    due.extend(store::clocks::fire_all(conn, clock.incident, Kind::Escalate, now).await?);
    let steps: Vec<_> = due.into_iter().map(|clock| (clock.key, clock.generation)).collect();
    let Some(incident) = store::incidents::find(conn, clock.incident).await? else { return Ok(()) };
    go_on(conn, &incident, &steps, None, now).await
}

/// Does these steps of these roles, as far as their chains go on; `because` comes first in words.
pub(in crate::actions) async fn go_on(
    conn: &mut PgConnection,
    incident: &Incident,
    steps: &[(String, i32)],
    because: Option<String>,
    now: OffsetDateTime,
) -> ActionResult<()> {
    if !incident.is_open() {
        return Ok(());
    }
    let revision = store::plans::find(conn, incident.revision).await?;
    let plan = revision.ok_or(ActionError::NotFound("revision of the plan"))?.plan;
    let roster = Roster::read(conn).await?;
    let responders = store::responders::of(conn, incident.id).await?;
    let who = |says: &str| {
        let those = responders.iter().filter(|r| r.answer.as_deref() == Some(says));
        those.map(|responder| responder.person).collect::<Vec<_>>()
    };
    let (cannot, by_telephone) = (who("cannot"), who("call"));
    let words = because.into_iter().collect();
    let whom = Whom::new();
    let (plan, roster) = (&plan, &roster);
    let mut moment = Moment { incident, plan, roster, cannot, by_telephone, whom, words };
    for chain in store::chains::of(conn, incident.id).await?.iter().filter(|c| c.goes_on()) {
        let due = steps.iter().filter(|(role, _)| *role == chain.role_key).map(|(_, step)| *step);
        let Some(due) = due.max().and_then(|step| i16::try_from(step).ok()) else { continue };
        if due > chain.step {
            moment.advance(conn, chain, due, now).await?;
        }
    }
    let page = (message::Kind::Page, "escalation");
    make(conn, incident, roster, page, &moment.whom, now, now).await?;
    if !moment.words.is_empty() {
        let body = Body::words(moment.words.join(" "));
        timeline::say(conn, incident, Entry::Page, Actor::System, body, now).await?;
    }
    Ok(())
}

/// How long a chain waits for an answer.
pub(in crate::actions) fn wait(plan: &Plan, level: u8) -> Duration {
    let wait = plan.escalate(level).map(|row| row.next_after.duration());
    wait.filter(|wait| wait.is_positive()).unwrap_or(Duration::minutes(5))
}

impl Moment<'_> {
    async fn advance(
        &mut self,
        conn: &mut PgConnection,
        chain: &Chain,
        due: i16,
        now: OffsetDateTime,
    ) -> ActionResult<()> {
        let Some(role) = self.plan.role(&chain.role_key) else { return Ok(()) };
        let (plan, roster) = (self.plan, self.roster);
        let known: Vec<String> =
            role.holders.iter().filter(|key| roster.by_key(key).is_some()).cloned().collect();
        let passed_over = |key: &&str| {
            let person = roster.by_key(key).map(|person| person.id);
            person.is_some_and(|id| self.cannot.contains(&id) || self.by_telephone.contains(&id))
        };
        let cannot: Vec<&str> = known.iter().map(String::as_str).filter(passed_over).collect();
        let (number, step) = escalation::step(&known, &cannot, due);
        match step {
            Step::Page(people) => self.page(role, &known, &people),
            Step::Nobody => self.nobody(role, &known),
        }
        let id = self.incident.id;
        store::chains::advance(conn, id, &role.key, number, number >= LAST).await?;
        let keys = std::slice::from_ref(&role.key);
        store::clocks::finish(conn, id, Kind::Escalate, keys, now).await?;
        let next = now + wait(plan, self.incident.level);
        set(conn, self.incident, &role.key, number + 1, next).await
    }

    fn page(&mut self, role: &Role, holders: &[String], people: &[(&str, Turn)]) {
        let mut names = Vec::new();
        for (key, turn) in people {
            let Some(person) = self.roster.by_key(key) else { continue };
            let before = || {
                let earlier = holders.iter().take_while(|holder| holder.as_str() != *key);
                names_of(self.roster, earlier)
            };
            let call = match turn {
                Turn::First => Call::First,
                Turn::Repeated => Call::Repeated,
                Turn::InTurn => Call::InTurn { before: before() },
            };
            names.push(person.name.as_str());
            add(&mut self.whom, person.id, &role.key, call);
        }
        self.words.push(format!("Paged {} for {}.", joined(&names), role.name));
    }

    fn nobody(&mut self, role: &Role, holders: &[String]) {
        let asked = names_of(self.roster, holders.iter());
        let level = self.plan.level(self.incident.level);
        let roles = level.into_iter().flat_map(|level| &level.pages);
        let of_level = roles.filter_map(|key| self.plan.role(key)).flat_map(|role| &role.holders);
        let owner = &self.plan.document.owner;
        for key in of_level.chain([owner]) {
            let Some(person) = self.roster.by_key(key) else { continue };
            if self.by_telephone.contains(&person.id) {
                continue;
            }
            let call = Call::Nobody { role: role.name.clone(), asked: asked.clone() };
            add(&mut self.whom, person.id, &role.key, call);
        }
        self.words.push(format!("Nobody answered for {}. Paged everybody.", role.name));
    }
}

fn names_of<'k>(roster: &Roster, keys: impl Iterator<Item = &'k String>) -> Vec<String> {
    keys.filter_map(|key| roster.by_key(key)).map(|person| person.name.clone()).collect()
}
