//! What an agent watches on a real cluster, as Muster shows it.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use hyper::StatusCode;

use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::host::Host;

const BOUND: std::time::Duration = std::time::Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn exposure_rises_and_falls_a_gap_is_red_and_a_proof_is_told() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::archiving();
    host.good(&["backup", "main"]);
    host.good(&["prove", "main"]);
    let site = host.join(&ada).await;
    let agent = host.at_work();
    let path = format!("{site}/databases/main");
    let shows = async |words: &str| {
        within(BOUND, async || ada.get(&path).await.body.contains(words)).await;
    };

    shows("Newest verified").await;
    shows("1 restore").await;
    shows("<b>nothing</b>").await;
    host.sql("postgres", "create table t as select 1");
    within(BOUND, async || !ada.get(&path).await.body.contains("<b>nothing</b>")).await;
    host.archive_a_segment();
    shows("<b>nothing</b>").await;

    let lost = host.archive_a_segment();
    std::fs::remove_file(host.segment(&lost).unwrap()).unwrap();
    host.sql("postgres", "create table u as select 1");
    host.archive_a_segment();
    shows("segments of the log are missing").await;
    let body = ada.get(&path).await.body;
    assert!(body.contains("muster agent backup main --full"), "{body}");
    assert!(!body.contains("<b>nothing</b>"), "never green over a gap: {body}");

    agent.end();
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_its_schedule_an_agent_backs_up_and_proves_though_muster_is_away() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::archiving();
    host.stop("immediate"); // nothing is done while Muster is there, and nothing waits to be archived
    host.join(&ada).await;
    let agent = host.at_work();
    within(BOUND, async || host.state("schedule.json").exists()).await;
    app.end().await;

    host.start();
    within(BOUND, async || !host.evidence().is_empty()).await;
    assert_eq!(host.evidence()[0]["holds"], true);
    let points = host.points()["points"].clone();
    assert_eq!((points.as_array().unwrap().len(), &points[0]["kind"]), (1, &"full".into()));

    agent.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_repository_commits_count_as_exposed_and_the_log_fills_its_disk() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::with("--data-checksums");
    host.set_archiving();
    std::fs::rename(host.path("data/pg_wal"), host.path("log")).unwrap();
    symlink(host.path("log"), host.path("data/pg_wal")).unwrap();
    host.start();
    host.good(&["backup", "main"]);
    let site = host.join(&ada).await;
    let agent = host.at_work();
    let path = format!("{site}/databases/main");
    let page = async || ada.get(&path).await.body;
    within(BOUND, async || page().await.contains("<b>nothing</b>")).await;

    let closed = |mode| std::fs::set_permissions(host.path("repo"), Permissions::from_mode(mode));
    host.sql("postgres", "select pg_switch_wal()"); // which is seen, so that it is looked into the repository
    closed(0o000).unwrap();
    within(BOUND, async || page().await.contains("into pg_wal until then")).await;
    host.sql("postgres", "create table t as select 1");
    within(BOUND, async || !page().await.contains("<b>nothing</b>")).await;
    for _ in 0..4 {
        host.sql("postgres", "insert into t values (2); select pg_switch_wal()");
    }
    within(BOUND, async || page().await.contains("Log fills its disk in")).await;
    assert!(page().await.contains("segments wait to be archived"), "{}", page().await);

    closed(0o700).unwrap();
    host.archive_a_segment();
    within(BOUND, async || !page().await.contains("to be archived")).await;
    agent.end();
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_asks_for_is_done_and_reported() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::archiving();
    host.good(&["backup", "main"]);
    host.good(&["prove", "main"]);
    host.good(&["dump", "main"]);
    let noted = host.state("databases/main/dumps in disk.json");
    let mut notes: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&noted).unwrap()).unwrap();
    notes["dumps"][0]["at"] = "2026-01-01T03:00:00Z".into(); // so that one was missed since
    std::fs::write(&noted, notes.to_string()).unwrap();
    let site = host.join(&ada).await;
    let agent = host.at_work();
    let path = format!("{site}/databases/main");
    let page = async || ada.get(&path).await.body;
    within(BOUND, async || page().await.contains("Back up now")).await;

    for (id, task) in [("b1", "full-backup"), ("b2", "prove")] {
        let id = format!("01930000-0000-7000-8000-0000000000{id}");
        let asked = ada.post(&format!("{path}/orders"), &[("id", &id), ("task", task)]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    }
    within(BOUND, async || page().await.contains("is verified")).await;
    within(BOUND, async || host.points()["dumps"]["count"] == 2).await;
    within(BOUND, async || page().await.contains("Dump now")).await;
    let asked = [("id", "01930000-0000-7000-8000-0000000000b3"), ("task", "dump")];
    ada.post(&format!("{path}/orders"), &asked).await;
    within(BOUND, async || host.points()["dumps"]["count"] == 3).await;
    let dumps = host.points()["dumps"]["newest"].clone();
    let labels = dumps.as_array().unwrap().iter().map(|it| it["label"].as_str().unwrap());
    let done: Vec<_> = labels.map(|label| format!("done: {label}<")).collect();
    within(BOUND, async || {
        let page = page().await;
        done.iter().any(|done| page.contains(done))
    })
    .await;
    let points = host.points()["points"].clone();
    let labels: Vec<_> = points.as_array().unwrap().iter().map(|it| it["label"].as_str()).collect();
    let newest = labels[1].unwrap();
    let shown = page().await;
    assert!(shown.contains(&format!("done: {newest}<")), "{labels:?} {shown}");
    assert!(shown.contains(&format!("done: {newest} is verified")), "{shown}");
    let requesters: Vec<_> = host.evidence().iter().map(|it| it["requester"].clone()).collect();
    assert!(requesters.contains(&"Ada Lovelace".into()), "{requesters:?}");

    // one that was asked for another cluster of that name is not done on this one
    agent.end();
    let asked = [("id", "01930000-0000-7000-8000-0000000000b4"), ("task", "full-backup")];
    ada.post(&format!("{path}/orders"), &asked).await;
    let cluster = host.sql("postgres", "select system_identifier from pg_control_system()");
    let other =
        format!("update orders set cluster = '1' where cluster = '{cluster}' and state = 'ready'");
    assert_eq!(app.tamper(&other).await, 1);
    let agent = host.at_work();
    within(BOUND, async || page().await.contains("main is another cluster now")).await;
    assert_eq!(host.points()["points"].as_array().unwrap().len(), labels.len());
    agent.end();
    app.end().await;
}
