//! Reading a timeline: a page of it, what is new, whether it is whole, and all of it to take away.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sqlx::PgConnection;

use super::verify::{Standing, stand};
use super::{ActionError, ActionResult, DEADLINE, incidents};
use crate::db::Db;
use crate::domain::id::{IncidentId, PersonId, StreamId};
use crate::domain::incident::Incident;
use crate::domain::plan::document::Plan;
use crate::domain::timeline::export::{SignedHead, entry_line, head_line};
use crate::domain::timeline::{Body, Expected, Head, Kind, Record, head_bytes};
use crate::secrets::KeyRing;
use crate::store;
use crate::store::tasks::Task;

/// How long reading a whole timeline may take.
const LONG: Duration = Duration::from_secs(20);
const BATCH: i64 = 500;

/// What is known of an incident's timeline besides its entries.
#[derive(Debug, Clone)]
pub struct About {
    /// The incident.
    pub incident: Incident,
    /// The plan that it pins.
    pub plan: Plan,
    /// Where the timeline ends.
    pub head: Head,
    /// Whether it is whole.
    pub standing: Standing,
}

/// Entries, with what it takes to word them.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    /// The entries as they stand.
    pub records: Vec<Record>,
    /// The name of everybody on the roster.
    pub names: BTreeMap<PersonId, String>,
    /// Entries that a later one corrects, and its number.
    pub corrected: BTreeMap<i64, i64>,
    /// Tasks as they stand, by the number of the entry that gave them.
    pub tasks: BTreeMap<i64, Task>,
    /// The numbers of starred ones.
    pub stars: BTreeSet<i64>,
}

/// The newest `limit` entries below number `before`, newest first, and how the whole stands.
///
/// # Errors
/// Not found where there is no such incident.
pub async fn newest(
    db: &Db,
    id: IncidentId,
    before: Option<i64>,
    limit: i64,
) -> ActionResult<(About, Entries)> {
    db.transaction(LONG, async |conn| {
        store::snapshot::take(conn).await?;
        let about = read(conn, id).await?;
        let stream = about.incident.stream();
        let records = store::streams::newest(conn, stream, before, limit).await?;
        Ok((about, entries(conn, stream, records).await?))
    })
    .await
}

/// Up to `limit` entries after number `after`, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn after(db: &Db, stream: StreamId, after: i64, limit: i64) -> ActionResult<Entries> {
    db.transaction(DEADLINE, async |conn| {
        let records = store::streams::after(conn, stream, after, limit).await?;
        if records.is_empty() {
            return Ok(Entries::default());
        }
        entries(conn, stream, records).await
    })
    .await
}

/// The numbers of the starred entries of a stream.
///
/// # Errors
/// When the database does not answer.
pub async fn stars(db: &Db, stream: StreamId) -> ActionResult<BTreeSet<i64>> {
    let incident = IncidentId(stream.0);
    db.transaction(DEADLINE, async |conn| {
        Ok(store::stars::of(conn, incident).await?.into_iter().collect())
    })
    .await
}

/// One entry, with what it takes to word it.
///
/// # Errors
/// Not found where there is no such incident or entry.
pub async fn entry(db: &Db, id: IncidentId, seq: i64) -> ActionResult<(Incident, Plan, Entries)> {
    db.transaction(DEADLINE, async |conn| {
        let (incident, plan) = incidents::read(conn, id).await?;
        let stream = incident.stream();
        let mut records = store::streams::after(conn, stream, seq.saturating_sub(1), 1).await?;
        records.retain(|record| record.seq == seq);
        if records.is_empty() {
            return Err(ActionError::NotFound("entry"));
        }
        Ok((incident, plan, entries(conn, stream, records).await?))
    })
    .await
}

/// All entries of a kind, oldest first, with what it takes to word them.
///
/// # Errors
/// Not found where there is no such incident.
pub async fn of_kind(db: &Db, id: IncidentId, kind: Kind) -> ActionResult<Entries> {
    db.transaction(DEADLINE, async |conn| {
        let stream = find(conn, id).await?.stream();
        let records = store::streams::of_kind(conn, stream, kind).await?;
        entries(conn, stream, records).await
    })
    .await
}

/// Makes sure that there is such an incident.
///
/// # Errors
/// Not found where there is none.
pub async fn exists(db: &Db, id: IncidentId) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| find(conn, id).await.map(|_| ())).await
}

/// Reads the whole timeline and says how it stands.
///
/// # Errors
/// Not found where there is no such incident.
pub async fn about(db: &Db, id: IncidentId) -> ActionResult<About> {
    db.transaction(LONG, async |conn| {
        store::snapshot::take(conn).await?;
        read(conn, id).await
    })
    .await
}

/// The whole timeline as `docs/TIMELINE-FORMAT.md` has it, its head signed.
///
/// # Errors
/// Not found where there is no such incident.
pub async fn export(db: &Db, ring: &KeyRing, id: IncidentId) -> ActionResult<String> {
    db.transaction(LONG, async |conn| {
        store::snapshot::take(conn).await?;
        let stream = find(conn, id).await?.stream();
        let head = store::streams::head(conn, stream).await?;
        let head = head.ok_or(ActionError::NotFound("timeline"))?;
        let (key, signature) =
            (ring.head_key_public().to_vec(), ring.sign_head(&head_bytes(stream, head)));
        let mut text = head_line(&SignedHead { stream, head, key, signature });
        text.push('\n');
        write_entries(conn, stream, &mut text).await?;
        Ok(text)
    })
    .await
}

async fn write_entries(
    conn: &mut PgConnection,
    stream: StreamId,
    text: &mut String,
) -> ActionResult<()> {
    let mut at = Head::START.seq;
    loop {
        let records = store::streams::after(conn, stream, at, BATCH).await?;
        let Some(last) = records.last() else { return Ok(()) };
        at = last.seq;
        for record in &records {
            text.push_str(&entry_line(record));
            text.push('\n');
        }
    }
}

async fn find(conn: &mut PgConnection, id: IncidentId) -> ActionResult<Incident> {
    store::incidents::find(conn, id).await?.ok_or(ActionError::NotFound("incident"))
}

async fn read(conn: &mut PgConnection, id: IncidentId) -> ActionResult<About> {
    let (incident, plan) = incidents::read(conn, id).await?;
    let stream = incident.stream();
    let head = store::streams::head(conn, stream).await?;
    let head = head.ok_or(ActionError::NotFound("timeline"))?;
    let expected = Expected { head: Some(head), seen: Vec::new() };
    let standing = stand(conn, stream, &expected).await?;
    Ok(About { incident, plan, head, standing })
}

/// Reads what it takes to word these entries of one stream.
pub(super) async fn entries(
    conn: &mut PgConnection,
    stream: StreamId,
    records: Vec<Record>,
) -> ActionResult<Entries> {
    let people = store::people::all(conn).await?;
    let names = people.into_iter().map(|person| (person.id, person.name)).collect();
    let corrections = store::streams::of_kind(conn, stream, Kind::Correction).await?;
    let corrects = |record: &Record| {
        let body = Body::from_json(&record.content.as_ref()?.text).ok()?;
        Some((body.corrects?, record.seq))
    };
    let corrected = corrections.iter().filter_map(corrects).collect();
    let tasks = store::tasks::of(conn, IncidentId(stream.0)).await?;
    let tasks = tasks.into_iter().map(|task| (task.entry_seq, task)).collect();
    let stars = store::stars::of(conn, IncidentId(stream.0)).await?.into_iter().collect();
    Ok(Entries { records, names, corrected, tasks, stars })
}
