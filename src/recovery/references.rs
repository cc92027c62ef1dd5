//! Foreign keys of a restored cluster, looked at row by row: the server believes its own catalog.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use super::reading::databases;
use super::{Error, Result};

/// One foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The database.
    pub database: String,
    /// Its table, and its name.
    pub name: String,
    /// Rows that refer to nothing; in words where they could not be counted.
    pub orphans: Result<u64, String>,
}

/// Each key's name, and a query for the rows that refer to nothing. It compares by the key's own
/// operators, and leaves out rows with a null, as the key does.
const KEYS: &str = "
    select format('%s, %I', con.conrelid::regclass, con.conname) as name,
           format('select count(*) from %s c where %s and not exists (select from %s p where %s)',
                  case c.relkind when 'p' then '' else 'only ' end || con.conrelid::regclass,
                  string_agg(format('c.%I is not null', ca.attname), ' and '),
                  case p.relkind when 'p' then '' else 'only ' end || con.confrelid::regclass,
                  string_agg(format('p.%I operator(%I.%s) c.%I',
                                    pa.attname, n.nspname, o.oprname, ca.attname), ' and ')) as query
      from pg_constraint con
           join pg_class c on c.oid = con.conrelid
           join pg_class p on p.oid = con.confrelid
           cross join lateral unnest(con.conkey, con.confkey, con.conpfeqop) as k (child, parent, op)
           join pg_attribute ca on ca.attrelid = con.conrelid and ca.attnum = k.child
           join pg_attribute pa on pa.attrelid = con.confrelid and pa.attnum = k.parent
           join pg_operator o on o.oid = k.op
           join pg_namespace n on n.oid = o.oprnamespace
     where con.contype = 'f' and con.convalidated and con.conparentid = 0
       and c.relpersistence = 'p' and p.relpersistence = 'p'
     group by con.oid, con.conname, con.conrelid, con.confrelid, c.relkind, p.relkind
     order by 1";

/// Looks at every foreign key of every database.
///
/// # Errors
/// When the cluster can't be asked at all.
pub async fn check_references(
    options: impl Fn(&str) -> PgConnectOptions,
) -> Result<Vec<Reference>> {
    let mut all = Vec::new();
    for name in databases(&options("postgres")).await? {
        all.extend(check_database(&options(&name), name).await?);
    }
    Ok(all)
}

async fn check_database(options: &PgConnectOptions, database: String) -> Result<Vec<Reference>> {
    let failed = || Error::live("looking at foreign keys");
    let mut conn = PgConnection::connect_with(options).await.map_err(failed())?;
    let keys = sqlx::query(KEYS).fetch_all(&mut conn).await.map_err(failed())?;
    let mut found = Vec::new();
    for key in keys {
        let name: String = key.try_get("name").map_err(failed())?;
        let query: String = key.try_get("query").map_err(failed())?;
        let counted = sqlx::query_scalar::<_, i64>(AssertSqlSafe(query)).fetch_one(&mut conn).await;
        let orphans = counted.map(i64::unsigned_abs).map_err(|error| error.to_string());
        found.push(Reference { database: database.clone(), name, orphans });
    }
    conn.close().await.map_err(failed())?;
    Ok(found)
}
