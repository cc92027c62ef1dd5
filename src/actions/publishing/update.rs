//! A person publishes words.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::{ActionError, ActionResult, DEADLINE, timeline};
use super::{framed, pinned, sync, words};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::Incident;
use crate::domain::plan::document::{Mark, Plan};
use crate::domain::rights::Right;
use crate::domain::timeline::{Actor, Kind};
use crate::store;
use crate::store::public::NewPost;

/// The most that one update may say, in characters.
const LONGEST: usize = 4_000;

/// What was written for the public.
#[derive(Debug, Clone)]
pub struct UpdateForm {
    /// Identity of the post; the form carries it.
    pub id: Uuid,
    /// The words.
    pub words: String,
    /// When the next word comes, if that is promised.
    pub next_by: Option<OffsetDateTime>,
}

/// Publishes words on an incident. A second press changes nothing.
pub async fn update(
    db: &Db,
    incident: IncidentId,
    form: &UpdateForm,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    check(form, now)?;
    db.transaction(DEADLINE, async |conn| {
        let incident = store::incidents::lock(conn, incident).await?;
        let incident = incident.ok_or(ActionError::NotFound("incident"))?;
        let plan = pinned(conn, &incident).await?;
        allowed(conn, &incident, &plan, by).await?;
        publish(conn, &incident, &plan, form, by, now).await
    })
    .await
}

fn check(form: &UpdateForm, now: OffsetDateTime) -> ActionResult<()> {
    if form.words.trim().is_empty() {
        return Err(ActionError::wrong("words", "write what the public is to read"));
    }
    if form.words.chars().count() > LONGEST {
        return Err(ActionError::wrong("words", format!("at most {LONGEST} characters")));
    }
    if form.words.contains('\0') {
        return Err(ActionError::wrong("words", "a character in it can't be stored"));
    }
    if form.next_by.is_some_and(|at| at <= now) {
        return Err(ActionError::wrong("next_by", "the next word must lie ahead"));
    }
    Ok(())
}

/// Who commands, or holds the duty marked `words`.
pub(in crate::actions) async fn allowed(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    by: PersonId,
) -> ActionResult<()> {
    let account = store::accounts::find(conn, by).await?;
    let account = account.filter(|account| account.disabled_at.is_none());
    if account.is_some_and(|account| account.rights.allow(Right::Command)) {
        return Ok(());
    }
    let Some(role) = plan.marked(Mark::Words) else { return Err(denied("who commands")) };
    if store::public::has_duty(conn, incident.id, &role.key, by).await? {
        return Ok(());
    }
    Err(denied(&role.name))
}

fn denied(who: &str) -> ActionError {
    ActionError::NotAllowed(format!(
        "publishing needs the right “command” or the role {who}; ask the commander for it"
    ))
}

async fn publish(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    form: &UpdateForm,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    if incident.is_drill() {
        return Err(ActionError::refused("a drill publishes nothing; this is a preview"));
    }
    let words = form.words.trim();
    let post = NewPost { id: form.id, incident: incident.id, words, at: now, author: Some(by) };
    if store::public::is_same_post(conn, &post).await? {
        return Ok(());
    }
    if !incident.is_open() {
        return Err(ActionError::refused("the incident is over; reopen it to publish"));
    }
    if incident.is_held(now) {
        return Err(ActionError::refused("sending is still held; publish when the hold is over"));
    }
    let title = words::title(incident, plan);
    store::public::open(conn, incident.id, &title, incident.impact_start).await?;
    if !store::public::add_post(conn, &post).await? {
        return Err(ActionError::refused("other words stand under this form; open it anew"));
    }
    store::public::promise(conn, incident.id, form.next_by).await?;
    sync(conn, incident, plan, now).await?;
    store::public::changed(conn).await?;
    timeline::say(conn, incident, Kind::Public, Actor::Person(by), framed(words), now).await?;
    Ok(())
}
