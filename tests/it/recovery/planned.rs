//! The plan's own checks of a restored database, from the plan to the page.

use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::Value;

use super::kills::{begin, end, wait_for_one};
use super::scene::on_plan_of;
use crate::servers::process::within;
use crate::support::host::Host;

const BOUND: Duration = Duration::from_secs(60);
const MAKE_ROLE: &str = "create role muster_check login; grant pg_read_all_data to muster_check;";

/// Its name, its statement, and what is expected.
const CHECKS: [(&str, &str, &str); 8] = [
    ("Users are there", "SELECT count(*) FROM users", "> 0"),
    ("Users, counted", "SELECT count(*) FROM users;", ""),
    ("It's \"<b>5</b>\" users", "SELECT count(*) FROM users", "= 5"),
    ("A program", "COPY users TO PROGRAM 'touch MARK'", ""),
    ("Writes", "SELECT count(*) FROM users -- '\n; DROP TABLE users", ""),
    ("Many", "SELECT generate_series(1, 1000000)", "> 0"),
    ("No table", "SELECT count(*) FROM nowhere", "= 0"),
    ("Ends itself", "SELECT pg_terminate_backend(pg_backend_pid())", ""),
];

/// What agent.toml names, each for a check of that key.
const ACTIONS: [(&str, &str); 5] = [
    ("counts", r#"["PSQL", "-XAtc", "select count(*) || ' users' from users"]"#),
    ("says-all", r#"["/usr/bin/printenv"]"#),
    ("fails", r#"["PSQL", "-Xc", "create table mark (x int)"]"#),
    ("for-ever", r#"["/bin/sleep", "infinity"]"#),
    ("gone", r#"["/bin/true"]"#),
];

/// All that an action finds in its environment.
const ENVIRONMENT: [&str; 11] = [
    "DATABASE_URL",
    "HOME",
    "LANG",
    "LC_ALL",
    "MUSTER_SCRATCH",
    "PATH",
    "PGDATABASE",
    "PGHOST",
    "PGPORT",
    "PGUSER",
    "TZ",
];

/// They, as the plan's text has them.
fn checks(host: &Host) -> String {
    let mark = host.path("socket/mark").display().to_string();
    let checks = CHECKS.iter().enumerate().map(|(at, (name, sql, expect))| {
        let sql = sql.replace("MARK", &mark);
        format!("[[database.check]]\nkey = \"check-{at}\"\nname = '''{name}'''\nsql = \"\"\"{sql}\"\"\"\nexpect = \"{expect}\"\n\n")
    });
    let actions = ACTIONS.iter().map(|(name, _)| {
        format!("[[database.check]]\nkey = \"{name}\"\nname = \"Action {name}\"\naction = \"{name}\"\n\n")
    });
    actions.chain(checks).collect()
}

/// Has `agent.toml` name these actions, the one without an end with this time for it.
fn allow(host: &Host, timeout: &str, names: &[(&str, &str)]) {
    let file = host.path("conf/agent.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let (before, _) = text.split_once("[[action]]").unwrap_or((&text, ""));
    let psql = host.program("psql").display().to_string();
    let actions = names.iter().map(|(name, command)| {
        let timeout = if *name == "for-ever" { timeout } else { "1 min" };
        let command = command.replace("PSQL", &psql);
        format!("[[action]]\nname = \"{name}\"\ncommand = {command}\ntimeout = \"{timeout}\"\n\n")
    });
    let actions: String = actions.collect();
    std::fs::write(&file, format!("{before}{actions}")).unwrap();
}

fn asked(evidence: &Value) -> Vec<&Value> {
    let checks = evidence["checks"].as_array().unwrap().iter();
    checks.filter(|check| check["plan"].is_string()).collect()
}

fn of_plan(evidence: &Value) -> Vec<(&str, bool)> {
    let asked = asked(evidence).into_iter();
    asked.map(|it| (it["found"].as_str().unwrap(), it["good"].as_bool().unwrap())).collect()
}

/// The names of the variables that it printed.
fn said_by(check: &Value) -> Vec<&str> {
    let lines = check["said"].as_str().unwrap().lines();
    let mut names: Vec<_> = lines.map(|line| line.split_once('=').unwrap().0).collect();
    names.sort_unstable();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plans_checks_run_in_each_proof_as_a_role_that_reads_and_none_harms_the_rest() {
    let host = Host::archiving();
    host.sql("postgres", "create database shop");
    host.sql("shop", "create table users as select generate_series(1, 3) as id");
    let (app, ada) = on_plan_of("shop", &checks(&host)).await;
    allow(&host, "20 min", &ACTIONS);
    let site = host.join(&ada).await;
    let agent = host.at_work();
    let path = format!("{site}/databases/main");
    let shows = async |words: &str| {
        within(BOUND, async || ada.get(&path).await.body.contains(words)).await;
    };

    shows("none runs: there is no role muster_check").await;
    shows(MAKE_ROLE).await;
    shows("1 restore").await;
    let first = host.evidence().remove(0);
    assert_eq!(first["holds"], true, "what was not run is said: {first}");
    let found = of_plan(&first);
    assert_eq!(found.len(), CHECKS.len() + ACTIONS.len());
    assert!(found.iter().all(|it| *it == ("not run: there is no role muster_check", true)));
    assert!(ada.get(&path).await.body.contains(" of 24 checks, 13 not run"));
    assert!(host.good(&["check"]).contains(MAKE_ROLE));

    host.sql("postgres", MAKE_ROLE);
    host.archive_a_segment();
    let words = host.good(&["check"]);
    assert!(words.contains("13 run in database \"shop\" as muster_check"), "{words}");
    let said = killed_in_an_action(&host);
    assert!(said.contains("ok    Users are there: 3"), "{said}");
    let second = host.evidence().remove(1);
    judged(&second);
    let others = second["checks"].as_array().unwrap().iter().filter(|it| it["plan"].is_null());
    assert!(others.clone().count() > 8 && others.clone().all(|it| it["good"] == true), "{second}");
    assert!(!host.path("socket/mark").exists(), "a program was run");
    assert_eq!(host.left_of_restores(), Vec::<String>::new());

    shows("refused: relation").await;
    let body = ada.get(&path).await.body;
    for expected in [
        "The plan’s checks in the newest",
        "It&#39;s &#34;&#60;b&#62;5",
        "cannot execute CREATE TABLE in a read-only transaction",
        "named action for-ever",
    ] {
        assert!(body.contains(expected), "{expected:?} is not in:\n{body}");
    }
    agent.end();
    app.end().await;
}

/// An agent is killed while it waits for an action without an end; gives what the next proof says, without one that
/// `agent.toml` no longer names.
fn killed_in_an_action(host: &Host) -> String {
    let begun = begin(host, &["prove", "main"], "… run the named action for-ever");
    let acting = || host.processes(&host.state("databases/main/desk"), "sleep");
    wait_for_one(acting);
    end(begun, Signal::SIGKILL);
    assert_eq!(acting().len(), 1, "it outlives the agent");
    allow(host, "1 s", &ACTIONS[..4]);
    let words = host.bad(&["check"]);
    assert!(words.contains("agent.toml names no action “gone”"), "{words}");
    let said = host.bad(&["prove", "main"]);
    assert_eq!(acting(), Vec::<i32>::new(), "neither the one of before nor this one’s");
    said
}

/// What the evidence says of each check.
fn judged(second: &Value) {
    let found = of_plan(second);
    for ((found, good), (expected, holds)) in found.iter().zip([
        ("3", true),
        ("3", true),
        ("3", false),
        ("it must yield one value, and yields nothing", false),
        ("refused: cannot insert multiple commands into a prepared statement", false),
        ("it must yield one value, and yields more than one row", false),
        ("refused: relation \"nowhere\" does not exist", false),
        ("refused: terminating connection due to administrator command", false),
        ("ended well: 3 users", true),
    ]) {
        assert_eq!((*found, *good), (expected, holds), "{second}");
    }
    let acted: Vec<_> = asked(second)[CHECKS.len() + 1..].to_vec();
    assert_eq!(said_by(acted[0]), ENVIRONMENT);
    for (check, expected, good) in [
        (acted[0], "ended well: ", true),
        (
            acted[1],
            "ended with exit code 1: ERROR:  cannot execute CREATE TABLE in a read-only",
            false,
        ),
        (acted[2], "stopped: it took longer than 1 s", false),
        (
            acted[3],
            "not run: agent.toml names no action “gone” for checks, which the plan asks",
            false,
        ),
    ] {
        assert!(check["found"].as_str().unwrap().starts_with(expected), "{check}");
        assert_eq!(check["good"], good, "{check}");
    }
}
