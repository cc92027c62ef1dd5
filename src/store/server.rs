//! What the database's server says of itself.

use sqlx::{PgConnection, Row as _};

use super::StoreResult;

/// A server, and how it takes us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its version as one number: 150004 is 15.4.
    pub version: i32,
    /// Whether it only follows another one.
    pub follows: bool,
    /// Whether it takes no writes.
    pub read_only: bool,
    /// Connections that it has room for, those of its own owner left out.
    pub connections: i32,
}

/// Asks it.
pub async fn read(conn: &mut PgConnection) -> StoreResult<Server> {
    let server = sqlx::query_as!(
        Server,
        r#"select current_setting('server_version_num')::int as "version!",
                  pg_is_in_recovery() as "follows!",
                  current_setting('default_transaction_read_only') = 'on' as "read_only!",
                  current_setting('max_connections')::int
                      - current_setting('superuser_reserved_connections')::int as "connections!""#,
    )
    .fetch_one(conn)
    .await?;
    Ok(server)
}

/// The server's process that this connection speaks with. Asked in one message: a pooler that changes
/// servers between transactions knows no prepared statement, and is what this is to find.
pub async fn backend(conn: &mut PgConnection) -> StoreResult<i32> {
    let row = sqlx::raw_sql("select pg_backend_pid()").fetch_one(conn).await?;
    Ok(row.try_get(0)?)
}
