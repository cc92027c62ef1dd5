//! Proofs that agents tell of: each taken in once, for the database that it is of.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::seen;
use crate::actions::sites::agents::{self, Heard};
use crate::actions::{ActionError, ActionResult, DEADLINE, paging, timeline};
use crate::db::Db;
use crate::domain::agent::signed::SignedDocument;
use crate::domain::agent::wire::Proved;
use crate::domain::id::{HoldId, SiteId};
use crate::domain::message::alarm::Alarm;
use crate::domain::recovery::Evidence;
use crate::domain::recovery::evidence::{PREFIX, Subject, countersigned};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::fail;
use crate::secrets::{KeyRing, signature_holds};
use crate::store;
use crate::store::proofs::Signed;

/// Takes in what a proof found; one that did not hold is told to who looks after databases. The same
/// proof told twice is kept, and told, once.
///
/// # Errors
/// When the database does not answer.
pub async fn prove(
    db: &Db,
    ring: &KeyRing,
    (site, said): (SiteId, Proved),
    now: OffsetDateTime,
) -> ActionResult<Heard> {
    let unsigned = || ActionError::refused("this evidence is not signed by the agent of its site");
    let heard = db.transaction(DEADLINE, async |conn| {
        let heard = agents::hear(conn, site, said.run, now).await?;
        if heard == Heard::Second {
            return Ok(heard);
        }
        let key = store::sites::find(conn, site).await?.and_then(|site| site.agent_key);
        let (evidence, signed) =
            key.and_then(|key| opened(ring, key, &said.evidence)).ok_or_else(unsigned)?;
        if evidence.subject == Subject::Restore {
            return Err(ActionError::refused("a restore that was made to be used proves nothing"));
        }
        let of = owner(conn, site, &evidence).await?;
        if store::proofs::insert(conn, of, (&evidence, &signed), now).await? {
            fail::point("proof.kept").await?;
            note_proof(conn, (of, site), &evidence, now).await?;
        }
        Ok::<_, ActionError>(heard)
    });
    let heard = heard.await?;
    fail::point("proof.committed").await?;
    Ok(heard)
}

/// What the agent with this key signed, countersigned.
fn opened(ring: &KeyRing, agent_key: Vec<u8>, said: &SignedDocument) -> Option<(Evidence, Signed)> {
    let (document, signature) = said.parts()?;
    if !signature_holds(&agent_key, &[PREFIX, &document].concat(), &signature) {
        return None;
    }
    let evidence = serde_json::from_slice(&document).ok()?;
    let countersignature = ring.sign_evidence(&countersigned(&document, &signature, &agent_key));
    Some((evidence, Signed { document, signature, agent_key, countersignature }))
}

/// The site whose database was proved: another one's, where it protects one of that name, and where that is of the same
/// cluster, as its agent saw it or proved it last. A proof that failed before it saw which cluster it was counts.
async fn owner(
    conn: &mut PgConnection,
    speaker: SiteId,
    evidence: &Evidence,
) -> ActionResult<SiteId> {
    let Some(of) = evidence.of.filter(|of| *of != speaker) else { return Ok(speaker) };
    let name = evidence.database.as_str();
    let known = match seen(conn, (of, name)).await?.cluster {
        Some(cluster) => Some(cluster),
        None => store::proofs::cluster(conn, (of, name)).await?,
    };
    let proved = evidence.system_identifier.as_str();
    let came_so_far = evidence.holds || !proved.is_empty();
    if came_so_far && known.is_some_and(|known| known != proved) {
        return Err(ActionError::refused(format!(
            "what was proved is of another cluster than {name} of its own site"
        )));
    }
    Ok(of)
}

/// `by` proved a database that is of the other site; most often they are one.
async fn note_proof(
    conn: &mut PgConnection,
    (site, by): (SiteId, SiteId),
    evidence: &Evidence,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let site_name = store::sites::name(conn, by).await?.unwrap_or_default();
    if !evidence.holds {
        let name = match store::sites::name(conn, site).await? {
            Some(of) if site != by => format!("{of}, restored on {site_name}"),
            _ => site_name,
        };
        let database = (site, evidence.database.as_str());
        store::holds::place_for_proof(conn, HoldId::new(now), database, evidence.id, now).await?;
        let alarm = Alarm::ProofFailed {
            site,
            name,
            database: evidence.database.clone(),
            label: evidence.label.clone(),
            subject: evidence.subject,
            found: evidence.troubles(),
        };
        return paging::alarm(conn, &alarm, now).await;
    }
    let how = match evidence.subject {
        Subject::Point | Subject::Restore => "restored, opened and read whole",
        Subject::Dump => "brought back by pg_restore, and every table’s rows counted",
    };
    let elsewhere = if by == site { "" } else { "on another site, " };
    let words = format!("Verified {} of {}: {elsewhere}{how}", evidence.label, evidence.database);
    timeline::log(conn, Kind::Installation, Actor::Agent(site_name), Body::words(words), now)
        .await
        .map(drop)
}
