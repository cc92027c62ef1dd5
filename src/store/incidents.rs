//! Incidents as rows.

use sqlx::PgConnection;

use super::{StoreError, StoreResult, corrupt};
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Incident, Kind, Phase};
use time::OffsetDateTime;

/// Reads one incident.
pub async fn find(conn: &mut PgConnection, id: IncidentId) -> StoreResult<Option<Incident>> {
    let row = sqlx::query_as!(Row, "select * from incidents where id = $1", id.0)
        .fetch_optional(conn)
        .await?;
    row.map(Incident::try_from).transpose()
}

/// Reads one incident and holds its row until the transaction ends.
pub async fn lock(conn: &mut PgConnection, id: IncidentId) -> StoreResult<Option<Incident>> {
    let row = sqlx::query_as!(Row, "select * from incidents where id = $1 for update", id.0)
        .fetch_optional(conn)
        .await?;
    row.map(Incident::try_from).transpose()
}

/// The open incidents, gravest first.
pub async fn open(conn: &mut PgConnection) -> StoreResult<Vec<Incident>> {
    let rows = sqlx::query_as!(
        Row,
        "select * from incidents where ended_at is null
         order by (kind = 'drill'), level desc, declared_at",
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Incident::try_from).collect()
}

/// Which incidents of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Their title or public title holds this; empty: any.
    pub text: String,
    /// Of this level alone.
    pub level: Option<u8>,
    /// Meant, or drills.
    pub kind: Option<Kind>,
    /// Going on, over, or merged into another.
    pub stands: Option<Stands>,
}

/// How incidents stand that are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// They go on.
    Open,
    /// They have ended.
    Over,
    /// Another one goes on for them.
    Merged,
}

/// The newest such incidents, ended ones too.
pub async fn search(
    conn: &mut PgConnection,
    which: &Search,
    limit: i64,
) -> StoreResult<Vec<Incident>> {
    let rows = sqlx::query_as!(
        Row,
        "select * from incidents
         where strpos(lower(title || ' ' || public_title), lower($1)) > 0
           and ($2::smallint is null or level = $2) and ($3::text is null or kind = $3)
           and ($4::boolean is null or (ended_at is null) = $4)
           and ($5::boolean is null or (merged_into is not null) = $5)
         order by declared_at desc, id limit $6",
        which.text,
        which.level.map(i16::from),
        which.kind.map(Kind::name),
        which.stands.map(|stands| stands == Stands::Open),
        which.stands.map(|stands| stands == Stands::Merged),
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Incident::try_from).collect()
}

/// The last of a kind that was closed.
pub async fn last_closed(conn: &mut PgConnection, kind: Kind) -> StoreResult<Option<Incident>> {
    let row = sqlx::query_as!(
        Row,
        "select * from incidents where kind = $1 and phase = 'closed' and merged_into is null
         order by ended_at desc limit 1",
        kind.name(),
    )
    .fetch_optional(conn)
    .await?;
    row.map(Incident::try_from).transpose()
}

/// The incidents that were merged into this one, first declared first.
pub async fn merged_into(conn: &mut PgConnection, id: IncidentId) -> StoreResult<Vec<Incident>> {
    let rows = sqlx::query_as!(
        Row,
        "select * from incidents where merged_into = $1 order by declared_at, id",
        id.0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Incident::try_from).collect()
}

/// The incident that goes on for this one: itself, or the last of those it was merged into.
pub async fn goes_on_as(conn: &mut PgConnection, id: IncidentId) -> StoreResult<IncidentId> {
    let last = sqlx::query_scalar!(
        r#"with recursive way (id, merged_into) as (
             select id, merged_into from incidents where id = $1
             union
             select next.id, next.merged_into from incidents next join way on next.id = way.merged_into
           ) select id as "id!" from way where merged_into is null"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(last.map_or(id, IncidentId))
}

/// Adds an incident. False: one of that id stands already, as after a second press.
pub async fn insert(conn: &mut PgConnection, incident: &Incident) -> StoreResult<bool> {
    let done = sqlx::query!(
        "insert into incidents (id, kind, level, phase, revision, title, public_title, impact_start,
                                detected_at, declared_at, declared_by, phase_since, held_until)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (id) do nothing",
        incident.id.0,
        incident.kind.name(),
        i16::from(incident.level),
        incident.phase.name(),
        incident.revision,
        incident.title,
        incident.public_title,
        incident.impact_start,
        incident.detected_at,
        incident.declared_at,
        incident.declared_by.0,
        incident.phase_since,
        incident.held_until,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes a changed incident back; its row was locked, and its version moves on.
pub async fn update(conn: &mut PgConnection, incident: &Incident) -> StoreResult<()> {
    let done = sqlx::query!(
        "update incidents set level = $2, phase = $3, title = $4, public_title = $5,
             impact_start = $6, impact_confirmed = $7, detected_at = $8, answered_at = $9,
             recovered_at = $10, phase_since = $11, ended_at = $12, reopened_at = $13,
             commander = $14, commander_since = $15, held_until = $16, raised_from = $17,
             merged_into = $19, version = version + 1
         where id = $1 and version = $18",
        incident.id.0,
        i16::from(incident.level),
        incident.phase.name(),
        incident.title,
        incident.public_title,
        incident.impact_start,
        incident.impact_confirmed,
        incident.detected_at,
        incident.answered_at,
        incident.recovered_at,
        incident.phase_since,
        incident.ended_at,
        incident.reopened_at,
        incident.commander.map(|person| person.0),
        incident.commander_since,
        incident.held_until,
        incident.raised_from.map(i16::from),
        incident.version,
        incident.merged_into.map(|target| target.0),
    )
    .execute(conn)
    .await?;
    super::one("incidents", &done)
}

struct Row {
    id: uuid::Uuid,
    kind: String,
    level: i16,
    phase: String,
    revision: i32,
    title: String,
    public_title: String,
    impact_start: OffsetDateTime,
    impact_confirmed: bool,
    detected_at: Option<OffsetDateTime>,
    declared_at: OffsetDateTime,
    declared_by: uuid::Uuid,
    answered_at: Option<OffsetDateTime>,
    recovered_at: Option<OffsetDateTime>,
    phase_since: OffsetDateTime,
    ended_at: Option<OffsetDateTime>,
    reopened_at: Option<OffsetDateTime>,
    commander: Option<uuid::Uuid>,
    commander_since: Option<OffsetDateTime>,
    held_until: Option<OffsetDateTime>,
    raised_from: Option<i16>,
    version: i32,
    merged_into: Option<uuid::Uuid>,
}

impl TryFrom<Row> for Incident {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Incident> {
        let bad = |problem: &dyn ToString| corrupt("incidents", row.id, problem.to_string());
        let level = |level: i16| u8::try_from(level).map_err(|error| bad(&error));
        Ok(Incident {
            id: IncidentId(row.id),
            kind: row.kind.parse().map_err(|error| bad(&error))?,
            level: level(row.level)?,
            phase: match row.merged_into {
                Some(_) => Phase::Merged,
                None => row.phase.parse().map_err(|error| bad(&error))?,
            },
            revision: row.revision,
            title: row.title,
            public_title: row.public_title,
            impact_start: row.impact_start,
            impact_confirmed: row.impact_confirmed,
            detected_at: row.detected_at,
            declared_at: row.declared_at,
            declared_by: PersonId(row.declared_by),
            answered_at: row.answered_at,
            recovered_at: row.recovered_at,
            phase_since: row.phase_since,
            ended_at: row.ended_at,
            reopened_at: row.reopened_at,
            commander: row.commander.map(PersonId),
            commander_since: row.commander_since,
            held_until: row.held_until,
            raised_from: row.raised_from.map(level).transpose()?,
            merged_into: row.merged_into.map(IncidentId),
            version: row.version,
        })
    }
}

/// How many incidents are open: real or drill, level, count.
pub async fn count_open(conn: &mut PgConnection) -> StoreResult<Vec<(String, i16, i64)>> {
    let rows = sqlx::query!(
        r#"select kind, level, count(*) as "count!" from incidents
           where ended_at is null group by kind, level order by kind, level"#,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.level, row.count)).collect())
}
