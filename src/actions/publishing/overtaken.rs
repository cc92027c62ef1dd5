//! What others have marked while somebody wrote for the public.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::Update;
use super::desk::Desk;
use crate::actions::overtaken::{NEWEST, told};
use crate::actions::{ActionResult, Wrong};
use crate::store;

/// What others have marked since the form was drawn, beside the states that it says.
pub(super) async fn states(
    conn: &mut PgConnection,
    desk: &Desk,
    update: &Update,
    now: OffsetDateTime,
) -> ActionResult<Option<Wrong>> {
    let mut words = Vec::new();
    for (component, state) in update.overtaken(desk) {
        let (name, state) = (&component.name, state.name());
        let by = who_changed(conn, desk, &component.key, now).await?;
        words.push(match by {
            Some(by) => format!("{name}: {state} now. {by}."),
            None => format!("{name}: {state} now, changed while this was written."),
        });
    }
    let words = words.join(" ");
    Ok((!words.is_empty()).then(|| Wrong { field: "seen", words: words + " Read it, then go on." }))
}

/// The entry that was written with the last change of a component's state.
async fn who_changed(
    conn: &mut PgConnection,
    desk: &Desk,
    key: &str,
    now: OffsetDateTime,
) -> ActionResult<Option<String>> {
    let at = store::public::state_changed_at(conn, desk.incident.id, key).await?;
    let stream = desk.incident.stream();
    let records = store::streams::newest(conn, stream, None, NEWEST).await?;
    match records.iter().find(|record| Some(record.occurred_at) == at) {
        Some(record) => {
            let did = "changed it while this was written";
            told(conn, record, did, &desk.zone(), now).await.map(Some)
        }
        None => Ok(None),
    }
}
