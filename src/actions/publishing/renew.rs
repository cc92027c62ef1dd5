//! From rows to the page that is served.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::{ActionResult, DEADLINE};
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::id::IncidentId;
use crate::domain::plan::document::Plan;
use crate::publish::{Component, Ended, Open, Post, PublishError, Published, State, View, render};
use crate::store;
use crate::store::StoreResult;
use crate::store::public::PublicIncident;

/// How many ended incidents, and how many posts of each open one, the page shows.
const SHOWN: i64 = 20;

/// Whether the public view changed since the page was made.
pub async fn is_stale(db: &Db, published: &Published) -> ActionResult<bool> {
    db.transaction(DEADLINE, async |conn| {
        let version = store::public::version(conn).await?;
        Ok(published.pages().version != Some(version))
    })
    .await
}

/// Reads what is public and makes the page anew. The inner fault is the page's or its folder's.
pub async fn renew(
    db: &Db,
    published: &Published,
    now: OffsetDateTime,
) -> ActionResult<Result<(), PublishError>> {
    let (version, view) = db
        .transaction(DEADLINE, async |conn| -> ActionResult<_> {
            let version = store::public::version(conn).await?;
            Ok((version, view(conn).await?))
        })
        .await?;
    Ok(match render(&view, version, now) {
        Ok(pages) => published.put(pages).await,
        Err(fault) => Err(fault),
    })
}

async fn view(conn: &mut PgConnection) -> StoreResult<View> {
    let mut view = View::empty();
    if let Some(revision) = store::plans::current(conn).await? {
        let states = store::public::components(conn).await?;
        view.organisation.clone_from(&revision.plan.document.organisation);
        view.hotline.clone_from(&revision.plan.document.hotline);
        view.zone = Zone::parse(&revision.plan.document.zone).unwrap_or_else(|_| Zone::utc());
        view.components = components(&revision.plan, &states);
    }
    for incident in store::public::incidents(conn, SHOWN).await? {
        match incident.ended_at {
            Some(ended_at) => {
                view.before.push(Ended { title: incident.title, since: incident.since, ended_at });
            }
            None => view.open.push(open(conn, incident).await?),
        }
    }
    Ok(view)
}

fn components(plan: &Plan, states: &[(String, String)]) -> Vec<Component> {
    let public = plan.component.iter().filter(|component| component.public);
    let shown = public.map(|component| {
        let own = states.iter().filter(|(key, _)| *key == component.key);
        let state = own.map(|(_, state)| State::named(state)).max().unwrap_or(State::Working);
        Component { name: component.name.clone(), state }
    });
    shown.collect()
}

async fn open(conn: &mut PgConnection, incident: PublicIncident) -> StoreResult<Open> {
    let posts = store::public::posts(conn, IncidentId(incident.id), SHOWN).await?;
    Ok(Open {
        title: incident.title,
        since: incident.since,
        next_by: incident.next_by,
        posts: posts.into_iter().map(|post| Post { words: post.words, at: post.at }).collect(),
    })
}
