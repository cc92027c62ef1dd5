//! One outage declared twice: an incident is merged into another, which goes on for both.

mod back;
mod bring;
mod look;
mod moves;
mod words;

pub use back::unmerge;
pub use look::{Look, Others, look};
use moves::Moves;

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{FIRST_PUBLIC_LEVEL, clock, lock};
use crate::actions::{ActionError, ActionResult, DEADLINE, paging, publishing, tellings, timeline};
use crate::db::Db;
use crate::domain::id::{EntryId, IncidentId, PersonId, TaskId};
use crate::domain::incident::{Change, Incident, Stand};
use crate::domain::plan::document::Plan;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::fail;
use crate::store;
use crate::store::merges::Merge;

/// A press that merges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merging {
    /// Identity, made by the form: pressed twice, it is merged once.
    pub id: EntryId,
    /// The incident that goes on.
    pub into: IncidentId,
    /// How often both were changed when the form was drawn: the merged one, and the other.
    pub seen: (i32, i32),
}

/// What came over to the incident that goes on, so that an Undo gives it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Brought {
    /// How it stood before, and after.
    before: Stand,
    after: Stand,
    /// Roles that it had no chain for.
    roles: Vec<String>,
    /// People whom it had not paged.
    people: Vec<PersonId>,
    /// What it did not know to be down.
    affected: Vec<String>,
    /// Ticks, under their new identities.
    ticks: Vec<EntryId>,
    /// Tasks, with the numbers of the entries that gave them.
    tasks: Vec<(TaskId, i64)>,
}

/// An incident with the plan that it pins.
#[derive(Debug, Clone)]
pub struct Side {
    /// The incident.
    pub incident: Incident,
    /// Its plan.
    pub plan: Plan,
}

/// Merges an incident into another; both presses of one form, and two people who press the same,
/// merge it once.
///
/// # Errors
/// Refused by the rule, in words; invalid where one of the two was changed since the form was drawn.
pub async fn merge(
    db: &Db,
    id: IncidentId,
    merging: &Merging,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let (from, into) = lock_both(conn, id, merging.into).await?;
        if from.incident.merged_into == Some(into.incident.id) {
            return Ok(()); // the press came twice, or two people pressed
        }
        from.incident.mergeable(&into.incident, now).map_err(ActionError::refused)?;
        unchanged(&from, &into, merging.seen)?;
        fold(conn, from, into, (merging.id, by), now).await
    })
    .await?;
    Ok(fail::point("merge.committed").await?)
}

/// Locks two incidents, the lesser id first, so that two merges that cross wait for one another.
async fn lock_both(
    conn: &mut PgConnection,
    one: IncidentId,
    other: IncidentId,
) -> ActionResult<(Side, Side)> {
    let side = |(incident, plan)| Side { incident, plan };
    let first = side(lock(conn, one.min(other)).await?);
    let second = side(lock(conn, one.max(other)).await?);
    Ok(if one < other { (first, second) } else { (second, first) })
}

fn unchanged(from: &Side, into: &Side, seen: (i32, i32)) -> ActionResult<()> {
    for (side, seen) in [(from, seen.0), (into, seen.1)] {
        if side.incident.version != seen {
            let words = format!(
                "“{}” was changed meanwhile; look again at what moves, then press",
                side.incident.title
            );
            return Err(ActionError::wrong("seen", words));
        }
    }
    Ok(())
}

async fn fold(
    conn: &mut PgConnection,
    mut from: Side,
    mut into: Side,
    (press, by): (EntryId, PersonId),
    now: OffsetDateTime,
) -> ActionResult<()> {
    let moves = Moves::read(conn, &from, &into).await?;
    let (was, stood) = (into.incident.clone(), from.incident.clone());
    let (before, after) = (Stand::of(&was), Stand::of(&moves.becomes));
    let ticks = bring::over(conn, (&from, &into), &moves, now).await?;
    fail::point("merge.brought").await?;
    into.incident = moves.becomes.clone();
    bring::settle_phase(conn, &mut into.incident, &stood, now).await?;
    from.incident.merge(into.incident.id, now);
    store::incidents::update(conn, &into.incident).await?;
    store::incidents::update(conn, &from.incident).await?;
    follow(conn, (&from, &into), (&was, &moves), now).await?;
    fail::point("merge.followed").await?;
    publishing::merged(conn, &from.incident, (&into.incident, &into.plan), now).await?;
    paging::active(conn, &into.incident, by, now).await?;
    say(conn, (&from, &into), (&was, &moves), (press, by), now).await?;
    let tasks = bring::tasks(conn, (&from, &into), &moves.tasks, by, now).await?;
    let roles = moves.chains.iter().map(|chain| chain.role_key.clone()).collect();
    let people = moves.responders.iter().filter(|moved| moved.new);
    let affected = moves.affected.iter().filter(|moved| moved.new);
    let brought = Brought {
        before,
        after,
        roles,
        people: people.map(|moved| moved.responder.person).collect(),
        affected: affected.map(|moved| moved.affected.key.clone()).collect(),
        ticks,
        tasks,
    };
    let merge = Merge {
        id: press,
        incident: from.incident.id,
        target: into.incident.id,
        at: now,
        by,
        phase: stood.phase,
        phase_since: stood.phase_since,
        brought: serde_json::to_value(&brought).unwrap_or_default(),
    };
    Ok(store::merges::insert(conn, &merge).await?)
}

/// The merged one's clocks and chains end; the other goes on at its level, from its start.
async fn follow(
    conn: &mut PgConnection,
    (from, into): (&Side, &Side),
    (was, moves): (&Incident, &Moves),
    now: OffsetDateTime,
) -> ActionResult<()> {
    let (incident, plan) = (&into.incident, &into.plan);
    paging::begin(conn, incident, plan, &moves.pages, now, now).await?;
    if was.level < FIRST_PUBLIC_LEVEL && incident.level >= FIRST_PUBLIC_LEVEL {
        publishing::plan_first_words(conn, incident, plan, now).await?;
    }
    if incident.level != was.level {
        clock::set_all(conn, incident, plan, Change::Level(was.level), now).await?;
    } else if incident.impact_start != was.impact_start {
        clock::set_outlast(conn, incident, plan, now).await?;
    }
    tellings::take_over(conn, (incident, plan), from.incident.id).await?;
    paging::stop(conn, &from.incident, None, now).await?;
    clock::end_all(conn, &from.incident, now).await
}

/// Both timelines say so; the merged one's ends with it.
async fn say(
    conn: &mut PgConnection,
    (from, into): (&Side, &Side),
    (was, moves): (&Incident, &Moves),
    (press, by): (EntryId, PersonId),
    now: OffsetDateTime,
) -> ActionResult<()> {
    let people = store::people::all(conn).await?;
    let came = words::came_over(moves, (was, into), &people, now).join(" ");
    let text =
        format!("Merged “{}” into this: it is the same incident. {came}", from.incident.title);
    let body = Body::words(text.trim()).with("incident", from.incident.id);
    let actor = || Actor::Person(by);
    timeline::say(conn, &into.incident, Kind::Merged, actor(), body, now).await?;
    let text = format!(
        "Merged into “{}”, which goes on for both. This timeline ends here.",
        into.incident.title
    );
    let body = Body::words(text).with("incident", into.incident.id);
    timeline::say_as(conn, &from.incident, (press, Kind::Merged), actor(), body, now).await?;
    Ok(())
}
