//! What is down, and what works again. A wrong press is undone by another press.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::actions::{ActionError, ActionResult, DEADLINE, paging, publishing, sites, timeline};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Affected, Incident, Outage, Phase, WHOLE, restored_at};
use crate::domain::plan::document::Plan;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;

/// Says that a function or component is down or slow, again or since another time. Without a time
/// it is since when it was before, else since the impact began. What is so already stays so.
///
/// # Errors
/// Not found where the plan has no such thing; refused when the incident is over; invalid where the
/// time is still to come.
pub async fn declare_down(
    db: &Db,
    id: IncidentId,
    (key, outage): (&str, Outage),
    since: Option<OffsetDateTime>,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    change(db, id, key, Press::Down { outage, since }, by, now).await
}

/// Says that it works again. With nothing chosen, the incident itself is restored.
///
/// # Errors
/// Refused when it was not down, or the incident is over.
pub async fn restore(
    db: &Db,
    id: IncidentId,
    key: &str,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    change(db, id, key, Press::Restored, by, now).await
}

/// Says that it was never down: it was marked by mistake.
///
/// # Errors
/// Refused when the incident is over.
pub async fn unmark(
    db: &Db,
    id: IncidentId,
    key: &str,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    change(db, id, key, Press::Mistake, by, now).await
}

enum Press {
    Down { outage: Outage, since: Option<OffsetDateTime> },
    Restored,
    Mistake,
}

/// What a press makes of a thing: how it stands then, if at all, and the words for it.
type Change = (Option<Affected>, String);

async fn change(
    db: &Db,
    id: IncidentId,
    key: &str,
    press: Press,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let (incident, plan) = super::lock(conn, id).await?;
        incident.going_on().map_err(ActionError::refused)?;
        let scene = Scene { incident: &incident, plan: &plan, key, now };
        let all = store::affected::of(conn, id).await?;
        let old = all.into_iter().find(|affected| affected.key == key);
        let Some((new, words)) = scene.decide(press, old)? else { return Ok(()) };
        match new {
            Some(new) => store::affected::put(conn, id, &new).await?,
            None => store::affected::remove(conn, id, key).await?,
        }
        let body = Body::words(words).with("key", key);
        finish(conn, incident, (key, body), by, now).await
    })
    .await
}

struct Scene<'a> {
    incident: &'a Incident,
    plan: &'a Plan,
    key: &'a str,
    now: OffsetDateTime,
}

impl Scene<'_> {
    fn decide(&self, press: Press, old: Option<Affected>) -> ActionResult<Option<Change>> {
        let name = name(self.plan, self.key);
        let name = name.ok_or(ActionError::NotFound("function or component"))?;
        match press {
            Press::Down { outage, since } => self.down(name, outage, since, old),
            Press::Restored => self.restored(name, old),
            Press::Mistake => {
                let words = || format!("{name} was not affected: marked by mistake.");
                Ok(old.map(|_| (None, words())))
            }
        }
    }

    fn down(
        &self,
        name: &str,
        outage: Outage,
        since: Option<OffsetDateTime>,
        old: Option<Affected>,
    ) -> ActionResult<Option<Change>> {
        if since.is_some_and(|since| since > self.now) {
            return Err(ActionError::wrong("since", "this is still to come; type when it began"));
        }
        let known = old.as_ref().map_or(self.incident.impact_start, |old| old.since);
        let new = self.affected(outage, since.unwrap_or(known));
        let again = match &old {
            Some(old) if *old == new => return Ok(None),
            Some(old) if !old.goes_on() => " again",
            _ => "",
        };
        let zone = self.plan.document.zone();
        let since = zone.when(new.since, self.now);
        Ok(Some((Some(new), format!("{name}: {outage}{again} since {since}."))))
    }

    fn restored(&self, name: &str, old: Option<Affected>) -> ActionResult<Option<Change>> {
        let old = match old {
            Some(old) if !old.goes_on() => return Ok(None),
            Some(old) => old,
            None if self.key == WHOLE => self.affected(Outage::Down, self.incident.impact_start),
            None => return Err(ActionError::refused("this was not marked as down")),
        };
        let new = Affected { restored_at: Some(self.now), ..old };
        Ok(Some((Some(new), format!("{name}: restored."))))
    }

    fn affected(&self, outage: Outage, since: OffsetDateTime) -> Affected {
        Affected { key: self.key.to_owned(), outage, since, restored_at: None }
    }
}

/// What follows for the incident: when it recovered, and that it is not stable while something
/// is down.
async fn finish(
    conn: &mut PgConnection,
    mut incident: Incident,
    (key, mut body): (&str, Body),
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    incident.recovered_at = restored_at(&store::affected::of(conn, incident.id).await?);
    if incident.phase == Phase::Stable && incident.recovered_at.is_none() {
        incident.recover(now).map_err(ActionError::refused)?;
        body.text.push_str(" So it is not stable: recovering.");
        body.text.push_str(super::phase::check_anew(conn, &incident).await?);
    }
    store::incidents::update(conn, &incident).await?;
    publishing::components_changed(conn, &incident, key, now).await?;
    paging::active(conn, &incident, by, now).await?;
    timeline::say(conn, &incident, Kind::Affected, Actor::Person(by), body, now).await?;
    sites::wake(conn).await // it may touch other databases now
}

fn name<'a>(plan: &'a Plan, key: &str) -> Option<&'a str> {
    match key.split_once('.') {
        None => (key == WHOLE).then_some("The service"),
        Some(("function", key)) => plan.function(key).map(|function| function.name.as_str()),
        Some(("component", key)) => plan.component(key).map(|component| component.name.as_str()),
        Some(_) => None,
    }
}
