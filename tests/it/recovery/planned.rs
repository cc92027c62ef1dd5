//! The plan's own checks of a restored database, from the plan to the page.

use std::time::Duration;

use muster::actions::plans;
use serde_json::Value;

use crate::servers::process::within;
use crate::support::app::{LABITORY, TestApp};
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

/// The plan with a database of this key, and these checks and one by a named action.
fn plan(host: &Host) -> String {
    let (before, rest) =
        LABITORY.split_once("key = \"labitory\"\nname = \"labitory_prod\"\n").unwrap();
    let (head, rest) = rest.split_once("[[database.check]]").unwrap();
    let application = rest.find("key = \"application\"").unwrap();
    let mark = host.path("socket/mark").display().to_string();
    let checks = CHECKS.iter().enumerate().map(|(at, (name, sql, expect))| {
        let sql = sql.replace("MARK", &mark);
        format!("[[database.check]]\nkey = \"check-{at}\"\nname = '''{name}'''\nsql = \"\"\"{sql}\"\"\"\nexpect = \"{expect}\"\n\n")
    });
    let checks: String = checks.collect();
    let own = "key = \"main\"\nname = \"shop\"\n";
    format!("{before}{own}{head}{checks}[[database.check]]\n{}", &rest[application..])
}

fn of_plan(evidence: &Value) -> Vec<(&str, bool)> {
    let checks = evidence["checks"].as_array().unwrap().iter();
    let asked = checks.filter(|check| check["plan"].is_string());
    asked.map(|it| (it["found"].as_str().unwrap(), it["good"].as_bool().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plans_checks_run_in_each_proof_as_a_role_that_reads_and_none_harms_the_rest() {
    let host = Host::archiving();
    host.sql("postgres", "create database shop");
    host.sql("shop", "create table users as select generate_series(1, 3) as id");
    let (app, ada) = TestApp::on_plan().await;
    plans::import(&app.db, &plan(&host), None, None, app.clock.now()).await.unwrap();
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
    assert_eq!(found.len(), CHECKS.len() + 1);
    assert_eq!(found[0].0, "not run: there is no role muster_check");
    assert!(ada.get(&path).await.body.contains(" of 20 checks, 9 not run"));
    assert!(host.good(&["check"]).contains(MAKE_ROLE));

    host.sql("postgres", MAKE_ROLE);
    host.archive_a_segment();
    let words = host.good(&["check"]);
    assert!(words.contains("8 run in database \"shop\" as muster_check"), "{words}");
    let said = host.bad(&["prove", "main"]);
    assert!(said.contains("ok    Users are there: 3"), "{said}");
    let second = host.evidence().remove(1);
    let found = of_plan(&second);
    for ((found, good), (expected, holds)) in found.iter().zip([
        ("3", true),
        ("3", true),
        ("3", false),
        ("it must yield one value, and yields nothing", false),
        ("refused: cannot insert multiple commands into a prepared statement", false),
        ("it must yield one value, and yields more than one row", false),
        ("refused: relation \"nowhere\" does not exist", false),
        ("refused: terminating connection due to administrator command", false),
        ("not run: named actions come with a later version of Muster", true),
    ]) {
        assert_eq!((*found, *good), (expected, holds), "{said}");
    }
    let others = second["checks"].as_array().unwrap().iter().filter(|it| it["plan"].is_null());
    assert!(others.clone().count() > 8 && others.clone().all(|it| it["good"] == true), "{second}");
    assert!(!host.path("socket/mark").exists(), "a program was run");
    assert_eq!(host.left_of_restores(), Vec::<String>::new());

    shows("refused: relation").await;
    let body = ada.get(&path).await.body;
    for expected in [
        "The plan’s checks in the newest",
        "It&#39;s &#34;&#60;b&#62;5",
        "named action manage-check",
    ] {
        assert!(body.contains(expected), "{expected:?} is not in:\n{body}");
    }
    agent.end();
    app.end().await;
}
