//! Hosts where agents work, and the codes that let agents in.

use sqlx::PgConnection;
use sqlx::types::JsonValue;
use time::{Duration, OffsetDateTime};

use super::{StoreResult, corrupt};
use crate::domain::agent::facts::Facts;
use crate::domain::agent::presence::Heard;
use crate::domain::id::{PersonId, RunId, SiteId};

/// A host, and what is known of its agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Identity.
    pub id: SiteId,
    /// What people call it.
    pub name: String,
    /// When it was added.
    pub created_at: OffsetDateTime,
    /// The key of the agent that joined last.
    pub agent_key: Option<Vec<u8>>,
    /// When that joined.
    pub joined_at: Option<OffsetDateTime>,
    /// The process that speaks for it.
    pub run: Option<RunId>,
    /// When it last asked.
    pub seen_at: Option<OffsetDateTime>,
    /// What it last found, and when it said so.
    pub found: Option<(Facts, OffsetDateTime)>,
    /// Since when it is asked to look again.
    pub facts_asked_at: Option<OffsetDateTime>,
    /// How far its clock was ahead of Muster's then.
    pub clock_ahead: Option<Duration>,
    /// When it was told that a second process speaks for it.
    pub double_told_at: Option<OffsetDateTime>,
}

struct Row {
    id: uuid::Uuid,
    name: String,
    created_at: OffsetDateTime,
    agent_key: Option<Vec<u8>>,
    joined_at: Option<OffsetDateTime>,
    run: Option<uuid::Uuid>,
    seen_at: Option<OffsetDateTime>,
    facts: Option<JsonValue>,
    facts_at: Option<OffsetDateTime>,
    facts_asked_at: Option<OffsetDateTime>,
    clock_ahead_ms: Option<i64>,
    double_told_at: Option<OffsetDateTime>,
}

impl Row {
    fn site(self) -> StoreResult<Site> {
        let facts = self.facts.map(serde_json::from_value).transpose();
        let facts = facts.map_err(|error| corrupt("sites", self.id, error))?;
        Ok(Site {
            id: SiteId(self.id),
            name: self.name,
            created_at: self.created_at,
            agent_key: self.agent_key,
            joined_at: self.joined_at,
            run: self.run.map(RunId),
            seen_at: self.seen_at,
            found: facts.zip(self.facts_at),
            facts_asked_at: self.facts_asked_at,
            clock_ahead: self.clock_ahead_ms.map(Duration::milliseconds),
            double_told_at: self.double_told_at,
        })
    }
}

/// Adds a site. False: it is there already, or another has its name.
pub async fn insert(
    conn: &mut PgConnection,
    (id, name): (SiteId, &str),
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "insert into sites (id, name, created_at) values ($1, $2, $3) on conflict do nothing",
        id.0,
        name,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// All sites in use, by name.
pub async fn all(conn: &mut PgConnection) -> StoreResult<Vec<Site>> {
    let rows = sqlx::query_as!(
        Row,
        "select id, name, created_at, agent_key, joined_at, run, seen_at, facts, facts_at,
                facts_asked_at, clock_ahead_ms, double_told_at
         from sites where retired_at is null order by lower(name), id",
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::site).collect()
}

/// One site in use.
pub async fn find(conn: &mut PgConnection, id: SiteId) -> StoreResult<Option<Site>> {
    let row = sqlx::query_as!(
        Row,
        "select id, name, created_at, agent_key, joined_at, run, seen_at, facts, facts_at,
                facts_asked_at, clock_ahead_ms, double_told_at
         from sites where id = $1 and retired_at is null",
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::site).transpose()
}

/// The same, its row held until the transaction ends.
pub async fn lock(conn: &mut PgConnection, id: SiteId) -> StoreResult<Option<Site>> {
    let row = sqlx::query_as!(
        Row,
        "select id, name, created_at, agent_key, joined_at, run, seen_at, facts, facts_at,
                facts_asked_at, clock_ahead_ms, double_told_at
         from sites where id = $1 and retired_at is null for update",
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::site).transpose()
}

/// The name of a site, be it in use or not.
pub async fn name(conn: &mut PgConnection, id: SiteId) -> StoreResult<Option<String>> {
    Ok(sqlx::query_scalar!("select name from sites where id = $1", id.0)
        .fetch_optional(conn)
        .await?)
}

/// Takes a site out of use; its agent is refused from then on.
pub async fn retire(conn: &mut PgConnection, id: SiteId, now: OffsetDateTime) -> StoreResult<()> {
    sqlx::query!(
        "update sites set retired_at = $2 where id = $1 and retired_at is null",
        id.0,
        now
    )
    .execute(&mut *conn)
    .await?;
    spend_codes(conn, id, now).await
}

/// Keeps a new code.
pub async fn insert_code(
    conn: &mut PgConnection,
    (hash, site): (&[u8; 32], SiteId),
    by: PersonId,
    expires_at: OffsetDateTime,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into join_codes (hash, site, created_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5)",
        &hash[..],
        site.0,
        by.0,
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Spends a code that is still good, and says for which site it is.
pub async fn spend_code(
    conn: &mut PgConnection,
    hash: &[u8; 32],
    now: OffsetDateTime,
) -> StoreResult<Option<SiteId>> {
    let site = sqlx::query_scalar!(
        "update join_codes set used_at = $2
         where hash = $1 and used_at is null and expires_at > $2 returning site",
        &hash[..],
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(site.map(SiteId))
}

/// No code of this site works any more.
pub async fn spend_codes(
    conn: &mut PgConnection,
    site: SiteId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update join_codes set used_at = $2 where site = $1 and used_at is null",
        site.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// No code works any more.
pub async fn spend_every_code(conn: &mut PgConnection, now: OffsetDateTime) -> StoreResult<()> {
    sqlx::query!("update join_codes set used_at = $1 where used_at is null", now)
        .execute(conn)
        .await?;
    Ok(())
}

/// The agent with this key is the site's from now on; what another one said is forgotten.
pub async fn join(
    conn: &mut PgConnection,
    site: SiteId,
    key: &[u8],
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update sites set agent_key = $2, joined_at = $3, seen_at = $3, run = null, facts = null,
                facts_at = null, facts_asked_at = null, clock_ahead_ms = null,
                silence_told_at = null, double_told_at = null
         where id = $1",
        site.0,
        key,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// This process of the agent asked just now. Says whether its silence had been told.
pub async fn hear(
    conn: &mut PgConnection,
    site: SiteId,
    run: RunId,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let told = sqlx::query_scalar!(
        r#"with before as (select silence_told_at from sites where id = $1)
           update sites set run = $2, seen_at = $3, silence_told_at = null where id = $1
           returning (select silence_told_at from before) is not null as "told!""#,
        site.0,
        run.0,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(told.unwrap_or(false))
}

/// This process of the agent is none any more.
pub async fn forget_run(conn: &mut PgConnection, site: SiteId, run: RunId) -> StoreResult<()> {
    sqlx::query!("update sites set run = null where id = $1 and run = $2", site.0, run.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps what the agent found.
pub async fn keep_facts(
    conn: &mut PgConnection,
    site: SiteId,
    facts: &Facts,
    clock_ahead: Duration,
    now: OffsetDateTime,
) -> StoreResult<()> {
    let facts = serde_json::to_value(facts).map_err(|error| corrupt("sites", site, error))?;
    sqlx::query!(
        "update sites set facts = $2, facts_at = $3, facts_asked_at = null, clock_ahead_ms = $4
         where id = $1",
        site.0,
        facts,
        now,
        milliseconds(clock_ahead),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps how far its clock is ahead, where that has changed by a second.
pub async fn keep_clock(
    conn: &mut PgConnection,
    site: SiteId,
    clock_ahead: Duration,
) -> StoreResult<()> {
    sqlx::query!(
        "update sites set clock_ahead_ms = $2
         where id = $1 and (clock_ahead_ms is null or abs(clock_ahead_ms - $2) >= 1000)",
        site.0,
        milliseconds(clock_ahead),
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn milliseconds(ahead: Duration) -> i64 {
    i64::try_from(ahead.whole_milliseconds()).unwrap_or(i64::MAX)
}

/// The agent is to look again.
pub async fn ask_facts(
    conn: &mut PgConnection,
    site: SiteId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!("update sites set facts_asked_at = $2 where id = $1", site.0, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// A second process was told of.
pub async fn note_double(
    conn: &mut PgConnection,
    site: SiteId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!("update sites set double_told_at = $2 where id = $1", site.0, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Every site that has an agent, as it was last heard of.
pub async fn heard(conn: &mut PgConnection) -> StoreResult<Vec<Heard>> {
    let rows = sqlx::query!(
        r#"select id, name, seen_at as "seen_at!", silence_told_at is not null as "told!"
           from sites where retired_at is null and seen_at is not null order by lower(name), id"#,
    )
    .fetch_all(conn)
    .await?;
    let heard = rows.into_iter().map(|row| Heard {
        site: SiteId(row.id),
        name: row.name,
        seen_at: row.seen_at,
        told: row.told,
    });
    Ok(heard.collect())
}

/// Their silence is told; those of them that were not told of before.
pub async fn note_silence(
    conn: &mut PgConnection,
    sites: &[SiteId],
    now: OffsetDateTime,
) -> StoreResult<Vec<SiteId>> {
    let ids: Vec<_> = sites.iter().map(|site| site.0).collect();
    let noted = sqlx::query_scalar!(
        "update sites set silence_told_at = $2
         where id = any($1) and silence_told_at is null returning id",
        &ids,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(noted.into_iter().map(SiteId).collect())
}
