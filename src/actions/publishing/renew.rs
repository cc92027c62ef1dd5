//! From rows to the page that is served.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::{ActionResult, DEADLINE, quarantine};
use crate::db::Db;
use crate::domain::plan::document::Plan;
use crate::publish::{Component, Incident, Post, PublishError, Published, State, View, render};
use crate::store;
use crate::store::StoreResult;
use crate::store::public::{Disturbed, PublicIncident, PublicPost};

/// How many ended incidents the page shows.
const ENDED: i64 = 20;

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
            Ok(Some((version, view(conn).await?)))
        })
        .await?;
    let Some((version, view)) = read else { return Ok(Ok(())) };
    Ok(match render(&view, version, now) {
        Ok(site) => published.put(site).await,
        Err(fault) => Err(fault),
    })
}

/// All that the public sees now.
pub(super) async fn view(conn: &mut PgConnection) -> StoreResult<View> {
    let mut view = View::empty();
    if let Some(revision) = store::plans::current(conn).await? {
        let states = store::public::components(conn).await?;
        view.organisation.clone_from(&revision.plan.document.organisation);
        view.hotline.clone_from(&revision.plan.document.hotline);
        view.zone = revision.plan.document.zone();
        view.components = components(&revision.plan, &states);
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

/// The public components of a plan, each in the worst state that an incident puts it in.
pub(super) fn components(plan: &Plan, disturbed: &[Disturbed]) -> Vec<Component> {
    let public = plan.component.iter().filter(|component| component.public);
    let shown = public.map(|component| {
        let own = disturbed.iter().filter(|one| one.key == component.key);
        let state = own.map(|one| State::named(&one.state).unwrap_or(State::Down)).max();
        Component {
            key: component.key.clone(),
            name: component.name.clone(),
            state: state.unwrap_or(State::Working),
        }
    });
    shown.collect()
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
