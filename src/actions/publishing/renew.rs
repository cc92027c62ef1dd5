//! From rows to the page that is served.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::super::{ActionResult, DEADLINE, quarantine};
use crate::db::Db;
use crate::publish::{
    Component, Disturbance, Incident, Post, PublishError, Published, State, View,
};
use crate::store;
use crate::store::StoreResult;
use crate::store::plans::Revision;
use crate::store::public::{Disturbed, PublicIncident, PublicPost};

/// How many ended incidents have a page.
const ENDED: i64 = 100;
/// How far back the history of components is read: somewhat more than it shows.
const PAST: Duration = Duration::days(400);

/// Whether the page says what is no longer true: because something was published, or because a
/// promise was broken.
pub async fn is_stale(db: &Db, published: &Published, now: OffsetDateTime) -> ActionResult<bool> {
    let site = published.site();
    if site.untrue_at.is_some_and(|at| at <= now) {
        return Ok(true);
    }
    db.transaction(DEADLINE, async |conn| {
        let version = store::public::version(conn).await?;
        Ok(site.version != Some(version))
    })
    .await
}

/// Reads what is public and makes the page anew. The inner fault is the page's or its folder's.
pub async fn renew(
    db: &Db,
    published: &Published,
    now: OffsetDateTime,
) -> ActionResult<Result<(), PublishError>> {
    let read = db
        .transaction(DEADLINE, async |conn| -> ActionResult<_> {
            if quarantine::is_on(conn).await? {
                return Ok(None);
            }
            let version = store::public::version(conn).await?;
            Ok(Some((version, view(conn, now).await?)))
        })
        .await?;
    let Some((version, view)) = read else { return Ok(Ok(())) };
    Ok(published.show(view, version, now).await)
}

/// All that the public sees now.
pub(super) async fn view(conn: &mut PgConnection, now: OffsetDateTime) -> StoreResult<View> {
    let mut view = View { identity: store::public::identity(conn).await?, ..View::empty() };
    if let Some(revision) = store::plans::current(conn).await? {
        view.organisation.clone_from(&revision.plan.document.organisation);
        view.hotline.clone_from(&revision.plan.document.hotline);
        view.zone = revision.plan.document.zone();
        view.components = components(conn, &revision, now).await?;
    }
    let incidents = store::public::incidents(conn, ENDED).await?;
    let ids: Vec<Uuid> = incidents.iter().map(|incident| incident.id).collect();
    let mut said: HashMap<Uuid, Vec<PublicPost>> = HashMap::new();
    for post in store::public::posts(conn, &ids).await? {
        said.entry(post.incident).or_default().push(post);
    }
    for row in incidents {
        let of = said.remove(&row.id).unwrap_or_default();
        let incident = incident(row, &of);
        let list = if incident.ended_at.is_some() { &mut view.before } else { &mut view.open };
        list.push(incident);
    }
    Ok(view)
}

/// The public components of the plan, each with its past. One that was noted by nobody is known
/// since the plan's revision.
async fn components(
    conn: &mut PgConnection,
    revision: &Revision,
    now: OffsetDateTime,
) -> StoreResult<Vec<Component>> {
    let disturbed = store::public::components(conn).await?;
    let known = store::public::known(conn).await?;
    let mut past: HashMap<String, Vec<Disturbance>> = HashMap::new();
    for row in store::public::past(conn, now - PAST).await? {
        let state = State::named(&row.state).unwrap_or(State::Down);
        let one = Disturbance { state, from: row.from_at, until: row.until_at };
        past.entry(row.key).or_default().push(one);
    }
    let public = revision.plan.component.iter().filter(|component| component.public);
    let shown = public.map(|component| Component {
        key: component.key.clone(),
        name: component.name.clone(),
        state: worst(&disturbed, &component.key),
        known_since: known.get(&component.key).copied().unwrap_or(revision.in_force_from),
        past: past.remove(&component.key).unwrap_or_default(),
    });
    Ok(shown.collect())
}

/// The worst state that an incident puts a component in.
pub(super) fn worst(disturbed: &[Disturbed], key: &str) -> State {
    let own = disturbed.iter().filter(|one| one.key == key);
    own.map(|one| State::named(&one.state).unwrap_or(State::Down)).max().unwrap_or(State::Working)
}

/// An incident with all that was said of it, newest first.
pub(super) fn incident(row: PublicIncident, said: &[PublicPost]) -> Incident {
    let number = |place: usize| said.len() - place;
    let place = |id: Uuid| said.iter().position(|post| post.id == id);
    let post = |(at, post): (usize, &PublicPost)| Post {
        number: number(at),
        words: post.words.clone(),
        at: post.at,
        corrects: post.corrects.and_then(place).map(number),
        corrected_at: said.iter().find(|later| later.corrects == Some(post.id)).map(|p| p.at),
    };
    Incident {
        number: row.number,
        title: row.title,
        since: row.since,
        ended_at: row.ended_at,
        next_by: row.next_by,
        posts: said.iter().enumerate().map(post).collect(),
    }
}
