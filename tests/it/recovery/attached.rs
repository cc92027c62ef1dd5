//! What hangs on a database that lives is said before anything takes its place.

use std::process::Stdio;
use std::time::Duration;

use muster::domain::incident::Kind;

use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::host::Host;

const BOUND: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn standbys_slots_subscriptions_and_what_manages_it_are_found_with_what_each_needs() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::archiving();
    host.good(&["backup", "main"]);
    host.sql("postgres", "select pg_create_physical_replication_slot('for_reports', true)");
    host.sql(
        "postgres",
        "create subscription of_partner connection 'host=nowhere.invalid' publication p with (connect = false)",
    );
    std::fs::write(host.path("data/patroni.dynamic.json"), "{}").unwrap();
    let mut receives = host.command(&host.program("pg_receivewal"));
    receives
        .args(["-U", "owner", "-p", "5432", "-S", "for_reports", "-h"])
        .arg(host.path("socket"));
    receives.arg("-D").arg(host.folder("received")).env("PGAPPNAME", "second_copy");
    let mut receives = receives.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let streams = "select count(*) from pg_stat_replication where state = 'streaming'";
    while host.sql("postgres", streams) == "0" {}
    host.join(&ada).await;
    let agent = host.at_work();
    let incident = app.declare(Kind::Real, 3).await;
    let path = format!("/incidents/{incident}/restore");

    within(BOUND, async || ada.get(&path).await.body.contains("What hangs on it")).await;

    let page = ada.get(&path).await.body;
    for expected in [
        "Patroni manages it",
        "Standby second_copy",
        "streaming, ",
        "A standby could take over. That is no cure for deletion",
        "Replication slot for_reports",
        "in use",
        "Subscription of_partner of postgres",
        "disable it first",
    ] {
        assert!(page.contains(expected), "{expected:?} is not in:\n{page}");
    }
    receives.kill().unwrap();
    receives.wait().unwrap();
    agent.end();
    app.end().await;
}
