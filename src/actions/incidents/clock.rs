//! The timers that a level brings: outlasting its usual downtime, and who is to be told.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::actions::{ActionResult, paging, tellings, timeline};
use crate::domain::clocks::{Clock, Kind};
use crate::domain::incident::{Change, Incident};
use crate::domain::plan::document::Plan;
use crate::domain::timeline::{Actor, Body, Kind as EntryKind};
use crate::store;

/// Sets the timers of the incident's level; first words are due from `from` on.
pub(super) async fn set_all(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    change: Change,
    from: OffsetDateTime,
) -> ActionResult<()> {
    set_outlast(conn, incident, plan, from).await?;
    tellings::set(conn, incident, plan, change, from).await
}

/// The level was lowered by somebody who knows how long it lasts: that is proposed again only when
/// the lower level's usual downtime is still to come.
pub(super) async fn set_lowered(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    was: u8,
    now: OffsetDateTime,
) -> ActionResult<()> {
    set_all(conn, incident, plan, Change::Level(was), now).await?;
    let open = store::clocks::open(conn, incident.id).await?;
    if open.iter().any(|clock| clock.kind == Kind::Outlast && clock.due_at <= now) {
        store::clocks::finish_all(conn, incident.id, Kind::Outlast, now).await?;
    }
    Ok(())
}

/// Ends the timers that have no meaning once the incident is over.
pub(super) async fn end_all(
    conn: &mut PgConnection,
    incident: &Incident,
    now: OffsetDateTime,
) -> ActionResult<()> {
    store::clocks::finish_all(conn, incident.id, Kind::Outlast, now).await?;
    store::clocks::finish_all(conn, incident.id, Kind::Tell, now).await?;
    store::clocks::finish_all(conn, incident.id, Kind::Task, now).await?;
    Ok(())
}

/// Sets when it will outlast its level's usual downtime.
pub(super) async fn set_outlast(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    now: OffsetDateTime,
) -> ActionResult<()> {
    store::clocks::finish_all(conn, incident.id, Kind::Outlast, now).await?;
    let usual = plan.level(incident.level).and_then(|level| level.usual_downtime);
    if let Some(usual) = usual {
        let clock = Clock {
            incident: incident.id,
            kind: Kind::Outlast,
            key: incident.level.to_string(),
            generation: 0,
            due_at: incident.impact_start + usual.duration(),
        };
        store::clocks::set(conn, &clock).await?;
    }
    Ok(())
}

/// The impact outlasts the level's usual downtime: the next level is proposed, on the timeline and
/// to the commander.
pub(in crate::actions) async fn outlast(
    conn: &mut PgConnection,
    clock: &Clock,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let (incident, plan) = super::lock(conn, clock.incident).await?;
    let lasts = incident.is_open() && incident.recovered_at.is_none();
    let next = incident.level + 1;
    if !lasts || clock.key != incident.level.to_string() || plan.level(next).is_none() {
        return Ok(());
    }
    let usual = plan.level(incident.level).and_then(|level| level.usual_downtime);
    let Some(usual) = usual else { return Ok(()) };
    paging::propose(conn, &incident, usual, next, now).await?;
    let words = format!(
        "The impact outlasts level {}'s usual downtime of {usual}. Raise it to level {next}, or \
         write down why not.",
        incident.level,
    );
    let body = Body::words(words).with("proposed", next);
    timeline::say(conn, &incident, EntryKind::Clock, Actor::System, body, now).await?;
    Ok(())
}
