//! Changing what an incident says of itself, in place.

use time::OffsetDateTime;

use super::clock;
use crate::actions::{ActionError, ActionResult, DEADLINE, Wrong, paging, publishing, timeline};
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;

/// The longest title, in characters.
const LONGEST: usize = 200;

/// What stands in the form, and what stood there when it was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// As it was drawn.
    pub was: Facts,
    /// As it came back.
    pub is: Facts,
}

/// What is edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
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

/// What came of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// It stands so.
    Done,
    /// Somebody else changed these fields in between; this is how they stand now.
    Differs(Vec<&'static str>, Box<Facts>),
}

impl Facts {
    /// As they stand in an incident.
    #[must_use]
    pub fn of(incident: &Incident) -> Facts {
        Facts {
            title: incident.title.clone(),
            public_title: incident.public_title.clone(),
            impact_start: incident.impact_start,
            impact_confirmed: incident.impact_confirmed,
            detected_at: incident.detected_at,
        }
    }
}

/// Changes an incident. Fields that this person left alone stay as somebody else may have set
/// them; a field that both changed is told instead of overwritten.
///
/// # Errors
/// Invalid where a field is.
pub async fn edit(
    db: &Db,
    id: IncidentId,
    edit: Edit,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Edited> {
    check(&edit.is, now)?;
    db.transaction(DEADLINE, async |conn| {
        let (old, plan) = super::lock(conn, id).await?;
        let (facts, differ) = merge(Facts::of(&old), &edit);
        if !differ.is_empty() {
            return Ok(Edited::Differs(differ, Box::new(Facts::of(&old))));
        }
        let zone = plan.document.zone();
        let Some(words) = difference(&old, &facts, &zone, now) else { return Ok(Edited::Done) };
        if old.public_title != facts.public_title {
            publishing::allowed(conn, &old, &plan, by).await?;
        }
        let new = changed(&old, facts);
        store::incidents::update(conn, &new).await?;
        if old.impact_start != new.impact_start {
            let (from, to) = (old.impact_start, new.impact_start);
            store::affected::begin_anew(conn, id, from, to).await?;
            if new.is_open() {
                clock::set_outlast(conn, &new, &plan, now).await?;
            }
        }
        if old.public_title != new.public_title || old.impact_start != new.impact_start {
            publishing::renamed(conn, &new, &plan, now).await?;
        }
        paging::active(conn, &new, by, now).await?;
        timeline::say(conn, &new, Kind::Edited, Actor::Person(by), Body::words(words), now).await?;
        Ok(Edited::Done)
    })
    .await
}

fn check(facts: &Facts, now: OffsetDateTime) -> ActionResult<()> {
    let mut wrong = Vec::new();
    let mut say = |field, words: &str| wrong.push(Wrong { field, words: words.to_owned() });
    let title = facts.title.trim();
    if title.is_empty() || title.chars().count() > LONGEST {
        say("title", "type a title of 1 to 200 characters");
    }
    if facts.public_title.trim().chars().count() > LONGEST {
        say("public_title", "type at most 200 characters");
    }
    for (field, text) in [("title", &facts.title), ("public_title", &facts.public_title)] {
        if text.contains(char::is_control) {
            say(field, "a character in it can’t be stored; type it on one line");
        }
    }
    if facts.impact_start > now {
        say("impact_start", "this is still to come; type when it began");
    }
    if facts.detected_at.is_some_and(|at| at > now) {
        say("detected_at", "this is still to come; type when it was seen");
    }
    if wrong.is_empty() { Ok(()) } else { Err(ActionError::Invalid(wrong)) }
}

/// What comes of both changes, and the fields that both changed, each in another way.
fn merge(stands: Facts, edit: &Edit) -> (Facts, Vec<&'static str>) {
    let Edit { was, is } = edit;
    let mut differ = Vec::new();
    let title = is.title.trim().to_owned();
    let public = is.public_title.trim().to_owned();
    let facts = Facts {
        title: field("title", stands.title, &was.title, title, &mut differ),
        public_title: field(
            "public_title",
            stands.public_title,
            &was.public_title,
            public,
            &mut differ,
        ),
        impact_start: field(
            "impact_start",
            stands.impact_start,
            &was.impact_start,
            is.impact_start,
            &mut differ,
        ),
        impact_confirmed: field(
            "impact_confirmed",
            stands.impact_confirmed,
            &was.impact_confirmed,
            is.impact_confirmed,
            &mut differ,
        ),
        detected_at: field(
            "detected_at",
            stands.detected_at,
            &was.detected_at,
            is.detected_at,
            &mut differ,
        ),
    };
    (facts, differ)
}

fn field<T: PartialEq>(
    name: &'static str,
    stands: T,
    was: &T,
    is: T,
    differ: &mut Vec<&'static str>,
) -> T {
    if is == *was || is == stands {
        return stands;
    }
    if stands != *was {
        differ.push(name);
    }
    is
}

fn changed(old: &Incident, facts: Facts) -> Incident {
    let Facts { title, public_title, impact_start, impact_confirmed, detected_at } = facts;
    Incident { title, public_title, impact_start, impact_confirmed, detected_at, ..old.clone() }
}

fn difference(old: &Incident, new: &Facts, zone: &Zone, now: OffsetDateTime) -> Option<String> {
    let mut words = Vec::new();
    if old.title != new.title {
        words.push(format!("Title: “{}”, before “{}”.", new.title, old.title));
    }
    if old.public_title != new.public_title {
        words.push(match new.public_title.as_str() {
            "" => "Public title: the level’s own words.".to_owned(),
            title => format!("Public title: “{title}”."),
        });
    }
    if old.impact_start != new.impact_start {
        let (at, before) = (zone.when(new.impact_start, now), zone.when(old.impact_start, now));
        words.push(format!("Impact start: {at}, before {before}."));
    }
    if old.impact_confirmed != new.impact_confirmed {
        let state = if new.impact_confirmed { "confirmed" } else { "unconfirmed" };
        words.push(format!("Impact start {state}."));
    }
    if old.detected_at != new.detected_at {
        let at = new.detected_at.map_or_else(|| "unknown".to_owned(), |at| zone.when(at, now));
        words.push(format!("Detected: {at}."));
    }
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    fn titled(title: &str, public_title: &str) -> Facts {
        Facts {
            title: title.to_owned(),
            public_title: public_title.to_owned(),
            impact_start: NOON,
            impact_confirmed: false,
            detected_at: None,
        }
    }

    #[test]
    fn changes_of_two_people_in_two_fields_both_stand() {
        let edit = Edit { was: titled("a", "p"), is: titled("mine", "p") };

        let (facts, differ) = merge(titled("a", "theirs"), &edit);

        assert_eq!((facts, differ), (titled("mine", "theirs"), vec![]));
    }

    #[test]
    fn changes_of_one_field_in_two_ways_are_told() {
        let edit = Edit { was: titled("a", "p"), is: titled("mine", "p") };

        assert_eq!(merge(titled("theirs", "p"), &edit).1, ["title"]);
        assert_eq!(merge(titled("mine", "p"), &edit), (titled("mine", "p"), vec![]));
    }
}
