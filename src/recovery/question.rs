//! One question of the plan's to a restored database: a statement that somebody wrote who may be
//! mistaken, or mean harm. It runs as a role that can only read, over a connection of its own, and
//! yields one short value or is stopped.
//!
//! The statement is first prepared as it stands, which lets the server refuse all that is not one
//! whole statement, and only then put into brackets, on lines of its own: what was whole before can't
//! reach out of them. Even if it did, it would be one statement of a role that can only read.

use std::fmt;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqlSafeStr as _, Statement as _};
use tokio::time::timeout;

use crate::domain::cut::line;

/// Letters of a value that are kept.
const LONGEST: usize = 200;

/// What such a session begins with. Rows that a policy would hide are an error, so that nothing is
/// taken for empty that is not; who went away is noticed, so that nothing runs on without us.
const SESSION: [(&str, &str); 8] = [
    ("default_transaction_read_only", "on"),
    ("row_security", "off"),
    ("lock_timeout", "5s"),
    ("client_connection_check_interval", "1s"),
    ("client_min_messages", "error"),
    ("max_parallel_workers_per_gather", "0"),
    ("local_preload_libraries", ""),
    ("datestyle", "ISO"),
];

/// A foreign table leads out of the scratch, and one of a program runs it. Servers of before August
/// 2024 don't know the setting.
const NO_FOREIGN_TABLES: &str = "
    select set_config(name, 'foreign-table', false) from pg_catalog.pg_settings
     where name = 'restrict_nonsystem_relation_kind'";

/// How long an answer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Then the server is to stop.
    pub server: Duration,
    /// Then it is left alone, whatever it does.
    pub ours: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { server: Duration::from_secs(30), ours: Duration::from_secs(40) }
    }
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// It took too long.
    Late(Duration),
    /// It yields something else than one value.
    Shape(String),
    /// The server refused it, in its words.
    Refused(String),
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unanswered::Late(limit) => {
                write!(f, "stopped: it took longer than {} s", limit.as_secs())
            }
            Unanswered::Shape(what) => write!(f, "it must yield one value, and yields {what}"),
            Unanswered::Refused(said) => write!(f, "refused: {said}"),
        }
    }
}

/// Asks, and gives the value as text; none for the database's null.
///
/// # Errors
/// Why there is no value.
pub async fn ask(
    options: PgConnectOptions,
    sql: &str,
    patience: Patience,
) -> Result<Option<String>, Unanswered> {
    let limit = patience.server.as_millis().to_string();
    let options = options.options(SESSION).options([("statement_timeout", limit)]);
    let asked = timeout(patience.ours, async {
        let mut conn = PgConnection::connect_with(&options).await.map_err(|e| why(e, patience))?;
        let value = one_value(&mut conn, sql).await.map_err(|fault| match fault {
            Fault::Shape(what) => Unanswered::Shape(what),
            Fault::Server(error) => why(error, patience),
        })?;
        let _ = conn.close().await; // it was read already
        Ok(value)
    });
    asked.await.unwrap_or(Err(Unanswered::Late(patience.ours)))
}

enum Fault {
    Shape(String),
    Server(sqlx::Error),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Fault {
        Fault::Server(error)
    }
}

async fn one_value(conn: &mut PgConnection, sql: &str) -> Result<Option<String>, Fault> {
    conn.execute(NO_FOREIGN_TABLES).await?;
    conn.execute("begin transaction read only").await?;
    let plain = conn.prepare(AssertSqlSafe(sql.to_owned()).into_sql_str()).await?;
    match plain.columns().len() {
        1 => {}
        0 => return Err(Fault::Shape("nothing".to_owned())),
        many => return Err(Fault::Shape(format!("{many} columns"))),
    }
    let inner = sql.trim_end().trim_end_matches([';', ' ', '\t', '\r', '\n']);
    let most = LONGEST + 1;
    let outer = format!(
        "select pg_catalog.left(v::pg_catalog.text, {most}) from (\n{inner}\n) as asked(v) limit 2"
    );
    let mut values: Vec<Option<String>> =
        sqlx::query_scalar(AssertSqlSafe(outer)).fetch_all(conn).await?;
    match (values.pop(), values.pop()) {
        (Some(value), None) => Ok(value.map(|value| line(&value, LONGEST))),
        (None, _) => Err(Fault::Shape("no row".to_owned())),
        (Some(_), Some(_)) => Err(Fault::Shape("more than one row".to_owned())),
    }
}

fn why(error: sqlx::Error, patience: Patience) -> Unanswered {
    const CANCELED: &str = "57014";
    let Some(said) = error.as_database_error() else {
        return Unanswered::Refused(line(&error.to_string(), LONGEST));
    };
    if said.code().as_deref() == Some(CANCELED) {
        return Unanswered::Late(patience.server);
    }
    Unanswered::Refused(line(said.message(), LONGEST))
}
