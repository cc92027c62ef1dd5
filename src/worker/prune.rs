//! Takes away what nobody asks for any more, a few rows at a time: jobs that ended, old tallies, old minutes of exposure.

use time::Duration;

use super::Toolbox;
use crate::actions::{ActionError, ActionResult, DEADLINE};
use crate::queue;
use crate::store;

/// How many go in one short transaction.
const AT_ONCE: i64 = 1_000;
/// No window of time is longer.
const TALLIES: Duration = Duration::days(1);
/// So long what would have been lost is kept, minute by minute.
const EXPOSURE: Duration = Duration::days(8);

/// Prunes until nothing is left to prune.
pub async fn prune(toolbox: &Toolbox) -> ActionResult<()> {
    let now = toolbox.clock.now();
    loop {
        let pruned = toolbox
            .db
            .transaction(DEADLINE, async |conn| {
                let jobs = queue::prune(conn, AT_ONCE, now).await?;
                let tallies = store::tallies::prune(conn, now - TALLIES, AT_ONCE).await?;
                let minutes = store::databases::prune(conn, now - EXPOSURE, AT_ONCE).await?;
                Ok::<_, ActionError>(jobs + tallies + minutes)
            })
            .await?;
        if pruned == 0 {
            return Ok(());
        }
    }
}
