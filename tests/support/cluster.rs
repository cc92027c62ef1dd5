//! The Postgres of one test run: thrown away with the run, however that ends, and so set to forget.
//!
//! Statics are never dropped, and a killed process drops nothing. So a script of its own holds the
//! cluster: it ends the cluster when its standard input closes, which the kernel does at the latest.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};
use tokio::sync::OnceCell;

static SHARED: OnceCell<Cluster> = OnceCell::const_new();

/// A running cluster on memory, reached by a Unix socket alone.
pub struct Cluster {
    /// What comes behind the database's name in an address.
    tail: String,
    /// Its standard input is what keeps the cluster.
    _holder: Child,
}

impl Cluster {
    /// The cluster of this test process, started when it is first asked for.
    pub async fn shared() -> &'static Cluster {
        SHARED.get_or_init(|| async { tokio::task::spawn_blocking(start).await.unwrap() }).await
    }

    /// The address of a database, in sqlx's and psql's form.
    pub fn url(&self, database: &str) -> String {
        format!("postgres:///{database}{}", self.tail)
    }

    /// How to connect to a database.
    pub fn options(&self, database: &str) -> PgConnectOptions {
        self.url(database).parse().unwrap()
    }

    /// Makes an empty database.
    pub async fn create_database(&self, name: &str) {
        self.command(format!("create database {}", quoted(name))).await;
    }

    /// Makes a database as a copy of another, to which nobody may be connected meanwhile.
    pub async fn database_from(&self, template: &str, name: &str) -> PgConnectOptions {
        let (new, old) = (quoted(name), quoted(template));
        self.command(format!("create database {new} template {old} strategy file_copy")).await;
        self.options(name)
    }

    /// Removes a database, cutting off whoever is connected.
    pub async fn drop_database(&self, name: &str) {
        self.command(format!("drop database if exists {} with (force)", quoted(name))).await;
    }

    async fn command(&self, sql: String) {
        let mut conn = PgConnection::connect_with(&self.options("postgres")).await.unwrap();
        sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }
}

fn start() -> Cluster {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/with-cluster.sh");
    let mut holder = Command::new(script)
        .args(["sh", "-c", r#"echo "$DATABASE_URL"; exec cat"#])
        .process_group(0) // Ctrl-C ends the tests, and then the closing pipe the cluster
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();

    let mut url = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let tail = url.trim().strip_prefix("postgres:///postgres").expect("the cluster did not start");
    Cluster { tail: tail.to_owned(), _holder: holder }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
