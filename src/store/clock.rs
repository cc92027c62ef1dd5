//! The database's time: the only SQL with a clock function.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;

/// What time the database has.
pub async fn read(conn: &mut PgConnection) -> StoreResult<OffsetDateTime> {
    Ok(sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#).fetch_one(conn).await?)
}

/// Keeps that the clock jumped by so many seconds.
pub async fn note_jump(
    conn: &mut PgConnection,
    seconds: f64,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!("insert into clock_jumps (noticed_at, seconds) values ($1, $2)", now, seconds)
        .execute(conn)
        .await?;
    Ok(())
}
