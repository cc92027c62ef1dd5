//! Ticking steps of runbooks and items of checklists, by several people at once.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::entries::{self, Written};
use super::{ActionError, ActionResult, DEADLINE, incidents};
use crate::db::Db;
use crate::domain::id::{EntryId, IncidentId, PersonId};
use crate::domain::incident::{Place, Tick};
use crate::domain::plan::document::Plan;
use crate::domain::timeline::{Body, Kind};
use crate::fail;
use crate::store;

/// A press on a step or item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// Identity, made by the form: pressed twice, it is done once.
    pub id: EntryId,
    /// What is pressed.
    pub deed: Deed,
}

/// What becomes of the step or item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// It is done.
    Done,
    /// It is passed over, for this reason.
    Pass(String),
    /// That tick was a mistake.
    Undo(EntryId),
}

/// What a press makes of it.
enum Change {
    Settled(Tick),
    Open,
}

/// Ticks a step or item, passes it over, or takes that back. Two ticks of one step are one.
///
/// # Errors
/// Not found where the pinned plan has no such step or item; refused when the incident is over or
/// somebody settled it in another way; invalid where the reason is.
pub async fn press(
    db: &Db,
    id: IncidentId,
    place: &Place,
    press: &Press,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| tick(conn, id, place, press, by, now).await).await?;
    fail::point("tick.committed").await?;
    Ok(())
}

async fn tick(
    conn: &mut PgConnection,
    id: IncidentId,
    place: &Place,
    press: &Press,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let (incident, plan) = incidents::lock(conn, id).await?;
    let what = place.words(&plan).ok_or(ActionError::NotFound("step"))?;
    if store::streams::find(conn, press.id).await?.is_some() {
        return Ok(());
    }
    incident.going_on().map_err(ActionError::refused)?;
    let key = place.to_string();
    let old = store::ticks::find(conn, id, &key).await?;
    let stands = match &old {
        Some(old) => stands(conn, (&plan, place), old, now).await?,
        None => String::new(),
    };
    let Some(new) = decide(press, old, (&key, &stands), by, now)? else { return Ok(()) };
    match &new {
        Change::Settled(tick) => store::ticks::insert(conn, id, tick).await?,
        Change::Open => store::ticks::remove(conn, id, &key).await?,
    }
    fail::point("tick.written").await?;
    let text = format!("{}, {}", place.name(&plan), said(&new, place, what));
    let body = Body::words(&text).with("step", &key);
    let written = Written { id: press.id, text, occurred_at: None };
    entries::append(conn, &incident, Kind::Tick, &written, &body, by, now).await?;
    fail::point("tick.said").await?;
    Ok(())
}

/// What the press changes; none: it is so already.
fn decide(
    press: &Press,
    old: Option<Tick>,
    (key, stands): (&str, &str),
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Option<Change>> {
    let tick = |passed| Tick { id: press.id, key: key.to_owned(), person: by, at: now, passed };
    match (&press.deed, old) {
        (Deed::Done, None) => Ok(Some(Change::Settled(tick(None)))),
        (Deed::Done, Some(old)) if old.passed.is_none() => Ok(None),
        (Deed::Done, Some(_)) => {
            let words = format!("{stands}; where it was done after all, press “Undo” first");
            Err(ActionError::refused(words))
        }
        (Deed::Pass(reason), old) => {
            let written = Written { id: press.id, text: reason.clone(), occurred_at: None };
            entries::check("reason", &written, now)?;
            match old {
                Some(_) => Err(ActionError::wrong("reason", format!("{stands} meanwhile"))),
                None => Ok(Some(Change::Settled(tick(Some(reason.trim().to_owned()))))),
            }
        }
        (Deed::Undo(_), None) => Ok(None),
        (Deed::Undo(of), Some(old)) if old.id == *of => Ok(Some(Change::Open)),
        (Deed::Undo(_), Some(_)) => {
            Err(ActionError::refused(format!("{stands}, after you looked; look at it again")))
        }
    }
}

/// `done: Stop the application`, `skipped: Promote the replica. Because: there is none`.
fn said(new: &Change, place: &Place, what: &str) -> String {
    match new {
        Change::Open => format!("open again: {what}"),
        Change::Settled(Tick { passed: None, .. }) => format!("done: {what}"),
        Change::Settled(Tick { passed: Some(reason), .. }) => {
            format!("{}: {what}. Because: {reason}", place.passed())
        }
    }
}

/// `Priya Raghunathan skipped it 03:20 CET: there is no replica`.
async fn stands(
    conn: &mut PgConnection,
    (plan, place): (&Plan, &Place),
    tick: &Tick,
    now: OffsetDateTime,
) -> ActionResult<String> {
    let zone = plan.document.zone();
    let who = store::people::find(conn, tick.person).await?;
    let who = who.map_or_else(|| "somebody".to_owned(), |person| person.name);
    let at = zone.when(tick.at, now);
    Ok(match &tick.passed {
        Some(reason) => format!("{who} {} it {at}: {reason}", place.passed()),
        None => format!("{who} ticked it {at}"),
    })
}
