//! What a plan may ask of a restored database, whoever wrote it: one short value, read by a role that
//! can do nothing else. On a real server, which here may even be written to.

use std::time::Duration;

use muster::recovery::{Patience, Role, Unanswered, ask};
use sqlx::postgres::PgConnectOptions;

use crate::support::host::Host;

const QUICK: Patience =
    Patience { server: Duration::from_millis(300), ours: Duration::from_millis(900) };

/// Catches that it is told to stop, for ever.
const STUBBORN: &str = "create function stubborn() returns int language plpgsql as $$
    begin loop begin perform pg_sleep(60); exception when query_canceled then null; end; end loop; end $$";

/// What makes a role one that can do more, what mends it, and how it is said.
const POWERS: [(&str, &str, &str); 9] = [
    ("alter role muster_check superuser", "alter role muster_check nosuperuser", "superuser"),
    ("alter role muster_check createdb", "alter role muster_check nocreatedb", "createdb"),
    ("alter role muster_check createrole", "alter role muster_check nocreaterole", "createrole"),
    ("alter role muster_check replication", "alter role muster_check noreplication", "replication"),
    ("alter role muster_check bypassrls", "alter role muster_check nobypassrls", "bypassrls"),
    (
        "grant pg_write_all_data to muster_check",
        "revoke pg_write_all_data from muster_check",
        "membership in pg_write_all_data",
    ),
    (
        "grant between to muster_check",
        "revoke between from muster_check",
        "membership in pg_execute_server_program",
    ),
    (
        "grant insert on t to muster_check",
        "revoke insert on t from muster_check",
        "grants of its own",
    ),
    ("alter table t owner to muster_check", "alter table t owner to owner", "things that it owns"),
];

fn server() -> Host {
    let host = Host::with("--no-sync");
    host.start();
    host.sql("postgres", "create role muster_check login; grant pg_read_all_data to muster_check");
    host
}

fn options(host: &Host, role: &str) -> PgConnectOptions {
    let options = PgConnectOptions::new_without_pgpass().socket(host.path("socket"));
    options.port(5432).username(role).database("postgres")
}

async fn asked(host: &Host, sql: &str) -> Result<Option<String>, Unanswered> {
    ask(options(host, "muster_check"), sql, QUICK).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_of_any_type_is_read_as_text_on_one_line_and_cut() {
    let host = server();
    host.sql("postgres", "create schema app; create type app.mood as enum ('well'); create table app.t as select 7 as x");
    host.sql("postgres", "alter database postgres set search_path = app, public");
    for (sql, expected) in [
        ("select count(*) from t", "1"),
        ("SELECT 9223372036854775807::bigint;\n", "9223372036854775807"),
        ("select 1.50::numeric -- not 2", "1.50"),
        ("values (true)", "true"),
        ("with a as (select 'well'::mood as m) select m from a", "well"),
        ("select timestamptz '2026-11-14 02:00:00+00' at time zone 'UTC'", "2026-11-14 02:00:00"),
        ("select array[1, null]", "{1,NULL}"),
        ("select row(1, 'x')", "(1,x)"),
        ("select E'a\\nok    checksums: all'", "a ok    checksums: all"),
        ("select ');--'", ");--"),
        ("table t", "7"),
    ] {
        assert_eq!(asked(&host, sql).await, Ok(Some(expected.to_owned())), "{sql}");
    }
    assert_eq!(asked(&host, "select null").await, Ok(None));
    let long = asked(&host, "select repeat('ü', 9000000)").await.unwrap().unwrap();
    assert_eq!(long, "ü".repeat(200) + "…");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_harm_is_refused_and_leaves_nothing() {
    let host = server();
    let mark = host.path("socket/mark").display().to_string();
    host.sql(
        "postgres",
        "create table t as select 1 as x; create sequence s; create extension dblink",
    );
    host.sql(
        "postgres",
        "create table hidden (x int); alter table hidden enable row level security",
    );
    host.sql(
        "postgres",
        "create extension file_fdw; create server f foreign data wrapper file_fdw",
    );
    let ran =
        format!("create foreign table ran (x text) server f options (program 'touch {mark}')");
    host.sql("postgres", &ran);
    let dblink = format!(
        "select a from dblink('host={} user=owner dbname=postgres', 'drop table t returning 1') as d (a int)",
        host.path("socket").display()
    );
    let program = format!("copy (select 1) to program 'touch {mark}'");
    let within =
        format!("select query_to_xml($$copy t to program 'touch {mark}'$$, true, true, '')");
    let harm = format!("begin execute $$copy t to program 'touch {mark}'$$; return 1; end");
    let harm = format!("create function harm() returns int language plpgsql as $f$ {harm} $f$");
    host.sql("postgres", &harm);
    for (sql, expected) in [
        (program.as_str(), "it must yield one value, and yields nothing"),
        (&within, "COPY is not allowed"),
        ("select harm()", "pg_execute_server_program"),
        ("select x from ran", "foreign table"),
        (&dblink, "password"),
        ("select 1; drop table t", "multiple commands"),
        ("select 1 -- '\n; drop table t", "multiple commands"),
        ("select 1) as a(v); drop table t; select 1 from (select 2", "syntax error"),
        ("select 1) as a(v) union all select 2 from (select 3", "syntax error"),
        ("select 1 /* ", "unterminated"),
        ("insert into t values (2) returning x", "syntax error"),
        ("with d as (delete from t returning x) select count(*) from d", "top level"),
        ("select nextval('s')", "permission denied"),
        ("select x from t for update", "read-only transaction"),
        ("do $$ begin perform pg_sleep(60); end $$", "yields nothing"),
        ("set role owner", "yields nothing"),
        ("set session authorization owner", "yields nothing"),
        ("select set_config('role', 'owner', false)", "permission denied"),
        ("select set_config('session_authorization', 'owner', false)", "permission denied"),
        ("select set_config('transaction_read_only', 'off', false)", "read-write mode"),
        ("select pg_read_file('/etc/passwd')", "permission denied"),
        ("select lo_import('/etc/passwd')", "permission denied"),
        ("select pg_reload_conf()", "permission denied"),
        ("select count(*) from hidden", "row-level security"),
        ("select pg_terminate_backend(pg_backend_pid())", "terminating connection"),
        ("select pg_sleep(60)", "it took longer than"),
        (
            "select set_config('statement_timeout', '0', false) || pg_sleep(60)",
            "it took longer than",
        ),
        ("select generate_series(1, 1000000)", "yields more than one row"),
        ("select 1, 2", "yields 2 columns"),
        ("select 1 where false", "yields no row"),
        ("select", "yields nothing"),
        ("select $1::int", "parameters"),
        ("", "yields nothing"),
    ] {
        let said = asked(&host, sql).await.unwrap_err().to_string();
        assert!(said.contains(expected), "{sql}: {said}");
        assert!(said.chars().count() < 250 && !said.contains('\n'), "{said}");
    }
    assert_eq!(host.sql("postgres", "select count(*), sum(x) from t"), "1|1");
    assert!(!host.path("socket/mark").exists(), "a program was run");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_stop_when_told_is_left_and_ends_by_itself() {
    let host = server();
    host.sql("postgres", STUBBORN);

    assert_eq!(asked(&host, "select stubborn()").await, Err(Unanswered::Late(QUICK.ours)));

    let runs = "select count(*) from pg_stat_activity where usename = 'muster_check'";
    let deadline = std::time::Instant::now() + Duration::from_secs(15);
    while host.sql("postgres", runs) != "0" {
        assert!(std::time::Instant::now() < deadline, "it runs on without us");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_can_do_more_than_read_is_known_by_what_it_can() {
    let host = server();
    let look =
        async || Role::look(&options(&host, "owner"), "muster_check", "postgres").await.unwrap();
    let fit = Role {
        exists: true,
        logs_in: true,
        connects: true,
        reads: Some(true),
        powers: Vec::new(),
        loads: None,
    };
    assert_eq!(look().await, fit);

    host.sql(
        "postgres",
        "create role between; grant pg_execute_server_program to between; create table t (x int)",
    );
    for (make, undo, power) in POWERS {
        host.sql("postgres", make);
        let powers = look().await.powers;
        assert!(powers.iter().any(|it| it == power), "{make}: {powers:?}");
        host.sql("postgres", undo);
        assert_eq!(look().await, fit, "{undo}");
    }
    for (make, expected) in [
        (
            "alter database postgres set session_preload_libraries = 'auto_explain'",
            Some("auto_explain"),
        ),
        ("alter role muster_check set session_preload_libraries = ''", None),
    ] {
        host.sql("postgres", make);
        assert_eq!(look().await.loads.as_deref(), expected, "{make}");
    }
    host.sql("postgres", "alter database postgres reset all");
    host.sql("postgres", "revoke connect on database postgres from public");
    assert!(!look().await.connects);
    host.sql("postgres", "alter role muster_check nologin noinherit");
    let role = look().await;
    assert_eq!((role.logs_in, role.reads), (false, Some(false)));
    host.sql("postgres", "revoke pg_read_all_data from muster_check; drop role muster_check");
    let gone = Role { exists: false, logs_in: false, connects: false, reads: Some(false), ..fit };
    assert_eq!(look().await, gone);
}
