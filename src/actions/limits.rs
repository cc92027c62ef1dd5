//! Counting what must not be done too often.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{ActionError, ActionResult};
use crate::domain::limit::Limit;
use crate::store;

/// Counts one more at this subject. Refused, it rolls back with the deed, and counts nothing.
///
/// # Errors
/// [`ActionError::TooMany`], with how long to wait.
pub(super) async fn take(
    conn: &mut PgConnection,
    limit: Limit,
    subject: &[u8],
    now: OffsetDateTime,
) -> ActionResult<()> {
    let start = limit.window_start(now);
    let (before, last) = store::tallies::add(conn, &key(limit, subject), start, now).await?;
    match limit.wait(u32::try_from(before).unwrap_or(u32::MAX), last, now) {
        Some(wait) => Err(ActionError::TooMany(wait)),
        None => Ok(()),
    }
}

/// It was none after all: a password that was right.
pub(super) async fn give_back(
    conn: &mut PgConnection,
    limit: Limit,
    subject: &[u8],
    taken_at: OffsetDateTime,
) -> ActionResult<()> {
    let start = limit.window_start(taken_at);
    Ok(store::tallies::take_back(conn, &key(limit, subject), start).await?)
}

fn key(limit: Limit, subject: &[u8]) -> Vec<u8> {
    [limit.name.as_bytes(), b":", subject].concat()
}
