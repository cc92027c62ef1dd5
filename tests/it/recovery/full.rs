//! A repository whose disk is full.

use std::time::Duration;

use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::host::Host;

const BOUND: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_full_repository_is_named_with_what_to_do_and_with_room_the_log_is_whole() {
    let (app, ada) = TestApp::on_plan().await;
    let mut host = Host::with("--data-checksums");
    host.put_repository_on_a_disk(60);
    host.set_archiving();
    host.start();
    host.good(&["backup", "main"]);
    host.good(&["prove", "main"]);
    let site = host.join(&ada).await;
    let agent = host.at_work();
    let path = format!("{site}/databases/main");
    let page = async || ada.get(&path).await.body;
    within(BOUND, async || page().await.contains("<b>nothing</b>")).await;

    host.disk().fill();
    host.sql("postgres", "create table t as select 1");
    host.sql("postgres", "select pg_switch_wal()");
    within(BOUND, async || page().await.contains("less than the floor of 20 MB")).await;
    within(BOUND, async || page().await.contains("archive_command fails")).await;
    let body = page().await;
    assert!(body.contains("make room, or put the repository on a larger disk"), "{body}");
    assert!(!body.contains("<b>nothing</b>"), "{body}");
    let said = host.bad(&["backup", "main"]);
    assert!(said.contains("make room"), "{said}");
    assert_eq!(host.points()["points"].as_array().unwrap().len(), 1, "half a backup is none");

    host.disk().make_room();
    host.sql("postgres", "insert into t values (2)");
    host.sql("postgres", "select pg_switch_wal()"); // what failed is tried again now
    within(BOUND, async || page().await.contains("<b>nothing</b>")).await;
    assert!(!page().await.contains("less than the floor"), "it is mended");
    agent.end();
    app.end().await;
}
