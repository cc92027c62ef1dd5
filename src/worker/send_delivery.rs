//! Sends one delivery, or those that go in one mail.

use super::Toolbox;
use crate::actions::paging::{self, Came, Verdict};
use crate::actions::{ActionError, ActionResult};
use crate::fail;
use crate::queue::{End, Job};

/// Takes it in hand, sends, notes what came of it, and says what is to become of the job.
pub(super) async fn run(toolbox: &Toolbox, job: Job) -> ActionResult<End> {
    Ok(match send(toolbox, job).await? {
        Verdict::Settled => End::Done,
        Verdict::Again(at, why) => End::Again(at, why),
    })
}

async fn send(toolbox: &Toolbox, job: Job) -> ActionResult<Verdict> {
    let Toolbox { db, clock, links, mail, .. } = toolbox;
    let mailer = match mail.mailer(db).await {
        Ok(Some(mailer)) => Ok(mailer),
        Ok(None) => Err("no mail server is set".to_owned()),
        Err(ActionError::Refused(why)) => Err(why),
        Err(error) => return Err(error),
    };
    let letter = match job {
        Job::SendDelivery { delivery } => paging::take(db, links, delivery, clock.now()).await?,
        Job::SendDigest { delivery } => {
            paging::take_digest(db, links, delivery, clock.now()).await?
        }
    };
    let Some(letter) = letter else { return Ok(Verdict::Settled) };
    fail::point("page.before_send").await?;
    let came = match mailer {
        _ if letter.mail.to.is_empty() => Came::NoChannel("no mail address is known".to_owned()),
        Ok(mailer) => mailer.send(&letter.mail).await.map_or_else(Came::Failed, Came::Sent),
        Err(why) => Came::NoChannel(why),
    };
    fail::point("page.after_send").await?;
    let verdict = paging::note(db, &letter, &came, clock.now()).await?;
    fail::point("page.after_note").await?;
    Ok(verdict)
}
