//! Signs of life, for who watches.

use super::{ActionResult, DEADLINE};
use crate::db::Db;
use crate::store;

/// Whether the database answers.
///
/// # Errors
/// Why it does not.
pub async fn answers(db: &Db) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        store::clock::read(conn).await?;
        Ok(())
    })
    .await
}
