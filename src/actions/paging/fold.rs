//! After an hour without a worker: what waits is folded into one mail a person, and for incidents
//! that go on that mail is the page, with which all that nobody answered begins anew.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::{ActionError, ActionResult, timeline, turns};
use super::begin::Start;
use super::digest::carry;
use super::make::{After, Call, Paged, Roster, Whom, add};
use crate::clock::Clock;
use crate::db::Db;
use crate::domain::clocks::Kind as ClockKind;
use crate::domain::escalation::FIRST;
use crate::domain::id::{DeliveryId, IncidentId, MessageId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::message::{DeliveryState, Kind, page::joined};
use crate::domain::plan::document::Plan;
use crate::domain::timeline::{Actor, Body, Kind as Entry};
use crate::domain::turn::{Turn, judge};
use crate::fail;
use crate::pulse::Pulse;
use crate::queue::{self, Job};
use crate::store;
use crate::store::deliveries::Delivery;
use crate::store::messages::Message;

/// How long it may take, all together: it is one deed, so that it is done once.
const FOLDING: Duration = Duration::from_secs(20);

/// Folds what waits, if nobody has worked for long; returns how many digests were made. Of several
/// servers the first one does, and the others then find that somebody has worked.
pub async fn fold(db: &Db, clock: &Clock, worked: &Pulse) -> ActionResult<usize> {
    let digests = db.transaction(FOLDING, async |conn| {
        let (last, now) = (store::turns::lock(conn).await?, clock.now());
        let Turn::Away(since) = judge(last, turns::known(worked, None), now) else { return Ok(0) };
        let roster = Roster::read(conn).await?;
        let after = After { since, until: now, also: Vec::new() };
        let mut fold = Fold { roster, after, groups: BTreeMap::new(), folded: Vec::new() };
        for incident in store::digests::incidents_that_wait(conn, now).await? {
            fold.incident(conn, incident, now).await?;
        }
        fail::point("digest.folded").await?;
        let made = fold.make(conn, now).await?;
        fail::point("digest.made").await?;
        store::turns::note(conn, now).await?;
        Ok::<_, ActionError>(made)
    });
    let digests = digests.await?;
    worked.beat();
    fail::point("digest.committed").await?;
    Ok(digests)
}

/// Whether it goes on, and its level; the highest first.
type Rank = Reverse<(bool, u8)>;

/// What is folded, on its way.
struct Fold {
    roster: Roster,
    after: After,
    /// By whether it is a drill, for each person: the messages that their digest tells of, what goes
    /// on before what is over.
    groups: BTreeMap<(bool, PersonId), Vec<(Rank, MessageId)>>,
    /// What waited, and whose digest tells of it.
    folded: Vec<(DeliveryId, (bool, PersonId))>,
}

impl Fold {
    async fn incident(
        &mut self,
        conn: &mut PgConnection,
        id: IncidentId,
        now: OffsetDateTime,
    ) -> ActionResult<()> {
        let incident = store::incidents::lock(conn, id).await?;
        let incident = incident.ok_or(ActionError::NotFound("incident"))?;
        let revision = store::plans::find(conn, incident.revision).await?;
        let plan = revision.ok_or(ActionError::NotFound("revision of the plan"))?.plan;
        let waited = store::digests::waiting(conn, id, now).await?;
        let mut calls = calls(conn, &waited).await?;
        if incident.is_open() {
            for (person, paged) in self.begin_anew(conn, &incident, &plan, now).await? {
                calls.entry(person).or_default().push(paged);
            }
        }
        self.settle(conn, &incident, &waited, now).await?;
        let merged = calls.into_iter().map(|(person, calls)| (person, merge(calls, &self.after)));
        let whom: Whom = merged.collect();
        self.message(conn, &incident, &whom, now).await?;
        self.tell(conn, &incident, &plan, (&whom, waited.len()), now).await
    }

    /// All chains that nobody answered begin anew, with whom they ask first.
    async fn begin_anew(
        &self,
        conn: &mut PgConnection,
        incident: &Incident,
        plan: &Plan,
        now: OffsetDateTime,
    ) -> ActionResult<Whom> {
        let mut whom = Whom::new();
        let mut paged = store::responders::of(conn, incident.id).await?;
        paged.retain(|responder| responder.answer.is_some());
        let start = Start { incident, plan, roster: &self.roster, paged, send_at: now };
        for chain in store::chains::of(conn, incident.id).await? {
            if chain.answered_by.is_some() || chain.started_at > now {
                continue;
            }
            let cannot = |person| start.paged.iter().any(|one| one.person == person);
            match chain.named.filter(|person| chain.step < FIRST && !cannot(*person)) {
                Some(person) => add(&mut whom, person, &chain.role_key, Call::First),
                None => {
                    let (id, role) = (incident.id, std::slice::from_ref(&chain.role_key));
                    store::chains::begin_anew(conn, id, &chain.role_key, now).await?;
                    store::clocks::finish(conn, id, ClockKind::Escalate, role, now).await?;
                    start.chain(conn, &chain.role_key, &mut whom, now).await?;
                }
            }
        }
        Ok(whom)
    }

    /// What waited leaves no more by itself.
    async fn settle(
        &mut self,
        conn: &mut PgConnection,
        incident: &Incident,
        waited: &[Delivery],
        now: OffsetDateTime,
    ) -> ActionResult<()> {
        for delivery in waited {
            let (id, state) = (delivery.id, DeliveryState::Withdrawn);
            store::deliveries::set_state(conn, id, state, None, now).await?;
            store::messages::settle(conn, delivery.message, now).await?;
            let person = delivery.person.ok_or(ActionError::NotFound("person"))?;
            self.folded.push((id, (incident.is_drill(), person)));
        }
        let jobs = waited.iter().flat_map(|delivery| {
            let delivery = delivery.id;
            [Job::SendDelivery { delivery }, Job::SendDigest { delivery }]
        });
        Ok(queue::replace(conn, &jobs.collect::<Vec<_>>(), now).await?)
    }

    /// The incident's part of all digests.
    async fn message(
        &mut self,
        conn: &mut PgConnection,
        incident: &Incident,
        whom: &Whom,
        now: OffsetDateTime,
    ) -> ActionResult<()> {
        if whom.is_empty() {
            return Ok(());
        }
        let kind = if incident.is_open() { Kind::Page } else { Kind::Notice };
        let message = Message {
            id: MessageId::new(now),
            incident: Some(incident.id),
            kind,
            reason: store::digests::REASON.to_owned(),
            facts: serde_json::to_value(whom).unwrap_or_default(),
            created_at: now,
        };
        store::messages::insert(conn, &message).await?;
        for (&person, paged) in whom {
            if kind == Kind::Page {
                paged.ask(conn, incident.id, person, now).await?;
            }
            let rank = Reverse((incident.is_open(), incident.level));
            let group = self.groups.entry((incident.is_drill(), person)).or_default();
            group.push((rank, message.id));
        }
        Ok(())
    }

    async fn tell(
        &self,
        conn: &mut PgConnection,
        incident: &Incident,
        plan: &Plan,
        (whom, waited): (&Whom, usize),
        now: OffsetDateTime,
    ) -> ActionResult<()> {
        let zone = plan.document.zone();
        let names: Vec<_> = whom.keys().map(|person| self.roster.name(*person)).collect();
        let to = if names.is_empty() { "nobody".to_owned() } else { joined(&names) };
        let what = match waited {
            0 => String::new(),
            1 => ", for 1 send that waited".to_owned(),
            many => format!(", for {many} sends that waited"),
        };
        let anew = if incident.is_open() { " Whoever has not answered is asked anew." } else { "" };
        let words = format!(
            "Muster sent nothing from {} to {}. Digest to {to}{what}.{anew}",
            zone.moment(self.after.since),
            zone.moment(now),
        );
        let kind = if incident.is_open() { Entry::Page } else { Entry::Notice };
        timeline::say(conn, incident, kind, Actor::System, Body::words(words), now).await?;
        Ok(())
    }

    /// Makes the digests, and says of what waited in which it is.
    async fn make(self, conn: &mut PgConnection, now: OffsetDateTime) -> ActionResult<usize> {
        let mut made = BTreeMap::new();
        for ((drill, person), mut group) in self.groups {
            group.sort_by_key(|(rank, _)| *rank);
            let messages: Vec<_> = group.into_iter().map(|(_, message)| message).collect();
            let methods = self.roster.mails(person, None);
            let mut ways: Vec<_> = methods.into_iter().map(Some).collect();
            if ways.is_empty() {
                ways.push(None);
            }
            for method in ways {
                let digest = carry(conn, &messages, person, method, now).await?;
                made.entry((drill, person)).or_insert(digest);
            }
        }
        for (delivery, whose) in self.folded {
            if let Some(digest) = made.get(&whose) {
                store::digests::fold(conn, delivery, *digest).await?;
            }
        }
        Ok(made.len())
    }
}

/// Why each person was to hear something.
async fn calls(
    conn: &mut PgConnection,
    waited: &[Delivery],
) -> ActionResult<BTreeMap<PersonId, Vec<Paged>>> {
    let mut calls: BTreeMap<PersonId, Vec<Paged>> = BTreeMap::new();
    for delivery in waited {
        let message = store::messages::find(conn, delivery.message).await?;
        let message = message.ok_or(ActionError::NotFound("message"))?;
        let mut whom: Whom = serde_json::from_value(message.facts).unwrap_or_default();
        let Some(person) = delivery.person else { continue };
        let Some(paged) = whom.remove(&person) else { continue };
        calls.entry(person).or_default().push(paged);
    }
    Ok(calls)
}

/// All that one person was to hear about one incident, as one: the page comes first.
fn merge(all: Vec<Paged>, after: &After) -> Paged {
    let (mut own, mut others, mut calls) = (Vec::new(), Vec::new(), Vec::new());
    for Paged { roles, call, after } in all {
        let call = if call.is_page() { Call::First } else { call };
        if call.is_own() {
            own.extend(roles)
        } else {
            others.extend(roles)
        }
        calls.push(call);
        calls.extend(after.into_iter().flat_map(|after| after.also));
    }
    calls.sort_by_key(Call::rank);
    calls.dedup();
    let call = if calls.is_empty() { Call::First } else { calls.remove(0) };
    let mut roles = if call.is_own() { own } else { others };
    roles.sort();
    roles.dedup();
    Paged { roles, call, after: Some(After { also: calls, ..after.clone() }) }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    fn merged(all: &[(&str, Call)]) -> (Vec<String>, Call, Vec<Call>) {
        let paged =
            |(role, call): &(&str, Call)| Paged::new(vec![(*role).to_owned()], call.clone());
        let after = After { since: NOON, until: NOON, also: Vec::new() };
        let Paged { roles, call, after } = merge(all.iter().map(paged).collect(), &after);
        (roles, call, after.unwrap().also)
    }

    #[test]
    fn several_pages_are_one_and_what_is_told_beside_it_follows() {
        let off = Call::StandDown { by: "Ada".to_owned() };
        let in_turn = Call::InTurn { before: Vec::new() };
        let all = [("x", off.clone()), ("b", in_turn), ("a", Call::First), ("a", Call::Repeated)];

        let both = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(merged(&all), (both, Call::First, vec![off]));
    }

    #[test]
    fn a_role_of_others_is_not_mixed_with_ones_own() {
        let nobody = Call::Nobody { role: "B".to_owned(), asked: Vec::new() };

        let (roles, call, also) = merged(&[("b", nobody.clone()), ("a", Call::First)]);
        assert_eq!(
            (&roles[..], call, also),
            (&["a".to_owned()][..], Call::First, vec![nobody.clone()])
        );
        let (roles, call, _) = merged(&[("b", nobody.clone())]);
        assert_eq!((&roles[..], call), (&["b".to_owned()][..], nobody));
    }
}
