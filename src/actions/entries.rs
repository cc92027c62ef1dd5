//! Writing on the timeline: notes, decisions, corrections.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{ActionError, ActionResult, DEADLINE, incidents, paging};
use crate::db::Db;
use crate::domain::id::{EntryId, IncidentId, PersonId};
use crate::domain::incident::{Incident, Refusal};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;
use crate::store::streams::Note;

/// The most that one entry may say, in characters.
const LONGEST: usize = 4_000;

/// What a person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Identity, made by the form: sent twice, it stands once.
    pub id: EntryId,
    /// The words.
    pub text: String,
    /// When it happened; none: now.
    pub occurred_at: Option<OffsetDateTime>,
}

/// Writes a note.
///
/// # Errors
/// Invalid where a field is, also when the form's id stands for other words.
pub async fn note(
    db: &Db,
    id: IncidentId,
    written: Written,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<i64> {
    let body = Body::words(written.text.trim());
    alone(db, id, Kind::Note, &written, body, by, now).await
}

/// Writes down a decision.
///
/// # Errors
/// As [`note`].
pub async fn decision(
    db: &Db,
    id: IncidentId,
    written: Written,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<i64> {
    let body = Body::words(written.text.trim());
    alone(db, id, Kind::Decision, &written, body, by, now).await
}

/// Corrects an earlier entry by a new one.
///
/// # Errors
/// As [`note`]; not found where there is no entry of that number.
pub async fn correct(
    db: &Db,
    id: IncidentId,
    seq: i64,
    written: Written,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<i64> {
    let body = Body { corrects: Some(seq), ..Body::words(written.text.trim()) };
    alone(db, id, Kind::Correction, &written, body, by, now).await
}

async fn alone(
    db: &Db,
    id: IncidentId,
    kind: Kind,
    written: &Written,
    body: Body,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<i64> {
    check("text", written, now)?;
    db.transaction(DEADLINE, async |conn| {
        let (incident, _) = match body.corrects {
            Some(_) => incidents::lock(conn, id).await?,
            None => incidents::lock_going_on(conn, id).await?,
        };
        if let Some(seq) = body.corrects {
            unmerged(&incident)?;
            let head = store::streams::head(conn, incident.stream()).await?;
            if seq < 1 || head.is_none_or(|head| seq > head.seq) {
                return Err(ActionError::NotFound("entry"));
            }
        }
        Ok(append(conn, &incident, kind, written, &body, by, now).await?.seq)
    })
    .await
}

/// The timeline of a merged incident has ended: what is right is written where it goes on.
fn unmerged(incident: &Incident) -> ActionResult<()> {
    match incident.merged_into {
        Some(_) => Err(ActionError::wrong("text", Refusal::Merged)),
        None => Ok(()),
    }
}

/// Where an entry stands, and whether it was written just now.
pub(super) struct Stands {
    pub(super) seq: i64,
    pub(super) new: bool,
}

/// What is wrong with what was typed into that field, or with the time.
pub(super) fn check(
    field: &'static str,
    written: &Written,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let length = written.text.trim().chars().count();
    if length == 0 {
        let wanted = if field == "text" { "type what happened" } else { "type a reason" };
        return Err(ActionError::wrong(field, wanted));
    }
    if length > LONGEST {
        let words = "this is too long; type at most 4,000 characters";
        return Err(ActionError::wrong(field, words));
    }
    if written.text.contains('\0') {
        return Err(ActionError::wrong(field, "a character in it can’t be stored"));
    }
    if written.occurred_at.is_some_and(|at| at > now) {
        return Err(ActionError::wrong("occurred", "this is still to come; type when it happened"));
    }
    Ok(())
}

/// Writes the entry, or finds it where the same form was sent before. The incident is locked.
pub(super) async fn append(
    conn: &mut PgConnection,
    incident: &Incident,
    kind: Kind,
    written: &Written,
    body: &Body,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Stands> {
    let actor = Actor::Person(by);
    if let Some(old) = store::streams::find(conn, written.id).await? {
        let same = old.stream == incident.stream()
            && old.kind == kind.name()
            && old.actor == actor.to_string()
            && old.content.is_none_or(|content| content.text == body.to_json());
        return match same {
            true => Ok(Stands { seq: old.seq, new: false }),
            false => Err(ActionError::wrong(
                "text",
                "this form was sent before with other words, which stand; send it again to add these",
            )),
        };
    }
    paging::active(conn, incident, by, now).await?;
    let occurred_at = written.occurred_at.unwrap_or(now);
    let note = Note { id: written.id, kind, actor, occurred_at, body: body.clone() };
    let entry = store::streams::append(conn, incident.stream(), &note, now).await?;
    Ok(Stands { seq: entry.seq, new: true })
}
