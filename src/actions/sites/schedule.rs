//! What agents do by themselves, signed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::PgConnection;

use crate::actions::ActionResult;
use crate::domain::agent::schedule::{PREFIX, Schedule, SignedSchedule};
use crate::secrets::KeyRing;
use crate::store;

/// The schedule of the plan in force; none where there is no plan, or where this Muster is an old copy
/// that has not been looked at.
pub(super) async fn signed(
    conn: &mut PgConnection,
    ring: &KeyRing,
) -> ActionResult<Option<SignedSchedule>> {
    if crate::actions::quarantine::is_on(conn).await? {
        return Ok(None);
    }
    let Some(revision) = store::plans::current(conn).await? else { return Ok(None) };
    let incident = store::incidents::open(conn).await?.iter().any(|one| !one.is_drill());
    let schedule = Schedule::of(&revision.plan, incident);
    let document = serde_json::to_vec(&schedule).unwrap_or_default();
    let signature = ring.sign_for_agents(&[PREFIX, &document].concat());
    Ok(Some(SignedSchedule {
        document: URL_SAFE_NO_PAD.encode(document),
        signature: URL_SAFE_NO_PAD.encode(signature),
    }))
}
