//! Declaring: one press, and the plan's own matrices act.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{FIRST_PUBLIC_LEVEL, clock};
use crate::actions::paging::{self, Begun};
use crate::actions::{ActionError, ActionResult, DEADLINE, limits, publishing, sites, timeline};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Change, Draft, HOLD, Incident, Kind};
use crate::domain::limit::DECLARE;
use crate::domain::plan::document::Plan;
use crate::domain::timeline::{Actor, Body, Kind as EntryKind};
use crate::fail;
use crate::store;
use crate::store::plans::Revision;

/// What a declaration says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declaration {
    /// Identity, made by the form: pressing twice makes one incident.
    pub id: IncidentId,
    /// Whether it is meant.
    pub kind: Kind,
    /// 1 to 4.
    pub level: u8,
    /// Who declares.
    pub by: PersonId,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeclaredOutcome {
    /// The incident begins.
    New(Incident),
    /// The same press came before.
    Already(Incident),
}

/// Declares an incident.
///
/// # Errors
/// Refused without a plan or level, or when the form's id stands for another declaration.
pub async fn declare(
    db: &Db,
    declaration: Declaration,
    now: OffsetDateTime,
) -> ActionResult<DeclaredOutcome> {
    let declared = db.transaction(DEADLINE, async |conn| {
        if let Some(incident) = store::incidents::lock(conn, declaration.id).await? {
            return again(conn, declaration, incident).await;
        }
        let revision = store::plans::current(conn).await?.ok_or_else(|| {
            ActionError::refused("there is no plan yet; import one first, then declare")
        })?;
        let incident = draft(declaration, &revision, now)?;
        if store::incidents::insert(conn, &incident).await? {
            limits::take(conn, DECLARE, declaration.by.0.as_bytes(), now).await?;
            begin(conn, &incident, &revision.plan, now).await?;
            return Ok(DeclaredOutcome::New(incident));
        }
        let other = store::incidents::lock(conn, declaration.id).await?;
        again(conn, declaration, other.ok_or(ActionError::NotFound("incident"))?).await
    });
    let declared = declared.await?;
    fail::point("declare.committed").await?;
    Ok(declared)
}

fn draft(
    declaration: Declaration,
    revision: &Revision,
    now: OffsetDateTime,
) -> ActionResult<Incident> {
    let Declaration { id, kind, level, by } = declaration;
    if revision.plan.level(level).is_none() {
        return Err(ActionError::refused(format!("the plan has no level {level}; choose another")));
    }
    let zone = revision.plan.document.zone();
    let title = format!("Unnamed, {}", zone.bare_clock(now));
    Ok(Incident::declared(Draft { id, kind, level, revision: revision.number, title, by }, now))
}

async fn begin(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    now: OffsetDateTime,
) -> ActionResult<()> {
    store::streams::create(conn, incident.stream(), "incident").await?;
    fail::point("declare.begun").await?;
    let send_at = incident.held_until.unwrap_or(now);
    let roles = plan.level(incident.level).map_or(&[][..], |level| &level.pages);
    let begun = paging::begin(conn, incident, plan, roles, send_at, now).await?;
    fail::point("declare.paged").await?;
    if incident.level >= FIRST_PUBLIC_LEVEL {
        publishing::plan_first_words(conn, incident, plan, send_at).await?;
    }
    fail::point("declare.planned_words").await?;
    clock::set_all(conn, incident, plan, Change::Began, send_at).await?;
    fail::point("declare.clocks").await?;
    if !incident.is_drill() {
        sites::wake(conn).await?; // agents put proofs off
    }
    let body = Body::words(words(incident, &begun)).with("level", incident.level);
    let actor = Actor::Person(incident.declared_by);
    timeline::say(conn, incident, EntryKind::Declared, actor, body, now).await?;
    fail::point("declare.said").await?;
    Ok(())
}

async fn again(
    conn: &mut PgConnection,
    declaration: Declaration,
    incident: Incident,
) -> ActionResult<DeclaredOutcome> {
    let first = store::streams::after(conn, incident.stream(), 0, 1).await?;
    let level = first
        .first()
        .and_then(|entry| entry.content.as_ref())
        .and_then(|content| Body::from_json(&content.text).ok())
        .and_then(|body| body.about.get("level").cloned());
    let same = incident.kind == declaration.kind
        && incident.declared_by == declaration.by
        && level.is_none_or(|level| level == declaration.level.to_string());
    if same {
        return Ok(DeclaredOutcome::Already(incident));
    }
    Err(ActionError::refused(
        "this form has declared another incident already; open Declare again for a new one",
    ))
}

fn words(incident: &Incident, begun: &Begun) -> String {
    let what = if incident.is_drill() { "DRILL: Declared" } else { "Declared" };
    let paged = paged(begun, incident.held_until.is_some());
    format!("{what} level {} by plan revision {}. {paged}", incident.level, incident.revision)
}

/// Who is paged, and which roles are empty: `Pages 9 people after 10 s; nobody holds Words.`
pub(super) fn paged(begun: &Begun, held: bool) -> String {
    let people = match begun.people.len() {
        0 => "nobody".to_owned(),
        1 => "1 person".to_owned(),
        n => format!("{n} people"),
    };
    let mut words = format!("Pages {people}");
    if held {
        words.push_str(&format!(" after {} s", HOLD.whole_seconds()));
    }
    if !begun.empty.is_empty() {
        words.push_str(&format!("; nobody holds {}", begun.empty.join(", ")));
    }
    words.push('.');
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_says_who_is_paged_and_which_roles_are_empty() {
        let begun = Begun { people: vec!["Ada".to_owned()], empty: vec!["Words".to_owned()] };

        assert_eq!(paged(&begun, true), "Pages 1 person after 10 s; nobody holds Words.");
        assert_eq!(paged(&Begun::default(), false), "Pages nobody.");
    }
}
