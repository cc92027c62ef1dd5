//! Writing chapters without lost updates, and how far the report is.

use time::OffsetDateTime;

use super::make::set_clock;
use super::{lock, lock_open};
use crate::actions::{ActionError, ActionResult, DEADLINE, timeline};
use crate::db::Db;
use crate::domain::clocks::Kind as ClockKind;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::post_mortem::{Report, Section, State};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::domain::typed;
use crate::store;

/// The most that a chapter may hold, in characters.
const LONGEST: usize = 20_000;

/// A chapter as it came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its place.
    pub place: i16,
    /// The version it was drawn from.
    pub version: i32,
    /// The words.
    pub words: String,
}

/// What came of writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrote {
    /// It stands so.
    Done,
    /// Somebody else changed it in between; this is how it stands.
    Differs(Section),
}

/// Writes a chapter. What somebody else wrote in between is told instead of overwritten.
///
/// # Errors
/// Not found where there is no such chapter; invalid when it is too long; refused when the report is
/// published.
pub async fn write(
    db: &Db,
    id: IncidentId,
    draft: Draft,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Wrote> {
    let words = typed::lines(&draft.words);
    if words.chars().count() > LONGEST {
        let wrong = "this is too long; type at most 20,000 characters";
        return Err(ActionError::wrong("words", wrong));
    }
    db.transaction(DEADLINE, async |conn| {
        let (incident, _) = lock_open(conn, id).await?;
        let sections = store::post_mortems::sections(conn, id).await?;
        let section = sections.into_iter().find(|section| section.place == draft.place);
        let section = section.ok_or(ActionError::NotFound("chapter"))?;
        if section.words == words {
            return Ok(Wrote::Done);
        }
        if section.version != draft.version {
            return Ok(Wrote::Differs(section));
        }
        let new = Section { words, ..section };
        store::post_mortems::write(conn, id, &new, by, now).await?;
        let body = Body::words(format!("Post-mortem: wrote “{}”.", new.heading));
        let body = body.with("chapter", new.place);
        timeline::say(conn, &incident, Kind::Edited, Actor::Person(by), body, now).await?;
        Ok(Wrote::Done)
    })
    .await
}

/// Says how far it is: reviewed after draft, published after reviewed, and back to draft. A second
/// press changes nothing.
///
/// # Errors
/// Refused when a step is left out, or the incident goes on again.
pub async fn set_state(
    db: &Db,
    id: IncidentId,
    state: State,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let (incident, old) = lock(conn, id).await?;
        if old.state == state {
            return Ok(());
        }
        if state == State::Published && old.state == State::Draft {
            return Err(ActionError::refused("nobody has reviewed it; press “Reviewed” first"));
        }
        if state == State::Published && incident.is_open() {
            return Err(ActionError::refused("the incident goes on; close it, then publish"));
        }
        let new = Report { state, state_by: Some(by), state_since: now, ..old };
        store::post_mortems::update(conn, &new).await?;
        match state {
            State::Published => {
                store::clocks::finish_all(conn, id, ClockKind::Report, now).await?;
            }
            _ if old.state == State::Published && new.due_at > now => {
                set_clock(conn, &new).await?;
            }
            State::Draft | State::Reviewed => {}
        }
        let body = Body::words(format!("Post-mortem: {state}.")).with("report", state);
        timeline::say(conn, &incident, Kind::Edited, Actor::Person(by), body, now).await?;
        Ok(())
    })
    .await
}
