//! The Postgres of one test run: thrown away with the run, however that ends, and so set to forget.
//!
//! Statics are never dropped, and a killed process drops nothing. So a script of its own holds the
//! cluster: it ends the cluster when its standard input closes, which the kernel does at the latest.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};
use tokio::sync::OnceCell;

static SHARED: OnceCell<Cluster> = OnceCell::const_new();

/// A running cluster on memory, reached by a Unix socket alone.
pub struct Cluster {
    /// What comes behind the database's name in an address.
    tail: String,
    _child: Child,
    /// Its standard input is what keeps the cluster.
    holder: Mutex<Holder>,
}

/// The script that holds the cluster: stops and starts it when told so.
struct Holder {
    tell: ChildStdin,
    said: BufReader<ChildStdout>,
    running: bool,
}

/// Says where the cluster is, then obeys line by line until its input ends.
const HOLD: &str = r#"
    echo "$DATABASE_URL"
    cd /
    while read -r word; do
        case $word in
        stop) $CLUSTER_AS pg_ctl -D "$CLUSTER_DATA" -m fast -w -s stop ;;
        start) $CLUSTER_AS pg_ctl -D "$CLUSTER_DATA" -l "$CLUSTER_LOG" -w -s start -o "$CLUSTER_SETTINGS" ;;
        esac </dev/null >&2 && echo done || echo failed
    done
"#;

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

    /// The socket that it is reached by.
    pub fn socket(&self) -> PathBuf {
        let (_, rest) = self.tail.split_once("host=").expect("the cluster has a socket alone");
        let folder = rest.split('&').next().unwrap();
        PathBuf::from(folder).join(".s.PGSQL.5432")
    }

    /// Stops the server, and starts it again: for a process that has it to itself.
    pub async fn run(&'static self, running: bool) {
        let told = tokio::task::spawn_blocking(move || self.holder.lock().unwrap().run(running));
        told.await.unwrap();
    }

    /// Cuts a database off: nobody can connect, and whoever was is not any more.
    pub async fn close_database(&self, name: &str) {
        self.command(format!("alter database {} with allow_connections false", quoted(name))).await;
        let literal = name.replace('\'', "''");
        let cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname =";
        self.command(format!("{cut} '{literal}'")).await;
    }

    /// Lets everybody in again.
    pub async fn open_database(&self, name: &str) {
        self.command(format!("alter database {} with allow_connections true", quoted(name))).await;
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

impl Holder {
    fn run(&mut self, running: bool) {
        if self.running == running {
            return;
        }
        writeln!(self.tell, "{}", if running { "start" } else { "stop" }).unwrap();
        let mut answer = String::new();
        self.said.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim(), "done", "the cluster was told to run: {running}");
        self.running = running;
    }
}

fn start() -> Cluster {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/with-cluster.sh");
    let mut holder = Command::new(script)
        .args(["sh", "-c", HOLD])
        .process_group(0) // Ctrl-C ends the tests, and then the closing pipe the cluster
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();

    let (tell, mut said) =
        (holder.stdin.take().unwrap(), BufReader::new(holder.stdout.take().unwrap()));
    let mut url = String::new();
    said.read_line(&mut url).unwrap();
    let tail = url.trim().strip_prefix("postgres:///postgres").expect("the cluster did not start");
    let tail = tail.to_owned();
    Cluster { tail, _child: holder, holder: Mutex::new(Holder { tell, said, running: true }) }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
