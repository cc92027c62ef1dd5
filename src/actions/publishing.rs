//! Words for the public.

mod desk;
mod form;
mod merge;
mod overtaken;
mod renew;
mod states;
mod update;

pub use desk::{Desk, Said, Start, desk};
pub use form::Update;
pub(super) use merge::{merged, unmerged};
pub use renew::{is_stale, renew};
pub use update::{look, update};

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{ActionError, ActionResult, tellings, timeline};
use crate::domain::clocks::{Clock, Kind as ClockKind};
use crate::domain::id::{EntryId, PersonId};
use crate::domain::incident::{Incident, Next, Phase, Prepared, word_every};
use crate::domain::plan::document::Plan;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;
use crate::store::public::NewPost;

/// Plans the plan's first words for the moment the hold is over. A drill publishes nothing.
pub(super) async fn plan_first_words(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    at: OffsetDateTime,
) -> ActionResult<()> {
    if incident.is_drill() || Prepared::new(incident, plan, at).template().is_none() {
        return Ok(());
    }
    let clock = Clock {
        incident: incident.id,
        kind: ClockKind::Publish,
        key: String::new(),
        generation: 0,
        due_at: at,
    };
    Ok(store::clocks::set(conn, &clock).await?)
}

/// What was planned and did not go out yet never will.
pub(super) async fn withdraw(conn: &mut PgConnection, incident: &Incident) -> ActionResult<()> {
    Ok(store::clocks::cancel(conn, incident.id, ClockKind::Publish).await?)
}

/// The hold is over: publishes the plan's first words.
pub(super) async fn first_words(
    conn: &mut PgConnection,
    clock: &Clock,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let Some(incident) = store::incidents::lock(conn, clock.incident).await? else { return Ok(()) };
    let shown = store::public::find(conn, incident.id).await?.is_some();
    if incident.is_drill() || !incident.is_open() || shown {
        return Ok(());
    }
    let plan = pinned(conn, &incident).await?;
    let next_by = word_every(&plan, incident.level).map(|every| now + every);
    let next = next_by.map_or(Next::WhenNews, Next::By);
    let prepared = Prepared::new(&incident, &plan, now).next(next);
    let Some(template) = prepared.template() else { return Ok(()) };
    let words = prepared.fill_alone(&template.body);
    if words.is_empty() {
        return Ok(());
    }
    show(conn, &incident, prepared.title(), next_by).await?;
    states::follow_all(conn, &incident, &plan, now).await?;
    tellings::public_told(conn, &incident, next_by, now).await?;
    say(conn, &incident, &words, now).await
}

/// Brings what the public is told of components in line with what was just marked.
pub(super) async fn components_changed(
    conn: &mut PgConnection,
    incident: &Incident,
    key: &str,
    now: OffsetDateTime,
) -> ActionResult<()> {
    if incident.is_drill() || store::public::find(conn, incident.id).await?.is_none() {
        return Ok(());
    }
    let plan = pinned(conn, incident).await?;
    states::follow(conn, incident, &plan, key, now).await?;
    Ok(store::public::changed(conn).await?)
}

/// The incident is over, or goes on again: the public page says so.
pub(super) async fn phase_changed(
    conn: &mut PgConnection,
    incident: &Incident,
    now: OffsetDateTime,
) -> ActionResult<()> {
    if incident.is_drill() {
        return Ok(());
    }
    if !incident.is_open() {
        withdraw(conn, incident).await?;
    }
    let Some(shown) = store::public::find(conn, incident.id).await? else { return Ok(()) };
    let words = match (incident.phase, shown.ended_at.is_some()) {
        (Phase::Closed, false) => "This incident is over.",
        (Phase::FalseAlarm, false) => "This was a false alarm: nothing was wrong.",
        (Phase::Declared | Phase::Recovering | Phase::Stable, true) => {
            "This incident is open again."
        }
        _ => return Ok(()),
    };
    store::public::set_ended(conn, incident.id, incident.ended_at).await?;
    let plan = pinned(conn, incident).await?;
    states::follow_all(conn, incident, &plan, now).await?;
    store::public::set_void(conn, incident.id, incident.phase == Phase::FalseAlarm).await?;
    say(conn, incident, words, now).await
}

/// The public title, or since when it lasts, was changed: whoever reads of it reads it so.
pub(super) async fn renamed(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let Some(shown) = store::public::find(conn, incident.id).await? else { return Ok(()) };
    show(conn, incident, Prepared::new(incident, plan, now).title(), shown.next_by).await?;
    Ok(store::public::changed(conn).await?)
}

/// Whether this person may speak to the public.
///
/// # Errors
/// Not allowed, with who may.
pub(super) async fn allowed(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    by: PersonId,
) -> ActionResult<()> {
    match desk::denied(conn, incident, plan, by).await? {
        Some(why) => Err(ActionError::NotAllowed(why)),
        None => Ok(()),
    }
}

/// The revision that the incident pins.
async fn pinned(conn: &mut PgConnection, incident: &Incident) -> ActionResult<Plan> {
    let revision = store::plans::find(conn, incident.revision).await?;
    Ok(revision.ok_or(ActionError::NotFound("plan"))?.plan)
}

/// Shows an incident under this title, whether or not the public knew it.
async fn show(
    conn: &mut PgConnection,
    incident: &Incident,
    title: &str,
    next_by: Option<OffsetDateTime>,
) -> ActionResult<()> {
    if store::public::find(conn, incident.id).await?.is_none() {
        store::public::open(conn, incident.id, title, incident.impact_start).await?;
    }
    let called = (title, incident.impact_start);
    Ok(store::public::describe(conn, incident.id, called, next_by).await?)
}

/// Publishes words of Muster's own, and says so on the timeline.
async fn say(
    conn: &mut PgConnection,
    incident: &Incident,
    words: &str,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let post = NewPost {
        id: EntryId::new(now).0,
        incident: incident.id,
        words,
        at: now,
        author: None,
        corrects: None,
        digest: None,
    };
    publish(conn, incident, &post, framed(words), now).await
}

/// Keeps a post, tells every replica, and writes it down under the same identity.
async fn publish(
    conn: &mut PgConnection,
    incident: &Incident,
    post: &NewPost<'_>,
    body: Body,
    now: OffsetDateTime,
) -> ActionResult<()> {
    if !store::public::add_post(conn, post).await? {
        return Err(sent_otherwise());
    }
    store::public::changed(conn).await?;
    let actor = post.author.map_or(Actor::System, Actor::Person);
    let body = Body { corrects: entry_of(conn, post.corrects).await?, ..body };
    let id = EntryId(post.id);
    timeline::say_as(conn, incident, (id, Kind::Public), actor, body, now).await?;
    Ok(())
}

/// The number of the entry that a post stands in.
async fn entry_of(conn: &mut PgConnection, post: Option<Uuid>) -> ActionResult<Option<i64>> {
    let Some(post) = post else { return Ok(None) };
    Ok(store::streams::find(conn, EntryId(post)).await?.map(|entry| entry.seq))
}

/// An entry of words that the public reads.
fn framed(words: &str) -> Body {
    Body { public: Some("status page".to_owned()), ..Body::words(words) }
}

fn sent_otherwise() -> ActionError {
    ActionError::refused("this form was sent before with other words; open it again")
}
