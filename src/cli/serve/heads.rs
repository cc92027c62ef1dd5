//! Notes, apart from the database, where every timeline ends: what was there can't be unsaid.

use std::error::Error;
use std::mem;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::actions::verify::{HeadsError, write_heads};
use crate::actions::{self, ActionResult, quarantine};
use crate::cli::contact::Contact;
use crate::db::Db;
use crate::secrets::KeyRing;

/// How often the heads of all timelines are noted.
const NOTING: Duration = Duration::from_secs(60);
/// The same while their file can't be written.
const TRYING: Duration = Duration::from_secs(5);

/// Notes them in this file until `stop`.
pub(super) async fn keep(contact: Contact, path: PathBuf, stop: CancellationToken) {
    let (db, ring) = (&contact.db, &contact.ring);
    let mut unwritten = false;
    loop {
        let noted = note(db, ring, &path).await;
        let failed = matches!(noted, Ok(Err(HeadsError::File { .. })));
        let said = mem::replace(&mut unwritten, failed);
        match noted {
            Ok(Ok(())) if said => info!("the timelines' heads are noted again"),
            Ok(Ok(())) => {}
            Ok(Err(HeadsError::File { .. })) if said => {}
            Ok(Err(HeadsError::Disagrees { .. }))
                if quarantine::lay_aside_overruled(db, &path).await.unwrap_or(false) =>
            {
                info!("heads that an owner overruled were laid aside");
                continue;
            }
            Ok(Err(error)) => {
                error!(error = &error as &dyn Error, "the timelines' heads were not noted");
            }
            Err(error) => warn!(error = %error, "the timelines' heads can't be read now"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(if unwritten { TRYING } else { NOTING }) => {}
        }
    }
}

async fn note(db: &Db, ring: &KeyRing, path: &Path) -> ActionResult<Result<(), HeadsError>> {
    db.transaction(actions::DEADLINE, async |conn| Ok(write_heads(conn, ring, path).await)).await
}
