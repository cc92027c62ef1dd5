//! Bringing over to the incident that goes on what the merged one has.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{Moves, Side};
use crate::actions::incidents::phase::check_anew;
use crate::actions::{ActionError, ActionResult, paging, tasks as task_deeds, timeline};
use crate::domain::clocks::{Clock, Kind as ClockKind};
use crate::domain::id::{EntryId, IncidentId, PersonId, TaskId};
use crate::domain::incident::{Incident, Phase, Tick};
use crate::domain::timeline::{Actor, Body, Kind, Task as Given};
use crate::store;
use crate::store::tasks::Task;

/// People, what is down, and ticks; answers the ticks' new identities.
pub(super) async fn over(
    conn: &mut PgConnection,
    (from, into): (&Side, &Side),
    moves: &Moves,
    now: OffsetDateTime,
) -> ActionResult<Vec<EntryId>> {
    let id = into.incident.id;
    chains(conn, (from.incident.id, id), moves, now).await?;
    for duty in &moves.duties {
        store::duties::take(conn, id, &duty.role_key, duty.person, duty.since).await?;
    }
    for moved in &moves.responders {
        store::responders::put(conn, id, &moved.responder).await?;
        if moved.responder.answer.as_deref() == Some("have") {
            paging::await_silence(conn, &into.incident, moved.responder.person, now).await?;
        }
    }
    for hurt in &moves.affected {
        store::affected::put(conn, id, &hurt.affected).await?;
    }
    let mut ticks = Vec::new();
    for tick in &moves.ticks {
        let tick = Tick { id: EntryId::new(now), ..tick.clone() };
        store::ticks::insert(conn, id, &tick).await?;
        ticks.push(tick.id);
    }
    Ok(ticks)
}

/// Chains go on where they are; those that both have end where either found somebody.
async fn chains(
    conn: &mut PgConnection,
    (from, into): (IncidentId, IncidentId),
    moves: &Moves,
    now: OffsetDateTime,
) -> ActionResult<()> {
    for chain in &moves.chains {
        store::chains::put(conn, into, chain).await?;
    }
    let running = store::clocks::open(conn, from).await?;
    let moved = |clock: &Clock| moves.chains.iter().any(|chain| chain.role_key == clock.key);
    for clock in running.into_iter().filter(|clock| clock.kind == ClockKind::Escalate) {
        if moved(&clock) {
            store::clocks::set(conn, &Clock { incident: into, ..clock }).await?;
        }
    }
    for (role, person) in &moves.answered {
        let keys = std::slice::from_ref(role);
        store::chains::answer(conn, into, keys, *person).await?;
        store::clocks::finish(conn, into, ClockKind::Escalate, keys, now).await?;
    }
    Ok(())
}

/// Somebody is at work on it where somebody is on the other; and it is not stable while something of
/// the other is down.
pub(super) async fn settle_phase(
    conn: &mut PgConnection,
    into: &mut Incident,
    other: &Incident,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let begins = into.phase == Phase::Declared && other.phase != Phase::Declared;
    let unstable = into.phase == Phase::Stable && into.recovered_at.is_none();
    if begins || unstable {
        into.recover(now).map_err(ActionError::refused)?;
    }
    if unstable {
        check_anew(conn, into).await?;
    }
    Ok(())
}

/// What is still to be done is done for the incident that goes on, where an entry tells of it; answers
/// which, with the numbers of the entries that gave them.
pub(super) async fn tasks(
    conn: &mut PgConnection,
    (from, into): (&Side, &Side),
    tasks: &[Task],
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Vec<(TaskId, i64)>> {
    let people = store::people::all(conn).await?;
    let mut moved = Vec::new();
    for task in tasks {
        let who = people.iter().find(|person| Some(person.id) == task.person);
        let who = who.map_or_else(|| "anybody".to_owned(), |person| person.name.clone());
        let left = (task.due_at - now).whole_minutes();
        let minutes = u32::try_from(left).unwrap_or(0); // late already
        let given = Given { who, minutes };
        let body = Body { task: Some(given), ..Body::words(&task.words) };
        let body = body.with("incident", from.incident.id);
        let entry =
            timeline::say(conn, &into.incident, Kind::Task, Actor::Person(by), body, now).await?;
        moved.push((task.id, task.entry_seq));
        move_to(conn, task, (into.incident.id, entry.seq), now).await?;
    }
    Ok(moved)
}

/// Moves a task with its timer.
pub(super) async fn move_to(
    conn: &mut PgConnection,
    task: &Task,
    (incident, entry_seq): (IncidentId, i64),
    now: OffsetDateTime,
) -> ActionResult<()> {
    store::tasks::move_to(conn, task.id, (incident, entry_seq)).await?;
    let keys = [task.id.to_string()];
    store::clocks::finish(conn, task.incident, ClockKind::Task, &keys, now).await?;
    let task = Task { incident, entry_seq, ..task.clone() };
    match task.done_at {
        Some(_) => Ok(()),
        None => task_deeds::set_clock(conn, &task, now).await,
    }
}
