//! What a second writer is told of the first: who changed it, when, and in which words.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::letters::zone_of;
use super::sessions::SignedIn;
use super::{ActionError, ActionResult};
use crate::domain::civil::Zone;
use crate::domain::timeline::{Actor, Body, Kind, Record};
use crate::store;

/// The newest entries among which the first's change is looked for.
pub(super) const NEWEST: i64 = 100;

/// The refusal of a form that was drawn before somebody else's change.
pub(super) async fn refusal(
    conn: &mut PgConnection,
    kind: Kind,
    facts: &[(&str, String)],
    reader: &SignedIn,
    now: OffsetDateTime,
) -> ActionResult<ActionError> {
    let first = by_whom(conn, kind, facts, reader, now).await?;
    let words = format!("{first}. Look at what stands now, then press again");
    Ok(ActionError::Refused(words))
}

/// Who changed what a form was drawn from, as the installation's stream has it: the newest entry
/// of this kind that has these facts.
pub(super) async fn by_whom(
    conn: &mut PgConnection,
    kind: Kind,
    facts: &[(&str, String)],
    reader: &SignedIn,
    now: OffsetDateTime,
) -> ActionResult<String> {
    let stream = store::streams::installation(conn).await?;
    let records = store::streams::newest_of_kind(conn, stream, kind, NEWEST).await?;
    let has_all = |record: &&Record| {
        let about = body(record).map(|body| body.about).unwrap_or_default();
        facts.iter().all(|(name, value)| about.get(*name) == Some(value))
    };
    let Some(found) = records.iter().find(has_all) else {
        return Ok("Somebody changed this in between".to_owned());
    };
    let plan = store::plans::current(conn).await?.map(|revision| revision.plan.document);
    let zone = zone_of(&reader.zone, plan.as_ref());
    told(conn, found, "changed this in between", &zone, now).await
}

/// An entry as a second writer is told of it: who did what, when, and its own words.
pub(super) async fn told(
    conn: &mut PgConnection,
    record: &Record,
    did: &str,
    zone: &Zone,
    now: OffsetDateTime,
) -> ActionResult<String> {
    let actor = record.actor.parse::<Actor>().ok().and_then(|actor| actor.person());
    let person = match actor {
        Some(person) => store::people::find(conn, person).await?,
        None => None,
    };
    let who = person.map_or_else(|| "Muster".to_owned(), |person| person.name);
    let at = zone.when(record.recorded_at, now);
    let text = body(record).map(|body| body.text).unwrap_or_default();
    Ok(format!("{who} {did}, {at}: “{}”", text.trim_end_matches('.')))
}

fn body(record: &Record) -> Option<Body> {
    Body::from_json(&record.content.as_ref()?.text).ok()
}
