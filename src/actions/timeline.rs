//! Writing entries, inside the transaction of the deed that they tell of.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::ActionResult;
use super::sessions::SignedIn;
use crate::domain::id::EntryId;
use crate::domain::incident::Incident;
use crate::domain::timeline::{Actor, Body, Entry, Kind};
use crate::store;
use crate::store::streams::Note;

/// Says on an incident's timeline what was done. Last in its transaction: it locks the stream.
pub(crate) async fn say(
    conn: &mut PgConnection,
    incident: &Incident,
    kind: Kind,
    actor: Actor,
    body: Body,
    now: OffsetDateTime,
) -> ActionResult<Entry> {
    let note = Note::new(kind, actor, body, now);
    Ok(store::streams::append(conn, incident.stream(), &note, now).await?)
}

/// Says so under an identity that something else has, too, such as a published post.
pub(crate) async fn say_as(
    conn: &mut PgConnection,
    incident: &Incident,
    (id, kind): (EntryId, Kind),
    actor: Actor,
    body: Body,
    now: OffsetDateTime,
) -> ActionResult<Entry> {
    let note = Note { id, ..Note::new(kind, actor, body, now) };
    Ok(store::streams::append(conn, incident.stream(), &note, now).await?)
}

/// Says in the installation's own stream what was done: the audit log. After any incident's entry.
pub(crate) async fn log(
    conn: &mut PgConnection,
    kind: Kind,
    actor: Actor,
    body: Body,
    now: OffsetDateTime,
) -> ActionResult<Entry> {
    let stream = store::streams::installation(conn).await?;
    let note = Note::new(kind, actor, body, now);
    Ok(store::streams::append(conn, stream, &note, now).await?)
}

/// Says there what somebody who is signed in did.
pub(crate) async fn tell(
    conn: &mut PgConnection,
    kind: Kind,
    by: &SignedIn,
    words: String,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let actor = Actor::Person(by.person);
    log(conn, kind, actor, Body::words(words), now).await.map(drop)
}
