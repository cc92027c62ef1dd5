//! Orders to agents, and what they say of them.

use sqlx::PgConnection;
use sqlx::types::JsonValue;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{StoreResult, corrupt};
use crate::domain::agent::order::{Answer, Event, Routine, State, Task};
use crate::domain::id::{IncidentId, OrderId, PersonId, SiteId};

/// One order as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its identity.
    pub id: OrderId,
    /// For which site.
    pub site: SiteId,
    /// Which database.
    pub database: String,
    /// In which of its repositories; none where it is in each.
    pub repository: Option<String>,
    /// The identifier of its cluster, as it was known then.
    pub cluster: Option<String>,
    /// What is to be done.
    pub task: Task,
    /// For which incident; none where it is for none.
    pub incident: Option<IncidentId>,
    /// Who asked for it.
    pub asked_by: String,
    /// When.
    pub asked_at: OffsetDateTime,
    /// How it stands.
    pub state: State,
    /// Since when.
    pub since: OffsetDateTime,
    /// What the agent said last.
    pub words: String,
    /// What it found.
    pub answer: Option<Answer>,
}

/// One that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// Its identity.
    pub id: OrderId,
    /// For which site.
    pub site: SiteId,
    /// Which database.
    pub database: &'a str,
    /// In which of its repositories.
    pub repository: Option<&'a str>,
    /// The identifier of its cluster.
    pub cluster: Option<&'a str>,
    /// What is to be done.
    pub task: &'a Task,
    /// For which incident.
    pub incident: Option<IncidentId>,
    /// Who asks.
    pub by: PersonId,
}

struct Row {
    id: Uuid,
    site: Uuid,
    name: String,
    repository: Option<String>,
    cluster: Option<String>,
    task: String,
    asked_by: String,
    asked_at: OffsetDateTime,
    state: String,
    since: OffsetDateTime,
    words: String,
    details: Option<JsonValue>,
    incident: Option<Uuid>,
    answer: Option<JsonValue>,
}

impl Row {
    fn kept(self) -> StoreResult<Kept> {
        let task = match self.details {
            Some(whole) => Task::Restore(
                serde_json::from_value(whole).map_err(|e| corrupt("orders", self.id, e))?,
            ),
            None => self.task.parse::<Routine>().map_err(|e| corrupt("orders", self.id, e))?.into(),
        };
        let answer = self.answer.map(serde_json::from_value).transpose();
        Ok(Kept {
            id: OrderId(self.id),
            site: SiteId(self.site),
            task,
            incident: self.incident.map(IncidentId),
            answer: answer.map_err(|e| corrupt("orders", self.id, e))?,
            state: self.state.parse().map_err(|e| corrupt("orders", self.id, e))?,
            database: self.name,
            repository: self.repository,
            cluster: self.cluster,
            asked_by: self.asked_by,
            asked_at: self.asked_at,
            since: self.since,
            words: self.words,
        })
    }
}

/// Keeps a new one, which waits for its agent. False: this very order was kept already.
pub async fn insert(
    conn: &mut PgConnection,
    new: New<'_>,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let New { id, site, database, repository, cluster, task, incident, by } = new;
    let details = task.restore().map(serde_json::to_value).transpose();
    let details = details.map_err(|error| corrupt("orders", id, error))?;
    let done = sqlx::query!(
        "insert into orders (id, site, name, task, repository, cluster, details, incident, asked_by, asked_at, state, since)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'ready', $10) on conflict (id) do nothing",
        id.0,
        site.0,
        database,
        task.name(),
        repository,
        cluster,
        details,
        incident.map(|id| id.0),
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The newest of a database, the newest first.
pub async fn of(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
    most: i64,
) -> StoreResult<Vec<Kept>> {
    let rows = sqlx::query_as!(
        Row,
        "select orders.id, site, orders.name, repository, cluster, task, people.name as asked_by, asked_at, state, since, words,
                details, incident, answer
         from orders join people on people.id = asked_by
         where site = $1 and orders.name = $2 and task = any($4) order by asked_at desc, orders.id desc limit $3",
        site.0,
        name,
        most,
        &known(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::kept).collect()
}

/// Those of a database that go on, so far as it is known.
pub async fn going_on(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
) -> StoreResult<Vec<Kept>> {
    let rows = sqlx::query_as!(
        Row,
        "select orders.id, site, orders.name, repository, cluster, task, people.name as asked_by, asked_at, state, since, words,
                details, incident, answer
         from orders join people on people.id = asked_by
         where site = $1 and orders.name = $2 and state in ('ready', 'handed', 'running') and task = any($3)",
        site.0,
        name,
        &known(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::kept).collect()
}

/// The newest for an incident, the newest first.
pub async fn of_incident(
    conn: &mut PgConnection,
    incident: IncidentId,
    most: i64,
) -> StoreResult<Vec<Kept>> {
    let rows = sqlx::query_as!(
        Row,
        "select orders.id, site, orders.name, repository, cluster, task, people.name as asked_by, asked_at, state, since, words,
                details, incident, answer
         from orders join people on people.id = asked_by
         where incident = $1 and task = any($3) order by asked_at desc, orders.id desc limit $2",
        incident.0,
        most,
        &known(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::kept).collect()
}

/// One of an incident.
pub async fn find(
    conn: &mut PgConnection,
    incident: IncidentId,
    id: OrderId,
) -> StoreResult<Option<Kept>> {
    let row = sqlx::query_as!(
        Row,
        "select orders.id, site, orders.name, repository, cluster, task, people.name as asked_by, asked_at, state, since, words,
                details, incident, answer
         from orders join people on people.id = asked_by
         where incident = $1 and orders.id = $2",
        incident.0,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::kept).transpose()
}

/// The tasks that this release knows: one of a later release waits for that.
fn known() -> Vec<String> {
    Task::NAMES.map(str::to_owned).to_vec()
}

/// One of a site, locked.
pub async fn lock(conn: &mut PgConnection, site: SiteId, id: OrderId) -> StoreResult<Option<Kept>> {
    let row = sqlx::query_as!(
        Row,
        "select orders.id, site, orders.name, repository, cluster, task, people.name as asked_by, asked_at, state, since, words,
                details, incident, answer
         from orders join people on people.id = asked_by
         where site = $1 and orders.id = $2 for update of orders",
        site.0,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::kept).transpose()
}

/// The oldest that waits for the agent of a site and has not lapsed, locked; one that is being handed out just
/// now is passed over.
pub async fn lock_ready(
    conn: &mut PgConnection,
    site: SiteId,
    asked_after: OffsetDateTime,
) -> StoreResult<Option<Kept>> {
    let row = sqlx::query_as!(
        Row,
        "select orders.id, site, orders.name, repository, cluster, task, people.name as asked_by, asked_at, state, since, words,
                details, incident, answer
         from orders join people on people.id = asked_by
         where site = $1 and state = 'ready' and asked_at > $2 and task = any($3)
         order by asked_at, orders.id limit 1 for update of orders skip locked",
        site.0,
        asked_after,
        &known(),
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::kept).transpose()
}

/// One stands so from now on.
pub async fn set_state(
    conn: &mut PgConnection,
    id: OrderId,
    state: State,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "update orders set state = $2, since = $3 where id = $1",
        id.0,
        state.name(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps what an agent says, once, and takes it over where it is the newest that it said. False: it was kept
/// already.
pub async fn hear(
    conn: &mut PgConnection,
    id: OrderId,
    event: &Event,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "insert into order_events (order_id, seq, state, words, at, heard_at)
         values ($1, $2, $3, $4, $5, $6) on conflict (order_id, seq) do nothing",
        id.0,
        event.seq,
        event.state.name(),
        event.words,
        event.at,
        now,
    )
    .execute(&mut *conn)
    .await?;
    let answer = event.answer.as_ref().map(serde_json::to_value).transpose();
    sqlx::query!(
        "update orders set state = $3, since = $4, words = $5, answer = $6, heard = $2 where id = $1 and heard < $2",
        id.0,
        event.seq,
        event.state.name(),
        event.at,
        event.words,
        answer.map_err(|error| corrupt("orders", id, error))?,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
