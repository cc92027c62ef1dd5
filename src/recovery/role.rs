//! The role that a plan's questions are asked as. It reads, and has no right besides.

use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{Connection as _, Row as _};

use super::{Error, Result};

/// What a role may do, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Whether there is one.
    pub exists: bool,
    /// Whether it may log in.
    pub logs_in: bool,
    /// Whether it may connect to the database.
    pub connects: bool,
    /// Whether it reads everything; none on servers that know no such right, which came with 14.
    pub reads: Option<bool>,
    /// What it may besides, in words.
    pub powers: Vec<String>,
    /// What its sessions load.
    pub loads: Option<String>,
}

/// Roles inherit from roles; what it owns or was granted is noted where the server notes who can't be
/// dropped. Of what is set for sessions the narrowest counts.
const LOOK: &str = r#"
    with recursive wanted as (
        select r.*, d.oid as database
          from (values ($1::text, $2::text)) as asked (role, name)
               left join pg_roles r on r.rolname = asked.role
               left join pg_database d on d.datname = asked.name
    ), held as (
        select m.roleid from pg_auth_members m join wanted w on w.oid = m.member
        union
        select m.roleid from pg_auth_members m join held h on h.roleid = m.member
    ), noted as (
        select s.* from pg_shdepend s join wanted w on w.oid = s.refobjid
         where s.refclassid = 'pg_authid'::regclass
    )
    select w.oid is not null as found,
           coalesce(w.rolcanlogin, false) as logs_in,
           coalesce(has_database_privilege(w.oid, w.database, 'connect'), false) as connects,
           (select coalesce(pg_has_role(w.oid, p.oid, 'usage'), false)
              from pg_roles p where p.rolname = 'pg_read_all_data') as reads,
           array_remove(array[
               case when w.rolsuper then 'superuser' end,
               case when w.rolcreatedb then 'createdb' end,
               case when w.rolcreaterole then 'createrole' end,
               case when w.rolreplication then 'replication' end,
               case when w.rolbypassrls then 'bypassrls' end,
               case when exists (select from noted where deptype = 'o') then 'things that it owns' end,
               case when exists (select from noted where deptype = 'a' and classid not in
                   ('pg_database'::regclass, 'pg_auth_members'::regclass)) then 'grants of its own' end
           ], null) || array(
               select 'membership in ' || p.rolname from pg_roles p
                where p.oid in (select roleid from held) and p.rolname <> 'pg_read_all_data'
                order by 1) as powers,
           (select nullif(btrim(split_part(c, '=', 2), '" '), '')
              from pg_db_role_setting s cross join unnest(s.setconfig) as c
             where c like 'session\_preload\_libraries=%'
               and s.setrole in (0, w.oid) and s.setdatabase in (0, w.database)
             order by (s.setrole <> 0)::int * 2 + (s.setdatabase <> 0)::int desc limit 1) as loads
      from wanted w"#;

impl Role {
    /// Looks at the role of that name, as it would work in a database.
    ///
    /// # Errors
    /// When the cluster can't be asked.
    pub async fn look(options: &PgConnectOptions, role: &str, database: &str) -> Result<Role> {
        let failed = || Error::live("asking for the role that reads");
        let mut conn = PgConnection::connect_with(options).await.map_err(failed())?;
        let asked = sqlx::query(LOOK).bind(role).bind(database);
        let row = asked.fetch_one(&mut conn).await.map_err(failed())?;
        conn.close().await.map_err(failed())?;
        read(&row).map_err(failed())
    }
}

fn read(row: &PgRow) -> sqlx::Result<Role> {
    Ok(Role {
        exists: row.try_get("found")?,
        logs_in: row.try_get("logs_in")?,
        connects: row.try_get("connects")?,
        reads: row.try_get("reads")?,
        powers: row.try_get("powers")?,
        loads: row.try_get("loads")?,
    })
}
