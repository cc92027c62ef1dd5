//! What agents do by themselves, signed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::PgConnection;

use super::documents::sign_bytes;
use crate::actions::ActionResult;
use crate::actions::incidents::meant;
use crate::domain::agent::schedule::{PREFIX, Schedule};
use crate::domain::agent::signed::SignedDocument;
use crate::secrets::KeyRing;
use crate::store;

/// The schedule of the plan in force, for an agent that `keeps` another; none where it keeps that one, and where
/// there is no plan.
pub(super) async fn news(
    conn: &mut PgConnection,
    ring: &KeyRing,
    keeps: Option<&str>,
) -> ActionResult<Option<SignedDocument>> {
    let Some(revision) = store::plans::current(conn).await? else { return Ok(None) };
    let open = meant(conn).await?;
    let mut schedule = Schedule::of(&revision.plan, !open.is_empty());
    for database in &mut schedule.databases {
        database.spared = !open.is_empty() && !open.iter().any(|it| it.touches(&database.key));
    }
    let bytes = serde_json::to_vec(&schedule).unwrap_or_default();
    if keeps == Some(&URL_SAFE_NO_PAD.encode(&bytes)) {
        return Ok(None);
    }
    Ok(Some(sign_bytes(ring, PREFIX, &bytes)))
}
