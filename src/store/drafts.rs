//! What owners of hosts are asked to allow.

use sqlx::PgConnection;
use sqlx::types::JsonValue;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{StoreResult, corrupt};
use crate::domain::agent::draft::{Draft, State};
use crate::domain::id::{DraftId, PersonId, SiteId};

/// One draft as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its identity.
    pub id: DraftId,
    /// For which site.
    pub site: SiteId,
    /// What it says.
    pub draft: Draft,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: OffsetDateTime,
    /// How it stands.
    pub state: State,
    /// Since when.
    pub since: OffsetDateTime,
}

struct Row {
    id: Uuid,
    site: Uuid,
    draft: JsonValue,
    made_by: String,
    made_at: OffsetDateTime,
    state: String,
    since: OffsetDateTime,
}

impl Row {
    fn kept(self) -> StoreResult<Kept> {
        Ok(Kept {
            id: DraftId(self.id),
            site: SiteId(self.site),
            draft: serde_json::from_value(self.draft).map_err(|e| corrupt("drafts", self.id, e))?,
            made_by: self.made_by,
            made_at: self.made_at,
            state: self.state.parse().map_err(|e| corrupt("drafts", self.id, e))?,
            since: self.since,
        })
    }
}

/// Keeps a new one. False: this very draft was kept already.
pub async fn insert(
    conn: &mut PgConnection,
    (site, id): (SiteId, DraftId),
    draft: &Draft,
    by: PersonId,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let draft = serde_json::to_value(draft).map_err(|error| corrupt("drafts", id, error))?;
    let done = sqlx::query!(
        "insert into drafts (id, site, draft, made_by, made_at, since) values ($1, $2, $3, $4, $5, $5)
         on conflict (id) do nothing",
        id.0,
        site.0,
        draft,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The newest of a site, the newest first.
pub async fn of(conn: &mut PgConnection, site: SiteId, most: i64) -> StoreResult<Vec<Kept>> {
    let rows = sqlx::query_as!(
        Row,
        "select drafts.id, site, draft, people.name as made_by, made_at, state, since
         from drafts join people on people.id = made_by
         where site = $1 order by made_at desc, drafts.id desc limit $2",
        site.0,
        most,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::kept).collect()
}

/// One of a site, locked.
pub async fn lock(conn: &mut PgConnection, site: SiteId, id: DraftId) -> StoreResult<Option<Kept>> {
    let row = sqlx::query_as!(
        Row,
        "select drafts.id, site, draft, people.name as made_by, made_at, state, since
         from drafts join people on people.id = made_by
         where site = $1 and drafts.id = $2 for update of drafts",
        site.0,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::kept).transpose()
}

/// It stands otherwise from now on.
pub async fn set_state(
    conn: &mut PgConnection,
    id: DraftId,
    state: State,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!("update drafts set state = $2, since = $3 where id = $1", id.0, state.name(), now)
        .execute(conn)
        .await?;
    Ok(())
}
