//! Undoing a merge: the merged incident goes on as it stood, with what happened since. What came over
//! from it goes back; what was the other's own stays.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::bring::move_to;
use super::{Brought, FIRST_PUBLIC_LEVEL, Side, clock, lock_both};
use crate::actions::{ActionError, ActionResult, DEADLINE, duties, paging, publishing, timeline};
use crate::db::Db;
use crate::domain::clocks::{Clock, Kind as ClockKind};
use crate::domain::escalation::LAST;
use crate::domain::id::{EntryId, IncidentId, PersonId};
use crate::domain::incident::{Affected, Change, Phase, Refusal, restored_at};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::fail;
use crate::store;
use crate::store::merges::Merge;
use crate::store::responders::Responder;

/// Undoes the merge of that identity, as long as the incident that goes on for both is open. A second
/// press changes nothing.
///
/// # Errors
/// Refused when the other incident is over, or another merge stands by now.
pub async fn unmerge(
    db: &Db,
    id: IncidentId,
    merge: EntryId,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let Some(stands) = store::merges::of(conn, id).await? else { return Ok(()) };
        let (from, into) = lock_both(conn, id, stands.target).await?;
        match store::merges::of(conn, id).await? {
            Some(now) if now == stands && stands.id == merge => {}
            Some(_) => return Err(ActionError::refused(Refusal::NotMerged)),
            None => return Ok(()),
        }
        if !into.incident.is_open() {
            let words = "the incident that goes on for it is over; reopen that one first, then undo \
                         the merge";
            return Err(ActionError::refused(words));
        }
        part(conn, (from, into), &stands, by, now).await
    })
    .await?;
    Ok(fail::point("unmerge.committed").await?)
}

async fn part(
    conn: &mut PgConnection,
    (mut from, mut into): (Side, Side),
    merge: &Merge,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let brought: Brought = serde_json::from_value(merge.brought.clone())
        .map_err(|_| ActionError::refused("what came over can’t be read"))?;
    let (a, b) = (from.incident.id, into.incident.id);
    let level = into.incident.level;
    let start = into.incident.impact_start;
    into.incident.give_back(&brought.before, &brought.after);
    from.incident.unmerge(merge.phase, merge.phase_since).map_err(ActionError::refused)?;
    hurts(conn, (a, b), &brought.affected).await?;
    store::ticks::remove_these(conn, b, &brought.ticks).await?;
    people(conn, (&from, &into), (&brought, merge.at), now).await?;
    from.incident.recovered_at = restored_at(&store::affected::of(conn, a).await?);
    into.incident.recovered_at = restored_at(&store::affected::of(conn, b).await?);
    for side in [&mut from, &mut into] {
        if side.incident.phase == Phase::Stable && side.incident.recovered_at.is_none() {
            side.incident.recover(now).map_err(ActionError::refused)?;
        }
        store::incidents::update(conn, &side.incident).await?;
    }
    if into.incident.level != level {
        clock::set_lowered(conn, &into.incident, &into.plan, level, now).await?;
    } else if into.incident.impact_start != start {
        clock::set_outlast(conn, &into.incident, &into.plan, now).await?;
    }
    clock::set_all(conn, &from.incident, &from.plan, Change::Undone, now).await?;
    if from.incident.level >= FIRST_PUBLIC_LEVEL {
        publishing::plan_first_words(conn, &from.incident, &from.plan, now).await?;
    }
    fail::point("unmerge.parted").await?;
    let pair = (&into.incident, &into.plan);
    publishing::unmerged(conn, &from.incident, pair, now).await?;
    let tasks = tasks(conn, (a, b), &brought, now).await?;
    store::merges::undo(conn, merge.id, now).await?;
    paging::active(conn, &from.incident, by, now).await?;
    say(conn, (&from, &into), tasks, by, now).await
}

/// What came over goes back as it is marked now; what both had is restored where it was restored.
async fn hurts(
    conn: &mut PgConnection,
    (from, into): (IncidentId, IncidentId),
    brought: &[String],
) -> ActionResult<()> {
    let own = store::affected::of(conn, from).await?;
    let now = store::affected::of(conn, into).await?;
    for old in own {
        let there = now.iter().find(|other| other.key == old.key);
        match (brought.contains(&old.key), there) {
            (true, Some(there)) => {
                store::affected::put(conn, from, there).await?;
                store::affected::remove(conn, into, &old.key).await?;
            }
            (true, None) => store::affected::remove(conn, from, &old.key).await?, // by mistake
            (false, Some(there)) if !there.goes_on() && old.goes_on() => {
                let back = Affected { restored_at: there.restored_at, ..old };
                store::affected::put(conn, from, &back).await?;
            }
            (false, _) => {}
        }
    }
    Ok(())
}

/// Roles and people that came over go back as they stand now, unless the other's level pages them,
/// too; the merged one's chains go on.
async fn people(
    conn: &mut PgConnection,
    (from, into): (&Side, &Side),
    (brought, merged_at): (&Brought, OffsetDateTime),
    now: OffsetDateTime,
) -> ActionResult<()> {
    let (a, b) = (from.incident.id, into.incident.id);
    let level = into.plan.level(into.incident.level);
    let stays = |role: &String| level.is_some_and(|level| level.pages.contains(role));
    let gone: Vec<String> = brought.roles.iter().filter(|role| !stays(role)).cloned().collect();
    answers(conn, (a, b), &brought.people, merged_at).await?;
    roles(conn, (a, b), &brought.roles, now).await?;
    store::chains::remove(conn, b, &gone).await?;
    store::clocks::finish(conn, b, ClockKind::Escalate, &gone, now).await?;
    store::duties::end(conn, b, &gone, now).await?;
    leave(conn, into, &brought.people, &gone, now).await?;
    store::chains::go_on(conn, a, LAST).await?;
    for responder in store::responders::of(conn, a).await? {
        let on_call = store::people::is_on_call(conn, responder.person).await?;
        match responder.answer.as_deref() {
            Some("have") if on_call => {
                paging::await_silence(conn, &from.incident, responder.person, now).await?;
            }
            _ => {
                duties::leave(conn, a, responder.person, now).await?;
            }
        }
    }
    seek_on(conn, from, now).await
}

/// What people said since is said to the merged one, too.
async fn answers(
    conn: &mut PgConnection,
    (from, into): (IncidentId, IncidentId),
    brought: &[PersonId],
    merged_at: OffsetDateTime,
) -> ActionResult<()> {
    let own = store::responders::of(conn, from).await?;
    for now in store::responders::of(conn, into).await? {
        let later = now.answered_at.is_some_and(|at| at > merged_at);
        let Some(old) = own.iter().find(|old| old.person == now.person) else { continue };
        if later || brought.contains(&now.person) {
            let roles = old.roles.clone();
            store::responders::put(conn, from, &Responder { roles, ..now }).await?;
        }
    }
    Ok(())
}

/// Chains and duties of roles that came over stand as they do now.
async fn roles(
    conn: &mut PgConnection,
    (from, into): (IncidentId, IncidentId),
    roles: &[String],
    now: OffsetDateTime,
) -> ActionResult<()> {
    for chain in store::chains::of(conn, into).await? {
        if roles.contains(&chain.role_key) {
            store::chains::put(conn, from, &chain).await?;
        }
    }
    store::duties::end(conn, from, roles, now).await?;
    for duty in store::duties::of(conn, into).await? {
        if roles.contains(&duty.role_key) {
            store::duties::take(conn, from, &duty.role_key, duty.person, duty.since).await?;
        }
    }
    Ok(())
}

/// Whoever came over leaves the other, unless they hold something of its own by now.
async fn leave(
    conn: &mut PgConnection,
    into: &Side,
    brought: &[PersonId],
    gone: &[String],
    now: OffsetDateTime,
) -> ActionResult<()> {
    let id = into.incident.id;
    let duties = store::duties::of(conn, id).await?;
    for responder in store::responders::of(conn, id).await? {
        let person = responder.person;
        let mut roles = responder.roles.clone();
        roles.retain(|role| !gone.contains(role));
        let needed = duties.iter().any(|duty| duty.person == person)
            || into.incident.commander == Some(person)
            || !roles.is_empty();
        if needed || !brought.contains(&person) {
            store::responders::put(conn, id, &Responder { roles, ..responder }).await?;
            continue;
        }
        store::responders::remove(conn, id, person).await?;
        store::clocks::finish(conn, id, ClockKind::Silent, &[person.to_string()], now).await?;
    }
    Ok(())
}

/// Roles of the merged one that nobody has yet are asked for in turn, from now on.
async fn seek_on(conn: &mut PgConnection, from: &Side, now: OffsetDateTime) -> ActionResult<()> {
    let due_at = now + paging::wait(&from.plan, from.incident.level);
    for chain in store::chains::of(conn, from.incident.id).await? {
        if chain.goes_on() && chain.step >= 0 {
            let (incident, kind) = (from.incident.id, ClockKind::Escalate);
            let (key, generation) = (chain.role_key, i32::from(chain.step) + 1);
            store::clocks::set(conn, &Clock { incident, kind, key, generation, due_at }).await?;
        }
    }
    Ok(())
}

/// Tasks that came over go back as they stand, done or not; answers how many.
async fn tasks(
    conn: &mut PgConnection,
    (from, into): (IncidentId, IncidentId),
    brought: &Brought,
    now: OffsetDateTime,
) -> ActionResult<usize> {
    for (id, seq) in &brought.tasks {
        if let Some(task) = store::tasks::lock(conn, into, *id).await? {
            move_to(conn, &task, (from, *seq), now).await?;
        }
    }
    Ok(brought.tasks.len())
}

async fn say(
    conn: &mut PgConnection,
    (from, into): (&Side, &Side),
    tasks: usize,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let tasks = match tasks {
        0 => String::new(),
        1 => " 1 task went back with it.".to_owned(),
        tasks => format!(" {tasks} tasks went back with it."),
    };
    let text = format!(
        "Undid the merge: “{}” goes on alone again, at level {}.{tasks} This one is at level {}.",
        from.incident.title, from.incident.level, into.incident.level,
    );
    let body = Body::words(text).with("incident", from.incident.id);
    timeline::say(conn, &into.incident, Kind::Merged, Actor::Person(by), body, now).await?;
    let phase = from.incident.phase.to_string().to_lowercase();
    let text = format!(
        "Undid the merge into “{}”: this goes on alone again, {phase}, with what happened since.",
        into.incident.title,
    );
    let body = Body::words(text).with("incident", into.incident.id);
    timeline::say(conn, &from.incident, Kind::Merged, Actor::Person(by), body, now).await?;
    Ok(())
}
