//! Writing entries, inside the transaction of the deed that they tell of.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::ActionResult;
use crate::domain::timeline::{Actor, Body, Entry, Kind};
use crate::store;
use crate::store::streams::Note;

/// Says in the installation's own stream what was done: the audit log. Last in its transaction,
/// after any incident's entry, for it locks the stream.
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
