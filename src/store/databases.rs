//! Databases that agents protect: how each was last seen, what would have been lost, and its proofs.

mod vigils;

use sqlx::PgConnection;
use sqlx::types::JsonValue;
use time::OffsetDateTime;
use uuid::Uuid;

pub use self::vigils::{fills, keep_fills, keep_vigil, told};
use self::vigils::{read_fills, read_told};
use super::{StoreResult, corrupt};
use crate::domain::agent::watched::Watched;
use crate::domain::id::SiteId;
use crate::domain::recovery::{Nearness, Vigil};

/// A database as it was last seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Database {
    /// Where it runs.
    pub site: SiteId,
    /// What that is called.
    pub site_name: String,
    /// When anything was last heard of its agent.
    pub heard_at: Option<OffsetDateTime>,
    /// How it stood.
    pub seen: Watched,
    /// Since when it has had a recovery point that opens.
    pub protected_since: Option<OffsetDateTime>,
    /// What was told of it.
    pub vigil: Vigil,
    /// What was told of its log, which fills its disk.
    pub fills: Nearness,
}

struct Row {
    site: Uuid,
    site_name: String,
    heard_at: Option<OffsetDateTime>,
    seen: JsonValue,
    protected_since: Option<OffsetDateTime>,
    over_since: Option<OffsetDateTime>,
    told: i16,
    fills_told: i16,
}

impl Row {
    fn database(self) -> StoreResult<Database> {
        let seen = serde_json::from_value(self.seen);
        Ok(Database {
            site: SiteId(self.site),
            site_name: self.site_name,
            heard_at: self.heard_at,
            seen: seen.map_err(|error| corrupt("databases", self.site, error))?,
            protected_since: self.protected_since,
            vigil: Vigil { over_since: self.over_since, told: read_told(self.told) },
            fills: read_fills(self.fills_told),
        })
    }
}

/// Keeps how one stands now, of a site at most so many. Says whether it was kept.
pub async fn keep(
    conn: &mut PgConnection,
    (site, most): (SiteId, i64),
    seen: &Watched,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let value = serde_json::to_value(seen).map_err(|error| corrupt("databases", site, error))?;
    let opens = seen.points.iter().any(|point| point.opens);
    let kept = sqlx::query!(
        "insert into databases (site, name, seen, seen_at, protected_since)
         select $1, $2, $3, $4, case when $5 then $6::timestamptz end
         where (select count(*) from databases where site = $1 and name <> $2) < $7
         on conflict (site, name) do update
         set seen = excluded.seen, seen_at = excluded.seen_at,
             protected_since = coalesce(databases.protected_since, excluded.protected_since)",
        site.0,
        seen.name,
        value,
        seen.at,
        opens,
        now,
        most,
    );
    Ok(kept.execute(conn).await?.rows_affected() > 0)
}

/// Forgets those of a site that its agent protects no more.
pub async fn forget_others(
    conn: &mut PgConnection,
    site: SiteId,
    names: &[String],
) -> StoreResult<()> {
    sqlx::query!("delete from databases where site = $1 and name <> all($2)", site.0, names)
        .execute(conn)
        .await?;
    Ok(())
}

/// All of sites in use, by name.
pub async fn all(conn: &mut PgConnection) -> StoreResult<Vec<Database>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select site, sites.name as site_name, sites.seen_at as heard_at, seen, protected_since,
                  over_since, told, fills_told
           from databases join sites on sites.id = site
           where retired_at is null order by lower(databases.name), databases.name, site"#,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::database).collect()
}

/// The names of all of sites in use.
pub async fn names(conn: &mut PgConnection) -> StoreResult<Vec<(SiteId, String)>> {
    let rows = sqlx::query!(
        "select site, databases.name from databases join sites on sites.id = site
         where retired_at is null order by site, databases.name",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (SiteId(row.site), row.name)).collect())
}

/// Until the transaction ends nobody else tells of any. Says whether there is one.
pub async fn lock(conn: &mut PgConnection) -> StoreResult<bool> {
    let names = sqlx::query!("select name from databases order by site, name for update")
        .fetch_all(conn)
        .await?;
    Ok(!names.is_empty())
}

/// Notes what would have been lost in this minute, the most of it.
pub async fn sample(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
    seconds: Option<i64>,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into exposure (site, name, at, seconds) values ($1, $2, date_trunc('minute', $3::timestamptz), $4)
         on conflict (site, name, at) do update set seconds = greatest(exposure.seconds, excluded.seconds)",
        site.0,
        name,
        now,
        seconds,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What would have been lost since then, the oldest minute first.
pub async fn samples(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
    since: OffsetDateTime,
) -> StoreResult<Vec<(OffsetDateTime, Option<i64>)>> {
    let rows = sqlx::query!(
        "select at, seconds from exposure where site = $1 and name = $2 and at >= $3 order by at",
        site.0,
        name,
        since,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.at, row.seconds)).collect())
}

/// Takes old minutes away, at most so many; returns how many.
pub async fn prune(conn: &mut PgConnection, before: OffsetDateTime, most: i64) -> StoreResult<u64> {
    let done = sqlx::query!(
        "delete from exposure where (site, name, at) in
            (select site, name, at from exposure where at < $1 limit $2)",
        before,
        most,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
