//! Failed sign-ins, counted by the keyed hash of what was typed.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;

/// Counts one more failure in the window that began then, and says whether it is the first.
pub async fn count(
    conn: &mut PgConnection,
    subject: &[u8; 32],
    window_start: OffsetDateTime,
) -> StoreResult<bool> {
    let failures = sqlx::query_scalar!(
        "insert into sign_in_failures (subject, window_start, failures, noted)
         values ($1, $2, 1, true)
         on conflict (subject, window_start)
         do update set failures = sign_in_failures.failures + 1
         returning failures",
        &subject[..],
        window_start,
    )
    .fetch_one(conn)
    .await?;
    Ok(failures == 1)
}
