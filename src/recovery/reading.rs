//! Reads a cluster: counts the rows of a live one, and of a restored one every column of every
//! table, since a broken page is found by whoever reads it and by nobody else.

use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use super::{Error, Result};

/// One database of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// Its tables.
    pub tables: Vec<Table>,
}

/// One table, or materialized view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// How many rows it has; none where it could not be read.
    pub rows: Option<u64>,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// What holds data of its own: no views, no foreign tables, nothing that a crash would empty.
const TABLES: &str = "
    select n.nspname, c.relname, n.nspname in ('pg_catalog', 'information_schema') as system
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and c.relpersistence = 'p' and c.relispopulated
     order by n.nspname, c.relname";

const DATABASES: &str = "select datname from pg_database where datallowconn order by datname";

/// Counts the rows of every table of every database of a live cluster.
///
/// # Errors
/// When the cluster can't be asked at all; a table that can't be counted is noted without a number.
pub async fn count_rows(options: &PgConnectOptions) -> Result<Vec<Database>> {
    let mut all = Vec::new();
    for name in databases(options).await? {
        all.push(count_database(&options.clone().database(&name), name).await?);
    }
    Ok(all)
}

/// Reads every column of every table, the catalogs too.
///
/// # Errors
/// When the cluster can't be asked at all; what can't be read stands with the table.
pub async fn read_everything(options: impl Fn(&str) -> PgConnectOptions) -> Result<Vec<Database>> {
    let mut all = Vec::new();
    for name in databases(&options("postgres")).await? {
        all.push(read_database(&options(&name), name).await?);
    }
    Ok(all)
}

impl Table {
    /// Its name as people and SQL write it.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }
}

/// The databases that take connections.
///
/// # Errors
/// When the cluster can't be asked.
pub async fn databases(options: &PgConnectOptions) -> Result<Vec<String>> {
    let failed = || Error::live("asking for its databases");
    let mut conn = PgConnection::connect_with(options).await.map_err(failed())?;
    let names = sqlx::query_scalar(DATABASES).fetch_all(&mut conn).await.map_err(failed())?;
    conn.close().await.map_err(failed())?;
    Ok(names)
}

async fn count_database(options: &PgConnectOptions, name: String) -> Result<Database> {
    let failed = || Error::live("counting rows");
    let mut conn = PgConnection::connect_with(options).await.map_err(failed())?;
    let set = "set lock_timeout = '5s'; set default_transaction_read_only = on";
    sqlx::raw_sql(set).execute(&mut conn).await.map_err(failed())?;
    let mut tables = tables(&mut conn, false).await.map_err(failed())?;
    for table in &mut tables {
        let sql = format!("select count(*) from only {}", table.full_name());
        match sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).fetch_one(&mut conn).await {
            Ok(rows) => table.rows = u64::try_from(rows).ok(),
            Err(error) => table.fault = Some(error.to_string()),
        }
    }
    conn.close().await.map_err(failed())?;
    Ok(Database { name, tables })
}

async fn read_database(options: &PgConnectOptions, name: String) -> Result<Database> {
    let failed = || Error::live("reading a database");
    let connect = async || PgConnection::connect_with(options).await.map_err(failed());
    let mut conn = connect().await?;
    let mut tables = tables(&mut conn, true).await.map_err(failed())?;
    for table in &mut tables {
        match read_table(&mut conn, table).await {
            Ok(rows) => table.rows = Some(rows),
            Err(error) => {
                table.fault = Some(error.to_string());
                conn = connect().await?; // the old one may be dead, or in the midst of an answer
            }
        }
    }
    Ok(Database { name, tables })
}

/// `copy` writes every value out as text, so that each one is unpacked wherever it is stored.
async fn read_table(conn: &mut PgConnection, table: &Table) -> sqlx::Result<u64> {
    let sql = format!("copy (select * from only {}) to stdout", table.full_name());
    let mut rows = 0_u64;
    let mut said = conn.copy_out_raw(&sql).await?;
    while let Some(bytes) = said.try_next().await? {
        // A line end in a value is written as a backslash and a letter.
        rows += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    }
    Ok(rows)
}

async fn tables(conn: &mut PgConnection, system_too: bool) -> sqlx::Result<Vec<Table>> {
    let rows = sqlx::query(TABLES).fetch_all(conn).await?;
    let mut tables = Vec::new();
    for row in rows {
        if system_too || !row.try_get::<bool, _>("system")? {
            let (schema, name) = (row.try_get(0)?, row.try_get(1)?);
            tables.push(Table { schema, name, rows: None, fault: None });
        }
    }
    Ok(tables)
}

/// A name as SQL takes it, whatever stands in it.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
