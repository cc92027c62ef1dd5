//! Whether any proof was changed since its agent told of it.

use crate::actions::{ActionError, ActionResult};
use crate::db::Db;
use crate::domain::recovery::evidence::{Evidence, PREFIX, countersigned};
use crate::secrets::{KeyRing, signature_holds};
use crate::store;
use crate::store::proofs::Kept;

use super::LONG;

/// What became of all proofs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proofs {
    /// As their agents signed them.
    pub whole: usize,
    /// Told of by agents that signed nothing yet.
    pub unsigned: usize,
    /// Changed since, or signed by nobody of ours.
    pub broken: Vec<uuid::Uuid>,
}

/// Looks at every proof: the agent's signature, Muster's over it, and that what is shown is what was signed.
///
/// # Errors
/// When the database does not answer.
pub async fn every_proof(db: &Db, ring: &KeyRing) -> ActionResult<Proofs> {
    let all =
        db.transaction(LONG, async |conn| Ok::<_, ActionError>(store::proofs::all(conn).await?));
    let mut proofs = Proofs::default();
    for kept in all.await? {
        match &kept.signed {
            None => proofs.unsigned += 1,
            Some(_) if holds(ring, &kept) => proofs.whole += 1,
            Some(_) => proofs.broken.push(kept.id),
        }
    }
    Ok(proofs)
}

fn holds(ring: &KeyRing, kept: &Kept) -> bool {
    let Some(signed) = &kept.signed else { return false };
    let said = [PREFIX, &signed.document].concat();
    let ours = countersigned(&signed.document, &signed.signature, &signed.agent_key);
    let document = serde_json::from_slice::<Evidence>(&signed.document).ok();
    signature_holds(&signed.agent_key, &said, &signed.signature)
        && signature_holds(ring.evidence_key_public(), &ours, &signed.countersignature)
        && document.is_some_and(|evidence| {
            evidence.id == kept.id
                && evidence.holds == kept.held
                && Some(&evidence) == serde_json::from_value(kept.evidence.clone()).ok().as_ref()
        })
}
