//! Sends one delivery.

use super::Toolbox;
use crate::actions::paging::{self, Verdict};
use crate::actions::{ActionError, ActionResult, DEADLINE};
use crate::domain::id::DeliveryId;
use crate::fail;
use crate::queue::{self, Claimed};

/// Takes it in hand, sends, notes what came of it, and settles the job.
pub(super) async fn run(
    toolbox: &Toolbox,
    claimed: &Claimed,
    delivery: DeliveryId,
) -> ActionResult<()> {
    let verdict = send(toolbox, delivery).await?;
    let now = toolbox.clock.now();
    toolbox
        .db
        .transaction(DEADLINE, async |conn| {
            match &verdict {
                Verdict::Settled => queue::finish(conn, claimed, None, now).await?,
                Verdict::Again(at, why) => queue::retry(conn, claimed, *at, why).await?,
            };
            Ok(())
        })
        .await
}

async fn send(toolbox: &Toolbox, delivery: DeliveryId) -> ActionResult<Verdict> {
    let Toolbox { db, clock, links, mail } = toolbox;
    let mailer = mail.mailer(db).await?;
    let Some(letter) = paging::take(db, links, delivery, clock.now()).await? else {
        return Ok(Verdict::Settled);
    };
    fail::point("page.before_send").await.map_err(ActionError::refused)?;
    let result = match mailer {
        Some(mailer) => Some(mailer.send(&letter.mail).await),
        None => None,
    };
    fail::point("page.after_send").await.map_err(ActionError::refused)?;
    let verdict = paging::note(db, &letter, result.as_ref(), clock.now()).await?;
    fail::point("page.after_note").await.map_err(ActionError::refused)?;
    Ok(verdict)
}
