//! The mail setting, as the Settings page keeps it.

use super::super::{ActionError, ActionResult, DEADLINE};
use crate::db::Db;
use crate::store;

/// The sealed server and the sender, where both are set.
pub async fn mail_setting(db: &Db) -> ActionResult<Option<(Vec<u8>, String)>> {
    db.transaction(DEADLINE, async |conn| {
        Ok::<_, ActionError>(store::messages::mail_setting(conn).await?)
    })
    .await
}
