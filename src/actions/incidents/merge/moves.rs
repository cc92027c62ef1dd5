//! What a merge moves: worked out once, for whoever looks before pressing and for the press alike.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::Side;
use crate::actions::ActionResult;
use crate::domain::id::PersonId;
use crate::domain::incident::{Affected, Incident, Place, Tick, restored_at};
use crate::domain::plan::document::Plan;
use crate::store;
use crate::store::chains::Chain;
use crate::store::duties::Holder;
use crate::store::responders::Responder;
use crate::store::tasks::Task;

/// What comes over to the incident that goes on.
#[derive(Debug, Clone)]
pub(super) struct Moves {
    /// What it becomes of itself.
    pub(super) becomes: Incident,
    /// Chains of roles that it has none for.
    pub(super) chains: Vec<Chain>,
    /// Roles that it still looks for somebody for, and who has them.
    pub(super) answered: Vec<(String, PersonId)>,
    /// Duties that nobody has in it.
    pub(super) duties: Vec<Holder>,
    /// Duties that somebody else has in it, who keeps them.
    pub(super) kept: Vec<Holder>,
    /// Who is there, as they stand for both.
    pub(super) responders: Vec<Moved>,
    /// What is down, as it stands for both.
    pub(super) affected: Vec<Hurt>,
    /// Ticks of steps that its plan has, too.
    pub(super) ticks: Vec<Tick>,
    /// How many ticks its plan has no such step for.
    pub(super) left: usize,
    /// What is still to be done.
    pub(super) tasks: Vec<Task>,
    /// Roles that its level pages from then on.
    pub(super) pages: Vec<String>,
}

/// Somebody of the merged incident.
#[derive(Debug, Clone)]
pub(super) struct Moved {
    /// As they stand for both.
    pub(super) responder: Responder,
    /// Whether the other one had not paged them.
    pub(super) new: bool,
}

/// Something that the merged incident has down.
#[derive(Debug, Clone)]
pub(super) struct Hurt {
    /// As it stands for both.
    pub(super) affected: Affected,
    /// Whether the other one did not know of it.
    pub(super) new: bool,
}

impl Moves {
    /// Reads what comes over.
    pub(super) async fn read(
        conn: &mut PgConnection,
        from: &Side,
        into: &Side,
    ) -> ActionResult<Moves> {
        let (a, b) = (from.incident.id, into.incident.id);
        let known = store::chains::of(conn, b).await?;
        let chains = store::chains::of(conn, a).await?;
        let held = store::duties::of(conn, b).await?;
        let duties = store::duties::of(conn, a).await?;
        let responders = store::responders::of(conn, a).await?;
        let paged = store::responders::of(conn, b).await?;
        let (hurt, hurts) =
            (store::affected::of(conn, a).await?, store::affected::of(conn, b).await?);
        let (ticks, ticked) = (store::ticks::of(conn, a).await?, store::ticks::of(conn, b).await?);
        let mut tasks = store::tasks::of(conn, a).await?;
        tasks.retain(|task| task.done_at.is_none());
        let affected = affected(hurt, &hurts, &into.plan);
        let (ticks, left) = steps(ticks, &ticked, (&from.plan, &into.plan));
        let is_role = |key: &str| into.plan.role(key).is_some();
        let (new, old): (Vec<Chain>, Vec<Chain>) = chains
            .into_iter()
            .filter(|chain| is_role(&chain.role_key))
            .partition(|chain| !known.iter().any(|other| other.role_key == chain.role_key));
        let (kept, duties): (Vec<Holder>, Vec<Holder>) = duties
            .into_iter()
            .filter(|duty| is_role(&duty.role_key))
            .partition(|duty| held.iter().any(|other| other.role_key == duty.role_key));
        let mut becomes = into.incident.clone();
        becomes.take_on(&from.incident);
        becomes.recovered_at = recovered(&affected, &hurts);
        let level = into.plan.level(becomes.level);
        let wanted = level.map(|level| level.pages.clone()).unwrap_or_default();
        let has_chain = |key: &String| known.iter().chain(&new).any(|one| one.role_key == *key);
        Ok(Moves {
            pages: wanted.into_iter().filter(|key| !has_chain(key)).collect(),
            answered: answered(&old, &known),
            kept: kept.into_iter().filter(|duty| differs(duty, &held)).collect(),
            responders: responders.into_iter().map(|one| joined(one, &paged, &into.plan)).collect(),
            chains: new,
            becomes,
            duties,
            affected,
            ticks,
            left,
            tasks,
        })
    }
}

fn differs(duty: &Holder, held: &[Holder]) -> bool {
    held.iter().any(|other| other.role_key == duty.role_key && other.person != duty.person)
}

/// Of chains that both have: those that one has found somebody for, and the other not.
fn answered(old: &[Chain], known: &[Chain]) -> Vec<(String, PersonId)> {
    let looks =
        |key: &str| known.iter().any(|one| one.role_key == key && one.answered_by.is_none());
    let found = old.iter().filter(|chain| looks(&chain.role_key));
    found.filter_map(|chain| Some((chain.role_key.clone(), chain.answered_by?))).collect()
}

/// Who has it for either has it; else what they said to the incident that goes on holds.
fn joined(one: Responder, paged: &[Responder], plan: &Plan) -> Moved {
    let mut roles: Vec<String> =
        one.roles.iter().filter(|key| plan.role(key).is_some()).cloned().collect();
    let Some(other) = paged.iter().find(|other| other.person == one.person) else {
        return Moved { responder: Responder { roles, ..one }, new: true };
    };
    roles.extend(other.roles.iter().cloned());
    roles.sort();
    roles.dedup();
    let says = |who: &Responder| match who.answer.as_deref() {
        Some("have") => 3,
        Some("call") => 2,
        Some(_) => 1,
        None => 0,
    };
    let said = if says(&one) > says(other) { &one } else { other };
    let responder = Responder {
        person: one.person,
        roles,
        paged_at: one.paged_at.min(other.paged_at),
        answer: said.answer.clone(),
        answered_at: said.answered_at,
        active_at: one.active_at.max(other.active_at),
        called_at: one.called_at.max(other.called_at),
        call_outcome: match one.called_at > other.called_at {
            true => one.call_outcome.clone(),
            false => other.call_outcome.clone(),
        },
    };
    Moved { responder, new: false }
}

fn affected(hurt: Vec<Affected>, known: &[Affected], plan: &Plan) -> Vec<Hurt> {
    let is_known = |key: &str| match key.split_once('.') {
        None => true,
        Some(("function", key)) => plan.function(key).is_some(),
        Some((_, key)) => plan.component(key).is_some(),
    };
    let joined = |one: Affected| match known.iter().find(|other| other.key == one.key) {
        None => Hurt { affected: one, new: true },
        Some(other) => Hurt { affected: other.joined(&one), new: false },
    };
    hurt.into_iter().filter(|one| is_known(&one.key)).map(joined).collect()
}

/// When all of both was restored, if it was.
fn recovered(affected: &[Hurt], known: &[Affected]) -> Option<OffsetDateTime> {
    let mut all: Vec<Affected> = affected.iter().map(|hurt| hurt.affected.clone()).collect();
    let more = known.iter().filter(|one| !affected.iter().any(|hurt| hurt.affected.key == one.key));
    all.extend(more.cloned());
    restored_at(&all)
}

/// Ticks of steps that say the same in both plans and that nobody ticked in the other; and how many
/// have no such step there.
fn steps(ticks: Vec<Tick>, ticked: &[Tick], (old, new): (&Plan, &Plan)) -> (Vec<Tick>, usize) {
    let (old, new) = (step_words(old), step_words(new));
    let steps = ticks.into_iter().filter(|tick| old.contains_key(&tick.key));
    let (same, other): (Vec<Tick>, Vec<Tick>) =
        steps.partition(|tick| old.get(&tick.key) == new.get(&tick.key));
    let fresh = |tick: &Tick| !ticked.iter().any(|other| other.key == tick.key);
    (same.into_iter().filter(fresh).collect(), other.len())
}

/// What each step of a plan's runbooks says, by its key. What was checked before closing stays: that
/// is checked for each incident.
fn step_words(plan: &Plan) -> BTreeMap<String, &str> {
    let steps = plan.runbook.iter().flat_map(Place::steps);
    steps.filter_map(|place| Some((place.to_string(), place.words(plan)?))).collect()
}
