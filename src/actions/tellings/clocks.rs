//! When each audience is due. The public, told by the status page, has the clock without a name.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::ActionResult;
use crate::domain::clocks::{Clock, Kind};
use crate::domain::id::IncidentId;
use crate::domain::incident::{Change, Incident, audiences, due, readers};
use crate::domain::plan::document::Plan;
use crate::store;

/// The key of the public's own clock.
pub(super) const PUBLIC: &str = "";

/// Sets whom the plan wants told at the incident's level, after something changed; first words are
/// due from `from` on. Audiences that are not to be told any more are let go.
pub(in crate::actions) async fn set(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    change: Change,
    from: OffsetDateTime,
) -> ActionResult<()> {
    let open = store::clocks::open(conn, incident.id).await?;
    let open: Vec<Clock> = open.into_iter().filter(|clock| clock.kind == Kind::Tell).collect();
    let standing = |key: &str| open.iter().find(|clock| clock.key == key);
    let told = store::tellings::of(conn, incident.id).await?;
    let public = public_due(conn, incident, plan, (change, standing(PUBLIC)), from).await?;
    let mut wanted = vec![(PUBLIC.to_owned(), public)];
    for row in audiences(plan, incident.level) {
        let all = told.iter().filter(|told| told.audience == row.audience);
        // newest first; what is still to come was told before the clock was set back
        let last = all.min_by_key(|told| told.told_at > from);
        let at = standing(&row.audience).map(|clock| clock.due_at);
        let next = due(&row, change.is_news(plan, &row), last.map(|told| told.told_at), at, from);
        wanted.push((row.audience, next));
    }
    let gone = |key: &String| !wanted.iter().any(|(other, due)| other == key && due.is_some());
    let gone: Vec<_> = open.iter().map(|clock| clock.key.clone()).filter(gone).collect();
    store::clocks::finish(conn, incident.id, Kind::Tell, &gone, from).await?;
    for (key, next) in wanted {
        let Some(due_at) = next else { continue };
        put(conn, incident, &key, standing(&key), due_at).await?;
    }
    Ok(())
}

/// When the public is due: what was promised to it, or sooner where there is news for it.
async fn public_due(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    (change, standing): (Change, Option<&Clock>),
    from: OffsetDateTime,
) -> ActionResult<Option<OffsetDateTime>> {
    let readers = readers(plan, incident.level);
    let promised = store::public::find(conn, incident.id).await?.and_then(|shown| shown.next_by);
    let told = store::clocks::turns(conn, incident.id, Kind::Tell, PUBLIC).await? > 0;
    let kept = !readers.is_empty() && (change != Change::Undone || promised.is_none());
    let standing = standing.filter(|_| kept).map(|clock| clock.due_at);
    let news = readers.iter().filter(|row| !told || change.is_news(plan, row));
    let first = news.map(|row| from + row.first_within.duration());
    Ok(first.chain(promised).chain(standing).min())
}

/// Another incident was merged into this one: whom it promised a word sooner hears it by then. Who
/// was told of this one already is due again by this one's own clock.
pub(in crate::actions) async fn take_over(
    conn: &mut PgConnection,
    (incident, plan): (&Incident, &Plan),
    other: IncidentId,
) -> ActionResult<()> {
    let own = store::clocks::open(conn, incident.id).await?;
    let rows = audiences(plan, incident.level);
    let wanted = |key: &str| key == PUBLIC || rows.iter().any(|row| row.audience == key);
    let theirs = store::clocks::open(conn, other).await?.into_iter();
    for clock in theirs.filter(|clock| clock.kind == Kind::Tell && wanted(&clock.key)) {
        let is_own = |one: &&Clock| one.kind == Kind::Tell && one.key == clock.key;
        let standing = own.iter().find(is_own);
        let sooner = match standing {
            Some(standing) => clock.due_at < standing.due_at,
            None => store::clocks::turns(conn, incident.id, Kind::Tell, &clock.key).await? == 0,
        };
        if sooner {
            put(conn, incident, &clock.key, standing, clock.due_at).await?;
        }
    }
    Ok(())
}

/// The public was told, by words that promise the next then.
pub(in crate::actions) async fn public_told(
    conn: &mut PgConnection,
    incident: &Incident,
    next_by: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> ActionResult<()> {
    again(conn, incident, PUBLIC, next_by, now).await
}

/// An audience was told; it is due again then, if at all.
pub(super) async fn again(
    conn: &mut PgConnection,
    incident: &Incident,
    key: &str,
    next: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> ActionResult<()> {
    store::clocks::finish(conn, incident.id, Kind::Tell, &[key.to_owned()], now).await?;
    match next {
        Some(due_at) => put(conn, incident, key, None, due_at).await,
        None => Ok(()),
    }
}

async fn put(
    conn: &mut PgConnection,
    incident: &Incident,
    key: &str,
    standing: Option<&Clock>,
    due_at: OffsetDateTime,
) -> ActionResult<()> {
    let generation = match standing {
        Some(clock) if clock.due_at == due_at => return Ok(()),
        Some(clock) => clock.generation,
        None => store::clocks::turns(conn, incident.id, Kind::Tell, key).await?,
    };
    let (incident, kind, key) = (incident.id, Kind::Tell, key.to_owned());
    Ok(store::clocks::set(conn, &Clock { incident, kind, key, generation, due_at }).await?)
}
