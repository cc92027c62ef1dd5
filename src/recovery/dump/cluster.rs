//! What a cluster consists of, and what stands in one of its databases, by its own catalogs.

use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};

use crate::domain::recovery::dump::{Counted, Dumped, Extension, Part};
use crate::recovery::{Error, Result, quoted};

const ROLES: &str = "select rolname from pg_roles where rolname !~ '^pg_' order by rolname";

/// The names of some columns differ from version to version.
const DATABASES: &str = "
    select datname, pg_get_userbyid(datdba)::text as owner, pg_encoding_to_char(encoding)::text as encoding,
           datcollate::text as collate, datctype::text as ctype, to_jsonb(d)->>'datlocprovider' as provider,
           coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale') as locale,
           pg_database_size(oid) as size
      from pg_database d where datallowconn order by datname";

const EXTENSIONS: &str = "
    select extname::text, extversion, nspname::text
      from pg_extension e join pg_namespace n on n.oid = extnamespace order by extname";

/// What a dump holds the rows of: what an extension brought is made by that, and temporary ones are nobody's.
const TABLES: &str = "
    select n.nspname::text, c.relname::text
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence in ('p', 'u')
       and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'
       and not exists (select from pg_depend x where x.classid = 'pg_class'::regclass
                          and x.objid = c.oid and x.deptype = 'e')
     order by 1, 2";

/// Functions that nobody but a superuser can have made.
const PRIVILEGED: &str = "
    select p.oid::int8 from pg_proc p join pg_language l on l.oid = p.prolang
     where (not l.lanpltrusted or p.proleakproof or p.prosupport <> 0)
       and p.pronamespace <> 'pg_catalog'::regnamespace
       and not exists (select from pg_depend x where x.classid = 'pg_proc'::regclass
                          and x.objid = p.oid and x.deptype = 'e')
     order by 1";

/// What a cluster consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Its roles, but for those that every server has.
    pub roles: Vec<String>,
    /// Its databases that take connections; nothing of what stands in them.
    pub databases: Vec<Dumped>,
}

/// What stands in a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What extends it.
    pub extensions: Vec<Extension>,
    /// Its tables with their rows.
    pub tables: Vec<Counted>,
    /// Functions that only a superuser can make.
    pub privileged: Vec<u32>,
}

impl Cluster {
    /// Looks.
    ///
    /// # Errors
    /// When it can't be asked.
    pub async fn look(options: &PgConnectOptions) -> Result<Cluster> {
        let failed = || Error::live("asking for its roles and databases");
        let mut conn = PgConnection::connect_with(options).await.map_err(failed())?;
        let roles = sqlx::query_scalar(ROLES).fetch_all(&mut conn).await.map_err(failed())?;
        let rows = sqlx::query(DATABASES).fetch_all(&mut conn).await.map_err(failed())?;
        conn.close().await.map_err(failed())?;
        let databases = rows.iter().map(database).collect::<sqlx::Result<_>>().map_err(failed())?;
        Ok(Cluster { roles, databases })
    }
}

fn database(row: &PgRow) -> sqlx::Result<Dumped> {
    Ok(Dumped {
        name: row.try_get("datname")?,
        owner: row.try_get("owner")?,
        encoding: row.try_get("encoding")?,
        collate: row.try_get("collate")?,
        ctype: row.try_get("ctype")?,
        provider: row.try_get("provider")?,
        locale: row.try_get("locale")?,
        size: row.try_get::<i64, _>("size")?.unsigned_abs(),
        part: Part { file: String::new(), bytes: 0, sha256: String::new() },
        extensions: Vec::new(),
        tables: Vec::new(),
        privileged: Vec::new(),
    })
}

/// What stands in the database, as the transaction of this connection sees it; a table that can't be counted is noted without rows.
pub(super) async fn look_into(conn: &mut PgConnection) -> sqlx::Result<Found> {
    let extensions = sqlx::query(EXTENSIONS).fetch_all(&mut *conn).await?;
    let extensions = extensions.iter().map(|row| {
        Ok(Extension { name: row.try_get(0)?, version: row.try_get(1)?, schema: row.try_get(2)? })
    });
    let extensions = extensions.collect::<sqlx::Result<_>>()?;
    let privileged: Vec<i64> = sqlx::query_scalar(PRIVILEGED).fetch_all(&mut *conn).await?;
    let privileged = privileged.into_iter().filter_map(|oid| u32::try_from(oid).ok()).collect();
    let mut tables = Vec::new();
    for row in sqlx::query(TABLES).fetch_all(&mut *conn).await? {
        let (schema, name): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        conn.execute("savepoint counted").await?;
        let rows = count(conn, &schema, &name).await;
        let ended = if rows.is_ok() { "release counted" } else { "rollback to counted" };
        conn.execute(ended).await?; // which fails where the connection is gone
        tables.push(Counted { schema, name, rows: rows.ok() });
    }
    Ok(Found { extensions, tables, privileged })
}

/// The rows of one table.
pub(super) async fn count(conn: &mut PgConnection, schema: &str, name: &str) -> sqlx::Result<u64> {
    let sql = format!("select count(*) from only {}.{}", quoted(schema), quoted(name));
    let rows: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await?;
    Ok(rows.unsigned_abs())
}
