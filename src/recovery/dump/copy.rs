//! A dump brought back into an empty cluster beside the one that lives, to be looked at and removed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use super::address;
use super::cluster::{Found, look_into};
use super::entries::{By, batches};
use crate::domain::recovery::dump::{Counted, Dumped, Extension};
use crate::pgserver::ScratchServer;
use crate::recovery::repository::{make_folder, replace};
use crate::recovery::scratch::settings;
use crate::recovery::tool::Tool;
use crate::recovery::{Error, Result, Room, quoted};

/// An empty cluster, which is being filled. It is removed when this is dropped.
#[derive(Debug)]
pub struct Copy {
    room: Room,
    programs: PathBuf,
    server: Option<ScratchServer>,
    superuser: String,
    loader: String,
}

/// What stands in a database that was brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What extends it.
    pub extensions: Vec<Extension>,
    /// Its tables, each with its rows.
    pub tables: Vec<Counted>,
}

impl Copy {
    /// Makes it, with all roles of the dump as such that can do nothing: they own what they owned. The superuser, and
    /// whoever fills it, are called as none of them is.
    ///
    /// # Errors
    /// What keeps it from being made; nothing is left behind then.
    pub async fn make(room: Room, programs: PathBuf, roles: &[String]) -> Result<Copy> {
        room.clear()?;
        make_folder(&room.folder.join("dump"))?;
        let mut copy = Copy {
            superuser: other_than(roles, "muster_made"),
            loader: other_than(roles, "muster_fills"),
            room,
            programs,
            server: None,
        }; // removed from here on
        copy.start().await?;
        copy.make_roles(roles).await.map_err(Error::live("making the roles of a dump"))?;
        Ok(copy)
    }

    async fn start(&mut self) -> Result<()> {
        let mut place = OsString::from("--pgdata=");
        place.push(self.room.cluster());
        let initdb = Tool::gently(&self.programs.join("initdb")).arg(place);
        let initdb = initdb.arg(format!("--username={}", self.superuser));
        let initdb = initdb.args(["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        let answer = initdb.run().await?;
        if !answer.ended_well {
            return Err(Error::Engine {
                doing: "making an empty cluster",
                said: answer.complaint(),
            });
        }
        settings::write_empty(&self.room)?;
        self.server = Some(ScratchServer::start(&self.room.server()).await?);
        Ok(())
    }

    async fn make_roles(&self, roles: &[String]) -> sqlx::Result<()> {
        let mut conn = PgConnection::connect_with(&self.options("postgres")).await?;
        let loader = quoted(&self.loader);
        let make = format!(
            "create role {loader} login; grant pg_write_all_data, pg_read_all_data to {loader}"
        );
        sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut conn).await?;
        for role in roles.iter().map(|role| quoted(role)) {
            let make = format!("create role {role} nologin; grant {role} to {loader}");
            sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut conn).await?;
        }
        conn.close().await
    }

    /// Where files of the dump may lie meanwhile; it goes with the copy.
    #[must_use]
    pub fn desk(&self) -> PathBuf {
        self.room.folder.join("dump")
    }

    /// Brings a database back from its file; the number says what it is called here.
    ///
    /// # Errors
    /// The first thing that did not come back.
    pub async fn restore(&self, number: usize, file: &Path, dumped: &Dumped) -> Result<Restored> {
        let name = format!("restored_{number}");
        self.make_database(&name, dumped).await.map_err(Error::live("making a database"))?;
        let list = self.desk().join("entries");
        for batch in batches(&self.entries(file, &list).await?, &dumped.privileged) {
            replace(&list, batch.list.as_bytes())?;
            self.fill(&name, (batch.by, &list), file).await?;
            if batch.by == By::Superuser {
                self.open_schemas(&name).await.map_err(Error::live("opening schemas"))?;
            }
        }
        self.look(&name).await.map_err(Error::live("counting rows"))
    }

    async fn make_database(&self, name: &str, dumped: &Dumped) -> sqlx::Result<()> {
        let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let mut sql = format!(
            "create database {name} template template0 owner {} encoding {} lc_collate {} lc_ctype {}",
            quoted(&dumped.owner),
            text(&dumped.encoding),
            text(&dumped.collate),
            text(&dumped.ctype)
        );
        match (dumped.provider.as_deref(), &dumped.locale) {
            (Some("i"), Some(locale)) => {
                sql += &format!(" locale_provider icu icu_locale {}", text(locale));
            }
            (Some("b"), Some(locale)) => {
                sql += &format!(" locale_provider builtin builtin_locale {}", text(locale));
            }
            _ => {}
        }
        let mut conn = PgConnection::connect_with(&self.options("postgres")).await?;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await?;
        conn.close().await
    }

    async fn entries(&self, file: &Path, list: &Path) -> Result<String> {
        let mut to = OsString::from("--file=");
        to.push(list);
        let answer = self.tool().arg("--list").arg(to).arg(file).run().await?;
        if !answer.ended_well {
            return Err(Error::Engine { doing: "listing a dump", said: answer.complaint() });
        }
        let text = std::fs::read(list).map_err(Error::io("read", list))?;
        String::from_utf8(text).map_err(|_| Error::Unreadable { doing: "listing a dump" })
    }

    async fn fill(&self, database: &str, (by, list): (By, &Path), file: &Path) -> Result<()> {
        let user = if by == By::Superuser { &self.superuser } else { &self.loader };
        let Some(server) = &self.server else { return Ok(()) }; // there is one from its making on
        let address = address(server.socket_dir(), server.port(), user, database);
        let mut use_list = OsString::from("--use-list=");
        use_list.push(list);
        let tool = self
            .tool()
            .args(["--exit-on-error", "--no-tablespaces", "--no-password"])
            .args([
                "--no-comments",
                "--no-security-labels",
                "--no-publications",
                "--no-subscriptions",
            ])
            .arg(use_list)
            .arg(format!("--dbname={address}"))
            .arg(file);
        let answer = tool.run().await?;
        if answer.ended_well {
            return Ok(());
        }
        Err(Error::Engine { doing: "pg_restore", said: answer.complaint() })
    }

    /// So that whoever fills it may make what others own, wherever that lies.
    async fn open_schemas(&self, database: &str) -> sqlx::Result<()> {
        const OPEN: &str = "
            do $$ declare s text; begin
                for s in select nspname from pg_catalog.pg_namespace
                          where nspname !~ '^pg_' and nspname <> 'information_schema'
                loop execute pg_catalog.format('grant all on schema %I to public', s); end loop;
            end $$";
        let mut conn = PgConnection::connect_with(&self.options(database)).await?;
        conn.execute(OPEN).await?;
        conn.close().await
    }

    async fn look(&self, database: &str) -> sqlx::Result<Restored> {
        let mut conn = PgConnection::connect_with(&self.options(database)).await?;
        conn.execute("begin transaction read only").await?;
        let Found { extensions, tables, .. } = look_into(&mut conn).await?;
        conn.close().await?;
        Ok(Restored { extensions, tables })
    }

    fn options(&self, database: &str) -> PgConnectOptions {
        match &self.server {
            Some(server) => server.options(&self.superuser, database),
            // No socket lies there; anything else might lead to a cluster that lives.
            None => PgConnectOptions::new_without_pgpass().socket(&self.room.folder),
        }
    }

    fn tool(&self) -> Tool {
        Tool::gently(&self.programs.join("pg_restore"))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        drop(self.server.take());
        let _ = self.room.clear(); // the next one clears again
    }
}

/// A name that none of these is.
fn other_than(names: &[String], wanted: &str) -> String {
    let mut name = wanted.to_owned();
    while names.contains(&name) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_fills_a_copy_is_called_as_nobody_of_the_dump_is() {
        let roles = ["app", "muster_fills", "muster_fills_"].map(str::to_owned);
        assert_eq!(other_than(&roles, "muster_fills"), "muster_fills__");
        assert_eq!(other_than(&roles, "muster_made"), "muster_made");
    }
}
