//! Restores beside the database that lives, ordered for an incident and told on its timeline. They touch nothing that
//! lives, so one person with the right is enough.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::orders::{Wish, place};
use super::sessions::SignedIn;
use super::{ActionError, ActionResult, DEADLINE, databases, incidents, orders, timeline};
use crate::db::Db;
use crate::domain::agent::order::{Restore, State, Task};
use crate::domain::id::{IncidentId, OrderId, SiteId};
use crate::domain::incident::Incident;
use crate::domain::plan::document::Plan;
use crate::domain::plan::touches;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;
use crate::store::orders::Kept;

/// Has the agent of a database do something about copies of it, for an incident. The same form sent twice is one order.
///
/// # Errors
/// Not found; refused where the incident is over or does not touch the database, where its agent restores by hand
/// alone, or where the same is on its way. What is left of an incident that is over may be removed.
pub async fn ask(
    db: &Db,
    by: &SignedIn,
    (incident, site, name): (IncidentId, SiteId, &str),
    wish: Wish,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        // whoever asks of this site waits here for the other, so that two see each other's order
        store::sites::lock(conn, site).await?;
        let (incident, plan) = incidents::lock(conn, incident).await?;
        if !matches!(wish.task, Task::Restore(Restore::Remove { .. })) {
            make_sure_it_touches(conn, (&incident, &plan), name).await?;
        }
        let seen = databases::seen(conn, (site, name)).await?;
        if seen.copies.is_none() {
            let words = format!(
                "the agent that protects {name} is of an earlier release: update it there, or type the lines on its host"
            );
            return Err(ActionError::refused(words));
        }
        if !place(conn, (site, &seen), (&wish, Some(incident.id)), by, now).await? {
            return Ok(()); // an old form, sent again
        }
        let words = format!("On {name}: asked for a {}", wish.task.words());
        let note = (kind(&wish.task), Actor::Person(by.person), Body::words(words));
        timeline::say(conn, &incident, note.0, note.1, note.2, now).await.map(drop)
    })
    .await
}

async fn make_sure_it_touches(
    conn: &mut PgConnection,
    (incident, plan): (&Incident, &Plan),
    name: &str,
) -> ActionResult<()> {
    incident.going_on().map_err(ActionError::refused)?;
    let affected = store::affected::of(conn, incident.id).await?;
    if touches(plan, &affected, name) {
        return Ok(());
    }
    let words =
        format!("what is down in this incident does not stand on {name}; mark it as down first");
    Err(ActionError::refused(words))
}

const fn kind(task: &Task) -> Kind {
    match task {
        Task::Restore(Restore::Beside { .. }) => Kind::Decision,
        _ => Kind::Note,
    }
}

/// Takes back what was asked for in an incident: at once where its agent has not fetched it, else by an order of its own,
/// `id`.
///
/// # Errors
/// Not found; refused where it has ended.
pub async fn stop(
    db: &Db,
    by: &SignedIn,
    (incident, order, id): (IncidentId, OrderId, OrderId),
    now: OffsetDateTime,
) -> ActionResult<()> {
    let found = db.transaction(DEADLINE, async |conn| find(conn, incident, order).await).await?;
    let taken = orders::withdraw(db, by, (found.site, order), now).await;
    let Err(ActionError::Refused(_)) = taken else { return taken }; // its agent has it
    db.transaction(DEADLINE, async |conn| {
        store::sites::lock(conn, found.site).await?;
        let (incident, _) = incidents::lock(conn, incident).await?;
        let kept = find(conn, incident.id, order).await?;
        let goes_on = matches!(kept.state, State::Handed | State::Running);
        if !goes_on || !kept.task.can_be_stopped() {
            return Err(ActionError::refused("it has ended already, or can’t be stopped"));
        }
        let seen = databases::seen(conn, (kept.site, &kept.database)).await?;
        let wish = Wish { id, task: Restore::Stop { order }.into(), repository: None };
        if !place(conn, (kept.site, &seen), (&wish, Some(incident.id)), by, now).await? {
            return Ok(());
        }
        let words = format!("On {}: stops the {}", kept.database, kept.task.words());
        let actor = Actor::Person(by.person);
        timeline::say(conn, &incident, Kind::Note, actor, Body::words(words), now).await.map(drop)
    })
    .await
}

async fn find(conn: &mut PgConnection, incident: IncidentId, id: OrderId) -> ActionResult<Kept> {
    let found = store::orders::find(conn, incident, id).await?;
    found.ok_or(ActionError::NotFound("order"))
}

/// Says on the timeline what became of something that was asked for in an incident; where that was merged meanwhile, on
/// the one that goes on for it.
pub(super) async fn say(
    conn: &mut PgConnection,
    incident: IncidentId,
    actor: Actor,
    words: String,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let (incident, _) = incidents::lock_going_on(conn, incident).await?;
    timeline::say(conn, &incident, Kind::Note, actor, Body::words(words), now).await.map(drop)
}
