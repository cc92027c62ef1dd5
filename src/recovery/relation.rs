//! Where a table lies, asked of the cluster that lives.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, Row as _};

use super::commits::Relation;
use super::reading::databases;
use super::{Error, Result};

/// `to_regclass` reads a name as SQL does, and answers nothing where there is none.
const WHERE: &str = "
    select (case when c.reltablespace = 0 then d.dattablespace else c.reltablespace end)::int8 as space,
           d.oid::int8 as database, pg_relation_filenode(c.oid)::int8 as file
      from pg_class c, pg_database d
     where c.oid = to_regclass($1) and c.relkind in ('r', 'm', 't') and d.datname = current_database()";

const NAMES: &str = "select oid::int8, datname from pg_database order by datname";

/// The databases with a table of that name, each with where it lies. A name without a schema is of `public`.
///
/// # Errors
/// When the cluster does not answer, or the name is none.
pub async fn relations(
    options: &PgConnectOptions,
    table: &str,
    within: Option<&str>,
) -> Result<Vec<(String, Relation)>> {
    let mut found = Vec::new();
    for database in databases(options).await? {
        if within.is_some_and(|within| within != database) {
            continue;
        }
        if let Some(relation) = relation(&options.clone().database(&database), table).await? {
            found.push((database, relation));
        }
    }
    Ok(found)
}

async fn relation(options: &PgConnectOptions, table: &str) -> Result<Option<Relation>> {
    let failed = || Error::live("asking where a table lies");
    let options = options.clone().options([("search_path", "public")]);
    let mut conn = PgConnection::connect_with(&options).await.map_err(failed())?;
    let row = sqlx::query(WHERE).bind(table).fetch_optional(&mut conn).await.map_err(failed())?;
    conn.close().await.map_err(failed())?;
    let Some(row) = row else { return Ok(None) };
    let number = |name: &str| row.try_get::<i64, _>(name).map(|it| u32::try_from(it).unwrap_or(0));
    Ok(Some(Relation {
        space: number("space").map_err(failed())?,
        database: number("database").map_err(failed())?,
        file: number("file").map_err(failed())?,
    }))
}

/// The databases' numbers, by which their files are named.
///
/// # Errors
/// When the cluster does not answer.
pub async fn numbers(options: &PgConnectOptions) -> Result<Vec<(u32, String)>> {
    let failed = || Error::live("asking for its databases");
    let mut conn = PgConnection::connect_with(options).await.map_err(failed())?;
    let rows = sqlx::query(NAMES).fetch_all(&mut conn).await.map_err(failed())?;
    conn.close().await.map_err(failed())?;
    let read = |row: &sqlx::postgres::PgRow| {
        let number: i64 = row.try_get(0)?;
        Ok((u32::try_from(number).unwrap_or(0), row.try_get(1)?))
    };
    rows.iter().map(read).collect::<sqlx::Result<_>>().map_err(failed())
}
