//! Changing what an incident says of itself, in place.

use time::OffsetDateTime;

use super::clock;
use crate::actions::{ActionError, ActionResult, DEADLINE, paging, timeline};
use crate::db::Db;
use crate::domain::civil;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;

/// What stands in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The version that the form was drawn from.
    pub version: i32,
    /// What responders call it.
    pub title: String,
    /// What the public calls it.
    pub public_title: String,
    /// When it began to hurt.
    pub impact_start: OffsetDateTime,
    /// Whether somebody has confirmed that.
    pub impact_confirmed: bool,
    /// When it was noticed.
    pub detected_at: Option<OffsetDateTime>,
}

/// Changes an incident; a second writer sees the first's change instead of undoing it.
///
/// # Errors
/// Invalid where a field is; refused when somebody else changed it in between.
pub async fn edit(
    db: &Db,
    id: IncidentId,
    edit: Edit,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Incident> {
    check(&edit, now)?;
    db.transaction(DEADLINE, async |conn| {
        let (old, plan) = super::lock(conn, id).await?;
        let new = changed(&old, &edit);
        let Some(words) = difference(&old, &new) else { return Ok(old) };
        if old.version != edit.version {
            let theirs = format!(
                "somebody else changed this in between; it now reads “{}”. Look, then change it \
                 again",
                old.title,
            );
            return Err(ActionError::refused(theirs));
        }
        store::incidents::update(conn, &new).await?;
        if old.impact_start != new.impact_start && new.is_open() {
            clock::set_outlast(conn, &new, &plan, now).await?;
        }
        paging::active(conn, &new, by, now).await?;
        timeline::say(conn, &new, Kind::Edited, Actor::Person(by), Body::words(words), now).await?;
        Ok(Incident { version: new.version + 1, ..new })
    })
    .await
}

fn check(edit: &Edit, now: OffsetDateTime) -> ActionResult<()> {
    let title = edit.title.trim();
    if title.is_empty() || title.chars().count() > 200 {
        return Err(ActionError::wrong("title", "type a title of 1 to 200 characters"));
    }
    if edit.public_title.trim().chars().count() > 200 {
        return Err(ActionError::wrong("public_title", "type at most 200 characters"));
    }
    if edit.impact_start > now {
        return Err(ActionError::wrong(
            "impact_start",
            "this is still to come; type when it began",
        ));
    }
    if edit.detected_at.is_some_and(|at| at > now) {
        return Err(ActionError::wrong(
            "detected_at",
            "this is still to come; type when it was seen",
        ));
    }
    Ok(())
}

fn changed(old: &Incident, edit: &Edit) -> Incident {
    Incident {
        title: edit.title.trim().to_owned(),
        public_title: edit.public_title.trim().to_owned(),
        impact_start: edit.impact_start,
        impact_confirmed: edit.impact_confirmed,
        detected_at: edit.detected_at,
        ..old.clone()
    }
}

fn difference(old: &Incident, new: &Incident) -> Option<String> {
    let mut words = Vec::new();
    if old.title != new.title {
        words.push(format!("Title: “{}”, before “{}”.", new.title, old.title));
    }
    if old.public_title != new.public_title {
        words.push(format!("Public title: “{}”.", new.public_title));
    }
    if old.impact_start != new.impact_start {
        words.push(format!("Impact start: {}.", civil::utc_clock(new.impact_start)));
    }
    if old.impact_confirmed != new.impact_confirmed {
        let state = if new.impact_confirmed { "confirmed" } else { "unconfirmed" };
        words.push(format!("Impact start {state}."));
    }
    if old.detected_at != new.detected_at {
        let at = new.detected_at.map_or_else(|| "unknown".to_owned(), civil::utc_clock);
        words.push(format!("Detected: {at}."));
    }
    (!words.is_empty()).then(|| words.join(" "))
}
