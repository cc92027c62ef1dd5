//! What keeps old backups from being removed.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{StoreResult, corrupt};
use crate::domain::id::{HoldId, IncidentId, PersonId, SiteId};
use crate::domain::recovery::{Cause, Hold};

struct Row {
    id: Uuid,
    since: OffsetDateTime,
    incident: Option<Uuid>,
    title: Option<String>,
    proof: Option<Uuid>,
    label: Option<String>,
    person: Option<String>,
}

impl Row {
    fn hold(self) -> StoreResult<Hold> {
        let cause = match self {
            Row { incident: Some(id), title: Some(title), .. } => {
                Cause::Incident { id: IncidentId(id), title }
            }
            Row { proof: Some(_), label, .. } => Cause::Proof { label: label.unwrap_or_default() },
            Row { person: Some(name), .. } => Cause::Person { name },
            Row { id, .. } => return Err(corrupt("holds", id, "it has no cause")),
        };
        Ok(Hold { id: HoldId(self.id), since: self.since, cause })
    }
}

/// Those on a database that nobody has let go of, the oldest first.
pub async fn of(conn: &mut PgConnection, (site, name): (SiteId, &str)) -> StoreResult<Vec<Hold>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select holds.id, since, incident, incidents.title as "title?", proof,
                  proofs.evidence ->> 'label' as label, people.name as "person?"
           from holds left join incidents on incidents.id = incident
                      left join proofs on proofs.id = proof
                      left join people on people.id = placed_by
           where holds.site = $1 and holds.name = $2 and released_at is null
           order by since, holds.id"#,
        site.0,
        name,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::hold).collect()
}

/// An incident holds a database. False: it did, or somebody has let go of it.
pub async fn place_for_incident(
    conn: &mut PgConnection,
    id: HoldId,
    (site, name): (SiteId, &str),
    incident: IncidentId,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "insert into holds (id, site, name, incident, since) values ($1, $2, $3, $4, $5)
         on conflict (site, name, incident) where incident is not null do nothing",
        id.0,
        site.0,
        name,
        incident.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// An incident that goes on does not touch a database after all.
pub async fn withdraw(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
    incident: IncidentId,
) -> StoreResult<()> {
    sqlx::query!(
        "delete from holds where site = $1 and name = $2 and incident = $3 and released_at is null",
        site.0,
        name,
        incident.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A proof that failed holds a database, once.
pub async fn place_for_proof(
    conn: &mut PgConnection,
    id: HoldId,
    (site, name): (SiteId, &str),
    proof: Uuid,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into holds (id, site, name, proof, since) values ($1, $2, $3, $4, $5)
         on conflict (site, name, proof) where proof is not null do nothing",
        id.0,
        site.0,
        name,
        proof,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A person holds a database. False: this very hold was placed already.
pub async fn place_for_person(
    conn: &mut PgConnection,
    id: HoldId,
    (site, name): (SiteId, &str),
    by: PersonId,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "insert into holds (id, site, name, placed_by, since) values ($1, $2, $3, $4, $5)
         on conflict (id) do nothing",
        id.0,
        site.0,
        name,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A person lets go of one. False: somebody has, or there is none.
pub async fn release(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
    id: HoldId,
    by: PersonId,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "update holds set released_at = $5, released_by = $4
         where site = $1 and name = $2 and id = $3 and released_at is null",
        site.0,
        name,
        id.0,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
