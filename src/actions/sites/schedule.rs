//! What agents do by themselves, signed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::PgConnection;

use super::documents::sign_bytes;
use crate::actions::ActionResult;
use crate::actions::incidents::with_plan;
use crate::domain::agent::schedule::{PREFIX, Schedule};
use crate::domain::agent::signed::SignedDocument;
use crate::domain::incident::Incident;
use crate::domain::plan::touches;
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
    let mut open = store::incidents::open(conn).await?;
    open.retain(|one| !one.is_drill());
    let mut schedule = Schedule::of(&revision.plan, !open.is_empty());
    spare(conn, &mut schedule, open).await?;
    let bytes = serde_json::to_vec(&schedule).unwrap_or_default();
    if keeps == Some(&URL_SAFE_NO_PAD.encode(&bytes)) {
        return Ok(None);
    }
    Ok(Some(sign_bytes(ring, PREFIX, &bytes)))
}

/// Says of which databases none of these incidents touches; where there is no incident, of none.
async fn spare(
    conn: &mut PgConnection,
    schedule: &mut Schedule,
    open: Vec<Incident>,
) -> ActionResult<()> {
    schedule.databases.iter_mut().for_each(|one| one.spared = !open.is_empty());
    for incident in open {
        let affected = store::affected::of(conn, incident.id).await?;
        let (_, plan) = with_plan(conn, incident).await?;
        for one in &mut schedule.databases {
            one.spared &= !touches(&plan, &affected, &one.key);
        }
    }
    Ok(())
}
