//! Giving tasks, handing them on, and being done with them.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::entries::{self, Written};
use super::{ActionError, ActionResult, DEADLINE, incidents, paging, roles, timeline};
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::clocks::{Clock, Kind as ClockKind};
use crate::domain::id::{IncidentId, PersonId, TaskId};
use crate::domain::incident::Incident;
use crate::domain::timeline::{Actor, Body, Kind, Task as Given};
use crate::store;
use crate::store::tasks::Task;

/// The longest that a task may run, in minutes: a week.
const LONGEST: u32 = 7 * 24 * 60;

/// Who does it, and within how many minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// Who.
    pub person: PersonId,
    /// From now on; none: the time stays as it is.
    pub minutes: Option<u32>,
}

/// Gives a task to a person.
///
/// # Errors
/// Invalid where a field is, also when the form's id stands for another task or the incident is
/// over.
pub async fn give(
    db: &Db,
    id: IncidentId,
    written: Written,
    charge: Charge,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<i64> {
    entries::check("text", &written, now)?;
    let minutes = minutes(charge)?.ok_or_else(no_minutes)?;
    db.transaction(DEADLINE, async |conn| {
        let (incident, _) = incidents::lock_going_on(conn, id).await?;
        if !incident.is_open() {
            let words = "the incident is over: write a note, or reopen it to give tasks";
            return Err(ActionError::wrong("kind", words));
        }
        let who = roles::on_call(conn, charge.person).await?.name;
        let words = written.text.trim().to_owned();
        let body = Body { task: Some(Given { who, minutes }), ..Body::words(&words) };
        let stands = entries::append(conn, &incident, Kind::Task, &written, &body, by, now).await?;
        if stands.new {
            let task = Task {
                id: TaskId(written.id.0),
                incident: incident.id,
                entry_seq: stands.seq,
                words,
                person: Some(charge.person),
                due_at: now + Duration::minutes(i64::from(minutes)),
                done_at: None,
                done_by: None,
            };
            store::tasks::insert(conn, &task).await?;
            set_clock(conn, &task, now).await?;
        }
        Ok(stands.seq)
    })
    .await
}

/// Hands a task to somebody else, or gives it another time. `seen` is how it stood when the form was
/// drawn ([`Task::stand`]): what somebody else changed in between is told instead of overwritten.
///
/// # Errors
/// Invalid where a field is, or it was changed meanwhile; refused when it is done; not found where
/// there is no such task.
pub async fn hand_on(
    db: &Db,
    id: IncidentId,
    (task, seen): (TaskId, &str),
    charge: Charge,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let minutes = minutes(charge)?;
    change(db, id, task, by, now, async |conn, plan_zone, task| {
        if task.done_at.is_some() {
            return Err(ActionError::refused("this task is done; press “Not done” first"));
        }
        let who = roles::on_call(conn, charge.person).await?.name;
        let handed = task.person != Some(charge.person);
        let meanwhile = !seen.is_empty() && seen != task.stand(); // an old page says nothing
        match meanwhile && !handed && !moves(task, minutes, now) {
            true => return Ok(None), // pressed twice
            false if meanwhile => return Err(changed(conn, plan_zone, task, now).await?),
            false => {}
        }
        task.person = Some(charge.person);
        if let Some(minutes) = minutes {
            task.due_at = now + Duration::minutes(i64::from(minutes));
        }
        let due = plan_zone.when(task.due_at, now);
        let what = match (handed, minutes) {
            (false, None) => return Ok(None),
            (true, _) => format!("Handed to {who}, due {due}"),
            (false, Some(_)) => format!("{who} has until {due}"),
        };
        Ok(Some((Kind::Task, what)))
    })
    .await
}

/// Whether so many minutes from now are another time than the one that stands.
fn moves(task: &Task, minutes: Option<u32>, now: OffsetDateTime) -> bool {
    let at = minutes.map(|minutes| now + Duration::minutes(i64::from(minutes)));
    at.is_some_and(|at| (at - task.due_at).abs() >= Duration::MINUTE)
}

/// How the task stands by now, for who wanted to change what they saw.
async fn changed(
    conn: &mut PgConnection,
    zone: &Zone,
    task: &Task,
    now: OffsetDateTime,
) -> ActionResult<ActionError> {
    let who = match task.person {
        Some(person) => store::people::find(conn, person).await?.map(|person| person.name),
        None => None,
    };
    let (who, due) = (who.unwrap_or_else(|| "anybody".to_owned()), zone.when(task.due_at, now));
    let words = format!(
        "somebody else changed this meanwhile: {who} has it, due {due}. Press again to put yours in \
         its place"
    );
    Ok(ActionError::wrong("person", words))
}

/// A task is done. Pressing twice changes nothing.
///
/// # Errors
/// Not found where there is no such task.
pub async fn finish(
    db: &Db,
    id: IncidentId,
    task: TaskId,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    change(db, id, task, by, now, async |_, _, task| {
        if task.done_at.is_some() {
            return Ok(None);
        }
        (task.done_at, task.done_by) = (Some(now), Some(by));
        Ok(Some((Kind::Tick, "Done".to_owned())))
    })
    .await
}

/// A task is not done after all: “done” was pressed by mistake.
///
/// # Errors
/// Not found where there is no such task.
pub async fn reopen(
    db: &Db,
    id: IncidentId,
    task: TaskId,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    change(db, id, task, by, now, async |_, _, task| {
        if task.done_at.is_none() {
            return Ok(None);
        }
        (task.done_at, task.done_by) = (None, None);
        Ok(Some((Kind::Tick, "Not done after all".to_owned())))
    })
    .await
}

/// Lets `deed` change the task, and writes an entry about it where it says one.
async fn change<F>(
    db: &Db,
    id: IncidentId,
    task: TaskId,
    by: PersonId,
    now: OffsetDateTime,
    deed: F,
) -> ActionResult<()>
where
    F: AsyncFnOnce(&mut PgConnection, &Zone, &mut Task) -> ActionResult<Option<(Kind, String)>>,
{
    db.transaction(DEADLINE, async |conn| {
        let (incident, plan) = incidents::lock_going_on(conn, id).await?;
        let task = store::tasks::lock(conn, incident.id, task).await?;
        let mut task = task.ok_or(ActionError::NotFound("task"))?;
        let zone = plan.document.zone();
        let Some((kind, what)) = deed(conn, &zone, &mut task).await? else { return Ok(()) };
        store::tasks::update(conn, &task).await?;
        match task.done_at {
            Some(_) => end_clock(conn, &task, now).await?,
            None if incident.is_open() => set_clock(conn, &task, now).await?,
            None => {}
        }
        paging::active(conn, &incident, by, now).await?;
        let body = Body::words(format!("{what}: {}", task.words)).with("task", task.entry_seq);
        timeline::say(conn, &incident, kind, Actor::Person(by), body, now).await?;
        Ok(())
    })
    .await
}

/// A task that should be done by now is not: who commands is asked what becomes of it.
pub(super) async fn overdue(
    conn: &mut PgConnection,
    clock: &Clock,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let (incident, _) = incidents::lock(conn, clock.incident).await?;
    let Ok(id) = clock.key.parse() else { return Ok(()) };
    let task = store::tasks::lock(conn, incident.id, id).await?;
    let Some(task) = task.filter(|task| task.is_overdue(now) && incident.is_open()) else {
        return Ok(());
    };
    let who = match task.person {
        Some(person) => store::people::find(conn, person).await?.map(|person| person.name),
        None => None,
    };
    let who = who.unwrap_or_else(|| "anybody".to_owned());
    paging::task_overdue(conn, &incident, &task, &who, now).await?;
    let words = format!("Overdue, and who commands is asked: {} ({who})", task.words);
    let body = Body::words(words).with("task", task.entry_seq);
    timeline::say(conn, &incident, Kind::Clock, Actor::System, body, now).await?;
    Ok(())
}

/// The incident goes on again: so do the timers of what is still to be done.
pub(super) async fn resume(
    conn: &mut PgConnection,
    incident: &Incident,
    now: OffsetDateTime,
) -> ActionResult<()> {
    for task in store::tasks::of(conn, incident.id).await? {
        if task.done_at.is_none() {
            set_clock(conn, &task, now).await?;
        }
    }
    Ok(())
}

/// Sets when a task is late; of what is late already, who commands was asked.
pub(super) async fn set_clock(
    conn: &mut PgConnection,
    task: &Task,
    now: OffsetDateTime,
) -> ActionResult<()> {
    if task.due_at <= now {
        return Ok(());
    }
    let clock = Clock {
        incident: task.incident,
        kind: ClockKind::Task,
        key: task.id.to_string(),
        generation: 0,
        due_at: task.due_at,
    };
    Ok(store::clocks::set(conn, &clock).await?)
}

async fn end_clock(conn: &mut PgConnection, task: &Task, now: OffsetDateTime) -> ActionResult<()> {
    let keys = [task.id.to_string()];
    Ok(store::clocks::finish(conn, task.incident, ClockKind::Task, &keys, now).await?)
}

fn minutes(charge: Charge) -> ActionResult<Option<u32>> {
    match charge.minutes {
        Some(minutes) if !(1..=LONGEST).contains(&minutes) => Err(no_minutes()),
        minutes => Ok(minutes),
    }
}

fn no_minutes() -> ActionError {
    ActionError::wrong("minutes", "type from 1 to 10,080 minutes")
}
