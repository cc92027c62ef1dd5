//! A person publishes words, or looks at what the public would read.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::{ActionError, ActionResult, DEADLINE, entries, incidents, paging, tellings};
use super::desk::{self, Desk};
use super::{Update, framed, overtaken, publish, renew, sent_otherwise, show, states};
use crate::db::Db;
use crate::domain::id::{EntryId, IncidentId, PersonId};
use crate::domain::incident::{Incident, Prepared};
use crate::domain::plan::document::Plan;
use crate::domain::timeline::{Body, Kind};
use crate::publish::{State, View};
use crate::store;
use crate::store::public::{Disturbed, NewPost, PublicIncident, PublicPost};

/// Publishes words on an incident; a second press changes nothing. Of a drill they are only
/// written down.
///
/// # Errors
/// Not allowed without right or duty; invalid where a field is, or when somebody else published
/// meanwhile; refused while sending is held, or when the public never read of what is over.
pub async fn update(
    db: &Db,
    id: IncidentId,
    update: Update,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let update = update.clean();
    db.transaction(DEADLINE, async |conn| {
        let (incident, plan) = incidents::lock(conn, id).await?;
        if was_sent(conn, &incident, &update, by).await? {
            return Ok(());
        }
        let digest = update.digest();
        let (desk, ready) = ready(conn, (incident, plan), update, by, now).await?;
        if desk.incident.is_drill() {
            return practise(conn, &desk.incident, &ready, by, now).await;
        }
        if desk.incident.is_held(now) {
            return Err(ActionError::refused("sending is still held; publish when that is over"));
        }
        say(conn, &desk, &ready, &digest, by, now).await
    })
    .await
}

/// What the public would read, had the update gone out. Changes nothing.
///
/// # Errors
/// As [`update`], but for the hold.
pub async fn look(
    db: &Db,
    id: IncidentId,
    update: Update,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<View> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let pinned = incidents::read(conn, id).await?;
        let (desk, ready) = ready(conn, pinned, update.clean(), by, now).await?;
        imagine(conn, &desk, ready, by, now).await
    })
    .await
}

/// Whether the same press came before. Another one under its identity is refused.
async fn was_sent(
    conn: &mut PgConnection,
    incident: &Incident,
    update: &Update,
    by: PersonId,
) -> ActionResult<bool> {
    let Some(old) = store::public::find_post(conn, update.id).await? else {
        let entry = store::streams::find(conn, EntryId(update.id)).await?;
        return if entry.is_some() && !incident.is_drill() {
            Err(sent_otherwise())
        } else {
            Ok(false)
        };
    };
    let same = old.incident == incident.id.0
        && old.author == Some(by.0)
        && old.digest.as_deref() == Some(&update.digest());
    if same { Ok(true) } else { Err(sent_otherwise()) }
}

async fn ready(
    conn: &mut PgConnection,
    (incident, plan): (Incident, Plan),
    update: Update,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<(Desk, Update)> {
    let desk = desk::read(conn, incident, plan, by).await?;
    if let Some(why) = &desk.denied {
        return Err(ActionError::NotAllowed(why.clone()));
    }
    if !desk.incident.is_open() && desk.shown.is_none() && !desk.incident.is_drill() {
        return Err(ActionError::refused("it is over, and the public never read of it"));
    }
    let overtaken = overtaken::states(conn, &desk, &update, now).await?;
    let ready = update.ready(&desk, overtaken, now)?;
    Ok((desk, ready))
}

async fn say(
    conn: &mut PgConnection,
    desk: &Desk,
    update: &Update,
    digest: &[u8],
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let incident = &desk.incident;
    show(conn, incident, &update.title, update.next_by).await?;
    if update.title != Prepared::new(incident, &desk.plan, now).title() {
        let renamed = Incident { public_title: update.title.clone(), ..incident.clone() };
        store::incidents::update(conn, &renamed).await?;
    }
    states::choose(conn, incident, &update.states, now).await?;
    if incident.is_open() {
        tellings::public_told(conn, incident, update.next_by, now).await?;
    }
    paging::active(conn, incident, by, now).await?;
    let post = NewPost {
        id: update.id,
        incident: incident.id,
        words: &update.words,
        at: now,
        author: Some(by),
        corrects: update.corrects,
        digest: Some(digest),
    };
    publish(conn, incident, &post, said(desk, update), now).await
}

/// The entry: the words, and what else the public was told with them.
fn said(desk: &Desk, update: &Update) -> Body {
    let body = framed(&update.words).with("title", &update.title);
    let changed = update.states.iter().filter(|(key, state)| desk.states.get(*key) != Some(state));
    changed.fold(body, |body, (key, state)| body.with(&format!("component.{key}"), state.name()))
}

/// A drill's words go nowhere but to its own timeline.
async fn practise(
    conn: &mut PgConnection,
    incident: &Incident,
    update: &Update,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let text = format!("DRILL: {}", update.words);
    let readers = "would go to the status page; shown here only".to_owned();
    let body = Body { public: Some(readers), ..Body::words(&text) };
    let written = entries::Written { id: EntryId(update.id), text, occurred_at: None };
    let new = store::streams::find(conn, written.id).await?.is_none();
    if new && incident.is_open() {
        tellings::public_told(conn, incident, update.next_by, now).await?;
    }
    entries::append(conn, incident, Kind::Public, &written, &body, by, now).await?;
    Ok(())
}

/// The public view as it would be, of this incident alone.
async fn imagine(
    conn: &mut PgConnection,
    desk: &Desk,
    update: Update,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<View> {
    let id = desk.incident.id.0;
    let mut view = renew::view(conn, now).await?;
    let mut disturbed = store::public::components(conn).await?;
    disturbed.retain(|one| one.incident != Some(id) || !update.states.contains_key(&one.key));
    let chosen = update.states.iter().filter(|(_, state)| **state != State::Working);
    disturbed.extend(chosen.map(|(key, state)| Disturbed {
        key: key.clone(),
        state: state.name().to_owned(),
        incident: Some(id),
    }));
    for component in &mut view.components {
        component.state = renew::worst(&disturbed, &component.key);
    }
    let row = PublicIncident {
        id,
        number: desk.shown.as_ref().map_or(0, |shown| shown.number),
        title: update.title,
        since: desk.incident.impact_start,
        ended_at: desk.incident.ended_at,
        next_by: update.next_by,
    };
    let mut said = vec![new_post(update.id, id, update.words, update.corrects, by, now)];
    said.extend(desk.said.iter().map(|said| said.post.clone()));
    let incident = renew::incident(row, &said);
    (view.open, view.before) = match incident.ended_at {
        None => (vec![incident], Vec::new()),
        Some(_) => (Vec::new(), vec![incident]),
    };
    Ok(view)
}

fn new_post(
    id: Uuid,
    incident: Uuid,
    words: String,
    corrects: Option<Uuid>,
    by: PersonId,
    at: OffsetDateTime,
) -> PublicPost {
    PublicPost { id, incident, words, at, author: Some(by.0), corrects, digest: None }
}
