//! Giving tasks, and being done with them.

use time::{Duration, OffsetDateTime};

use super::entries::{self, Written};
use super::{ActionError, ActionResult, DEADLINE, incidents, paging, timeline};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId, TaskId};
use crate::domain::timeline::{Actor, Body, Kind, Task as Given};
use crate::store;
use crate::store::tasks::Task;

/// The longest that a task may run, in minutes: a week.
const LONGEST: u32 = 7 * 24 * 60;

/// Gives a task to a person, due in so many minutes.
///
/// # Errors
/// Invalid where a field is; refused when the form's id stands for another task.
pub async fn give(
    db: &Db,
    id: IncidentId,
    written: Written,
    (person, minutes): (PersonId, u32),
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<i64> {
    entries::check(&written, now)?;
    if !(1..=LONGEST).contains(&minutes) {
        return Err(ActionError::wrong("minutes", "type from 1 to 10,080 minutes"));
    }
    db.transaction(DEADLINE, async |conn| {
        let (incident, _) = incidents::lock(conn, id).await?;
        let who = store::people::find(conn, person).await?;
        let who = who.ok_or_else(|| ActionError::wrong("person", "choose who does it"))?.name;
        let words = written.text.trim().to_owned();
        let body = Body { task: Some(Given { who, minutes }), ..Body::words(&words) };
        let stands = entries::append(conn, &incident, Kind::Task, &written, &body, by, now).await?;
        if stands.new {
            let due_at = now + Duration::minutes(i64::from(minutes));
            let (entry_seq, person) = (stands.seq, Some(person));
            let task_id = TaskId(written.id.0);
            let task =
                Task { id: task_id, incident: id, entry_seq, words, person, due_at, done_at: None };
            store::tasks::insert(conn, &task).await?;
        }
        Ok(stands.seq)
    })
    .await
}

/// A task is done. Pressing twice changes nothing.
///
/// # Errors
/// Not found where there is no such incident.
pub async fn finish(
    db: &Db,
    id: IncidentId,
    task: TaskId,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let (incident, _) = incidents::lock(conn, id).await?;
        let Some(task) = store::tasks::finish(conn, id, task, now).await? else { return Ok(()) };
        paging::active(conn, &incident, by, now).await?;
        let body = Body::words(format!("Done: {}", task.words)).with("task", task.entry_seq);
        timeline::say(conn, &incident, Kind::Tick, Actor::Person(by), body, now).await?;
        Ok(())
    })
    .await
}
