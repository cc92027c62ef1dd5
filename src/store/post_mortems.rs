//! Reports after incidents, and their chapters.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{StoreError, StoreResult, corrupt};
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::post_mortem::{Begun, Report, Section, State};

/// Adds a report. False: the incident has one.
pub async fn insert(
    conn: &mut PgConnection,
    report: &Report,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "insert into post_mortems (incident, state, state_since, due_at, made_at)
         values ($1, $2, $3, $4, $5) on conflict (incident) do nothing",
        report.incident.0,
        report.state.name(),
        report.state_since,
        report.due_at,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Adds a chapter.
pub async fn add(
    conn: &mut PgConnection,
    incident: IncidentId,
    place: i16,
    begun: &Begun,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into report_sections (incident, place, heading, asks, words)
         values ($1, $2, $3, $4, $5)",
        incident.0,
        place,
        begun.heading,
        &begun.asks,
        begun.words,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The report of an incident.
pub async fn find(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Option<Report>> {
    let row = sqlx::query_as!(
        Row,
        "select incident, state, state_by, state_since, due_at from post_mortems
         where incident = $1",
        incident.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Report::try_from).transpose()
}

/// The newest reports, as far as they are in that state and their incident's title holds that text.
pub async fn search(
    conn: &mut PgConnection,
    text: &str,
    state: Option<State>,
    limit: i64,
) -> StoreResult<Vec<Report>> {
    let rows = sqlx::query_as!(
        Row,
        "select p.incident, p.state, p.state_by, p.state_since, p.due_at
         from post_mortems p join incidents i on i.id = p.incident
         where strpos(lower(i.title), lower($1)) > 0 and ($2::text is null or p.state = $2)
         order by p.made_at desc, p.incident limit $3",
        text,
        state.map(State::name),
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Report::try_from).collect()
}

/// Those that are still to be published, first due first.
pub async fn unpublished(conn: &mut PgConnection) -> StoreResult<Vec<Report>> {
    let rows = sqlx::query_as!(
        Row,
        "select incident, state, state_by, state_since, due_at from post_mortems
         where state <> 'published' order by due_at, incident",
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Report::try_from).collect()
}

/// Writes how far it is, and when it is due.
pub async fn update(conn: &mut PgConnection, report: &Report) -> StoreResult<()> {
    let done = sqlx::query!(
        "update post_mortems set state = $2, state_by = $3, state_since = $4, due_at = $5
         where incident = $1",
        report.incident.0,
        report.state.name(),
        report.state_by.map(|by| by.0),
        report.state_since,
        report.due_at,
    )
    .execute(conn)
    .await?;
    super::one("post_mortems", &done)
}

/// The chapters of a report, in order.
pub async fn sections(conn: &mut PgConnection, incident: IncidentId) -> StoreResult<Vec<Section>> {
    let rows = sqlx::query!(
        "select place, heading, asks, words, version, edited_by from report_sections
         where incident = $1 order by place",
        incident.0,
    )
    .fetch_all(conn)
    .await?;
    let sections = rows.into_iter().map(|row| Section {
        place: row.place,
        heading: row.heading,
        asks: row.asks,
        words: row.words,
        version: row.version,
        edited_by: row.edited_by.map(PersonId),
    });
    Ok(sections.collect())
}

/// Writes a chapter's words; its incident is locked.
pub async fn write(
    conn: &mut PgConnection,
    incident: IncidentId,
    section: &Section,
    by: PersonId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    let done = sqlx::query!(
        "update report_sections set words = $3, version = version + 1, edited_by = $4,
             edited_at = $5
         where incident = $1 and place = $2 and version = $6",
        incident.0,
        section.place,
        section.words,
        by.0,
        now,
        section.version,
    )
    .execute(conn)
    .await?;
    super::one("report_sections", &done)
}

struct Row {
    incident: uuid::Uuid,
    state: String,
    state_by: Option<uuid::Uuid>,
    state_since: OffsetDateTime,
    due_at: OffsetDateTime,
}

impl TryFrom<Row> for Report {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Report> {
        let state = row.state.parse();
        Ok(Report {
            incident: IncidentId(row.incident),
            state: state.map_err(|error| corrupt("post_mortems", row.incident, error))?,
            state_by: row.state_by.map(PersonId),
            state_since: row.state_since,
            due_at: row.due_at,
        })
    }
}
