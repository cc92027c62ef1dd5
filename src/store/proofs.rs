//! Proofs as agents told of them, each once.

use sqlx::PgConnection;
use sqlx::types::JsonValue;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{StoreResult, corrupt};
use crate::domain::id::SiteId;
use crate::domain::recovery::Evidence;

/// One proof, with what was signed of it; none where its agent signed nothing yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its identity.
    pub id: Uuid,
    /// Whether it held.
    pub held: bool,
    /// What pages show.
    pub evidence: JsonValue,
    /// What was signed.
    pub signed: Option<Signed>,
}

/// What was signed of a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The evidence, byte for byte.
    pub document: Vec<u8>,
    /// The agent's signature.
    pub signature: Vec<u8>,
    /// By this key, which was its site's then.
    pub agent_key: Vec<u8>,
    /// Muster's own over these three.
    pub countersignature: Vec<u8>,
}

/// Keeps a proof. False: it was kept already.
pub async fn insert(
    conn: &mut PgConnection,
    site: SiteId,
    (evidence, signed): (&Evidence, &Signed),
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let value = serde_json::to_value(evidence).map_err(|error| corrupt("proofs", site, error))?;
    let done = sqlx::query!(
        "insert into proofs (id, site, name, held, began_at, evidence, heard_at,
                             document, signature, agent_key, countersignature)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing",
        evidence.id,
        site.0,
        evidence.database,
        evidence.holds,
        evidence.began,
        value,
        now,
        signed.document,
        signed.signature,
        signed.agent_key,
        signed.countersignature,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The identifier of the cluster that the agent of a database's own site proved last; none where it never did.
pub async fn cluster(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
) -> StoreResult<Option<String>> {
    let found = sqlx::query_scalar!(
        "select evidence ->> 'system_identifier' from proofs
         where site = $1 and name = $2 and evidence ->> 'of' is null
           and evidence ->> 'system_identifier' <> ''
         order by began_at desc limit 1",
        site.0,
        name,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.flatten())
}

/// The newest of a database.
pub async fn of(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
    most: i64,
) -> StoreResult<Vec<Evidence>> {
    let rows = sqlx::query_scalar!(
        "select evidence from proofs where site = $1 and name = $2 order by began_at desc limit $3",
        site.0,
        name,
        most,
    )
    .fetch_all(conn)
    .await?;
    let read =
        |value| serde_json::from_value(value).map_err(|error| corrupt("proofs", site, error));
    rows.into_iter().map(read).collect()
}

/// All there are.
pub async fn all(conn: &mut PgConnection) -> StoreResult<Vec<Kept>> {
    let rows = sqlx::query!(
        "select id, held, evidence, document, signature, agent_key, countersignature
         from proofs order by id",
    )
    .fetch_all(conn)
    .await?;
    let kept = rows.into_iter().map(|row| {
        let parts = (row.document, row.signature, row.agent_key, row.countersignature);
        let signed = match parts {
            (Some(document), Some(signature), Some(agent_key), Some(countersignature)) => {
                Some(Signed { document, signature, agent_key, countersignature })
            }
            _ => None,
        };
        Kept { id: row.id, held: row.held, evidence: row.evidence, signed }
    });
    Ok(kept.collect())
}
