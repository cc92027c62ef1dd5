//! Timers as rows; firing one is an update of its row, so it fires once.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{StoreError, StoreResult, corrupt};
use crate::domain::clocks::{Clock, Kind};
use crate::domain::id::IncidentId;

/// Sets a clock, or sets it anew.
pub async fn set(conn: &mut PgConnection, clock: &Clock) -> StoreResult<()> {
    sqlx::query!(
        "insert into clocks (incident, kind, key, generation, due_at) values ($1, $2, $3, $4, $5)
         on conflict (incident, kind, key, generation)
         do update set due_at = excluded.due_at, fired_at = null, done_at = null",
        clock.incident.0,
        clock.kind.name(),
        clock.key,
        clock.generation,
        clock.due_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The clocks of these kinds that are due, the longest overdue first.
pub async fn due(
    conn: &mut PgConnection,
    kinds: &[Kind],
    now: OffsetDateTime,
    limit: i64,
) -> StoreResult<Vec<Clock>> {
    let rows = sqlx::query_as!(
        Row,
        "select incident, kind, key, generation, due_at from clocks
         where fired_at is null and done_at is null and due_at <= $1 and kind = any($3)
         order by due_at, incident, key limit $2",
        now,
        limit,
        &names(kinds),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Clock::try_from).collect()
}

/// Marks a clock fired. False: it was, or is done.
pub async fn fire(
    conn: &mut PgConnection,
    clock: &Clock,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "update clocks set fired_at = $5
         where incident = $1 and kind = $2 and key = $3 and generation = $4
           and fired_at is null and done_at is null and due_at <= $5",
        clock.incident.0,
        clock.kind.name(),
        clock.key,
        clock.generation,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks all due clocks of one kind fired, and returns them.
pub async fn fire_all(
    conn: &mut PgConnection,
    incident: IncidentId,
    kind: Kind,
    now: OffsetDateTime,
) -> StoreResult<Vec<Clock>> {
    let rows = sqlx::query_as!(
        Row,
        "update clocks set fired_at = $3
         where incident = $1 and kind = $2 and fired_at is null and done_at is null
           and due_at <= $3
         returning incident, kind, key, generation, due_at",
        incident.0,
        kind.name(),
        now,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Clock::try_from).collect()
}

/// Ends the standing clocks of one kind with these keys.
pub async fn finish(
    conn: &mut PgConnection,
    incident: IncidentId,
    kind: Kind,
    keys: &[String],
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update clocks set done_at = $4
         where incident = $1 and kind = $2 and key = any($3) and done_at is null",
        incident.0,
        kind.name(),
        keys,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends all standing clocks of one kind.
pub async fn finish_all(
    conn: &mut PgConnection,
    incident: IncidentId,
    kind: Kind,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update clocks set done_at = $3 where incident = $1 and kind = $2 and done_at is null",
        incident.0,
        kind.name(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes back the incident's timers of that kind that did not fire.
pub async fn cancel(conn: &mut PgConnection, incident: IncidentId, kind: Kind) -> StoreResult<()> {
    sqlx::query!(
        "delete from clocks
         where incident = $1 and kind = $2 and fired_at is null and done_at is null",
        incident.0,
        kind.name(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Timers that have not ended, fired or not, first due first.
pub async fn open(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<Clock>> {
    let rows = sqlx::query_as!(
        Row,
        "select incident, kind, key, generation, due_at from clocks
         where incident = $1 and done_at is null and kind = any($2) order by due_at, kind, key",
        incident.0,
        &names(&Kind::ALL),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Clock::try_from).collect()
}

/// How many clocks of a kind and key there have been.
pub async fn turns(
    conn: &mut PgConnection,
    incident: IncidentId,
    kind: Kind,
    key: &str,
) -> StoreResult<i32> {
    let count = sqlx::query_scalar!(
        r#"select count(*)::int as "count!" from clocks
           where incident = $1 and kind = $2 and key = $3"#,
        incident.0,
        kind.name(),
        key,
    );
    Ok(count.fetch_one(conn).await?)
}

/// Only kinds that this release knows are asked for; those of a later one are left to it.
fn names(kinds: &[Kind]) -> Vec<String> {
    kinds.iter().map(|kind| kind.name().to_owned()).collect()
}

struct Row {
    incident: uuid::Uuid,
    kind: String,
    key: String,
    generation: i32,
    due_at: OffsetDateTime,
}

impl TryFrom<Row> for Clock {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Clock> {
        let kind = row.kind.parse().map_err(|error| corrupt("clocks", row.incident, error))?;
        Ok(Clock {
            incident: IncidentId(row.incident),
            kind,
            key: row.key,
            generation: row.generation,
            due_at: row.due_at,
        })
    }
}

/// Since when the clock waits that should have fired first.
pub async fn waits_since(
    conn: &mut PgConnection,
    now: OffsetDateTime,
) -> StoreResult<Option<OffsetDateTime>> {
    let since = sqlx::query_scalar!(
        "select min(due_at) from clocks
         where fired_at is null and done_at is null and due_at <= $1",
        now,
    );
    Ok(since.fetch_one(conn).await?)
}
