//! What all deliveries come to, for who looks at Muster's own work.

use sqlx::PgConnection;

use super::StoreResult;
use crate::domain::id::{DeliveryId, IncidentId};

/// How many pages of open incidents have left, or tried to, and nobody has answered them.
pub async fn count_unanswered(conn: &mut PgConnection) -> StoreResult<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from deliveries
           join messages on messages.id = deliveries.message and messages.kind = 'page'
           join incidents on incidents.id = messages.incident and incidents.ended_at is null
           left join responders on responders.incident = incidents.id
                and responders.person = deliveries.person
           where deliveries.state not in ('held', 'withdrawn')
             and (responders.active_at is null or responders.active_at <= messages.created_at)"#,
    );
    Ok(count.fetch_one(conn).await?)
}

/// What deliveries are of, and for whom: what may be shown of them anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Which.
    pub delivery: DeliveryId,
    /// `page` or `notice`.
    pub kind: String,
    /// Of which incident.
    pub incident: Option<IncidentId>,
    /// Its title.
    pub title: Option<String>,
    /// The name of who it goes to.
    pub person: Option<String>,
}

/// Reads that.
pub async fn subjects(
    conn: &mut PgConnection,
    deliveries: &[DeliveryId],
) -> StoreResult<Vec<Subject>> {
    let ids: Vec<_> = deliveries.iter().map(|delivery| delivery.0).collect();
    let rows = sqlx::query!(
        r#"select deliveries.id, messages.kind, incidents.id as "incident?",
                  incidents.title as "title?", people.name as "person?"
           from deliveries
           join messages on messages.id = deliveries.message
           left join incidents on incidents.id = messages.incident
           left join people on people.id = deliveries.person
           where deliveries.id = any($1)"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let subjects = rows.into_iter().map(|row| Subject {
        delivery: DeliveryId(row.id),
        kind: row.kind,
        incident: row.incident.map(IncidentId),
        title: row.title,
        person: row.person,
    });
    Ok(subjects.collect())
}
