//! Words for the public.

mod renew;
mod update;
mod words;

pub use renew::{is_stale, renew};
pub(super) use update::allowed;
pub use update::{UpdateForm, update};

use std::collections::BTreeMap;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{ActionError, ActionResult, timeline};
use crate::domain::clocks::{Clock, Kind as ClockKind};
use crate::domain::id::EntryId;
use crate::domain::incident::{Incident, Phase};
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
    if incident.is_drill() || words::template(incident, plan).is_none() {
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
    let Some(first) = words::first(&incident, &plan, now) else { return Ok(()) };
    store::public::open(conn, incident.id, &first.title, incident.impact_start).await?;
    store::public::promise(conn, incident.id, first.next_by).await?;
    sync(conn, &incident, &plan, now).await?;
    say(conn, &incident, &first.words, now).await
}

/// Brings the public states of components in line with what is affected.
pub(super) async fn components_changed(
    conn: &mut PgConnection,
    incident: &Incident,
    now: OffsetDateTime,
) -> ActionResult<()> {
    if incident.is_drill() || store::public::find(conn, incident.id).await?.is_none() {
        return Ok(());
    }
    let plan = pinned(conn, incident).await?;
    sync(conn, incident, &plan, now).await?;
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
    sync(conn, incident, &plan, now).await?;
    say(conn, incident, words, now).await
}

/// The public title was changed: whoever reads of it reads the new one.
pub(super) async fn renamed(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
) -> ActionResult<()> {
    if store::public::rename(conn, incident.id, &words::title(incident, plan)).await? {
        store::public::changed(conn).await?;
    }
    Ok(())
}

/// The revision that the incident pins.
async fn pinned(conn: &mut PgConnection, incident: &Incident) -> ActionResult<Plan> {
    let revision = store::plans::find(conn, incident.revision).await?;
    Ok(revision.ok_or(ActionError::NotFound("plan"))?.plan)
}

/// Publishes words of Muster's own, and says so on the timeline.
async fn say(
    conn: &mut PgConnection,
    incident: &Incident,
    words: &str,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let id = EntryId::new(now).0;
    let post = NewPost { id, incident: incident.id, words, at: now, author: None };
    store::public::add_post(conn, &post).await?;
    store::public::changed(conn).await?;
    timeline::say(conn, incident, Kind::Public, Actor::System, framed(words), now).await?;
    Ok(())
}

/// An entry of words that the public reads.
fn framed(words: &str) -> Body {
    Body { public: Some("status page".to_owned()), ..Body::words(words) }
}

async fn sync(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let affected = match incident.is_open() {
        true => store::public::affected(conn, incident.id).await?,
        false => Vec::new(),
    };
    let states = public_states(plan, &affected);
    let but: Vec<_> = states.iter().map(|(key, state)| format!("{key}:{state}")).collect();
    store::public::end_states(conn, incident.id, &but, now).await?;
    for (key, state) in states {
        store::public::start_state(conn, incident.id, (key, state), now).await?;
    }
    Ok(())
}

/// The public components among what is affected, each with its worst state.
fn public_states<'a>(
    plan: &'a Plan,
    affected: &'a [(String, String)],
) -> BTreeMap<&'a str, &'a str> {
    let mut states = BTreeMap::new();
    for (key, state) in affected {
        for component in reached(plan, key) {
            let public = plan.component(component).is_some_and(|component| component.public);
            if public && states.get(component) != Some(&"down") {
                states.insert(component, state.as_str());
            }
        }
    }
    states
}

fn reached<'a>(plan: &'a Plan, key: &'a str) -> Vec<&'a str> {
    match key.split_once('.') {
        Some(("component", key)) => vec![key],
        Some(("function", key)) => plan
            .function(key)
            .map(|function| function.components.iter().map(String::as_str).collect())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}
