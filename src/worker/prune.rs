//! Takes away finished jobs that nobody asks for any more, a few at a time.

use super::Toolbox;
use crate::actions::{ActionError, ActionResult, DEADLINE};
use crate::queue;

/// How many go in one short transaction.
const AT_ONCE: i64 = 1_000;

/// Prunes until nothing is left to prune.
pub async fn prune(toolbox: &Toolbox) -> ActionResult<()> {
    let now = toolbox.clock.now();
    loop {
        let pruned = toolbox
            .db
            .transaction(DEADLINE, async |conn| {
                Ok::<_, ActionError>(queue::prune(conn, AT_ONCE, now).await?)
            })
            .await?;
        if pruned == 0 {
            return Ok(());
        }
    }
}
