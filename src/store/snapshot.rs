//! One look at the whole database.

use sqlx::PgConnection;

use super::StoreResult;

/// Makes all that the transaction reads be of one moment; must come before anything else in it.
pub async fn take(conn: &mut PgConnection) -> StoreResult<()> {
    sqlx::query!("set transaction isolation level repeatable read, read only")
        .execute(conn)
        .await?;
    Ok(())
}
