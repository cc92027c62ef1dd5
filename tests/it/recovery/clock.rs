//! A host whose clock is off.

use std::time::Duration;

use muster::clock::Clock;

use crate::servers::process::within;
use crate::support::app::{PASSWORD, TestApp};
use crate::support::host::Host;

const BOUND: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_an_hour_behind_is_named_and_makes_no_exposure_of_an_hour() {
    let (app, ada) = TestApp::on_plan().await;
    let mut host = Host::with("--data-checksums");
    host.set_clock_off("-1h");
    host.set_archiving();
    host.start();
    host.good(&["backup", "main"]);
    host.good(&["prove", "main"]);
    let site = host.join(&ada).await;
    let keep_time = || app.clock.advance(Clock::of_host().now() - app.clock.now());
    keep_time();
    let ada = app.browser().sign_in("ada@example.org", PASSWORD).await; // the first session is two weeks old
    let agent = host.at_work();
    let path = format!("{site}/databases/main");
    let page = async || {
        keep_time();
        ada.get(&path).await.body
    };
    within(BOUND, async || page().await.contains("clock is 1 h behind Muster’s")).await;
    within(BOUND, async || page().await.contains("<b>nothing</b>")).await;

    host.sql("postgres", "create table t as select 1");
    within(BOUND, async || !page().await.contains("<b>nothing</b>")).await;
    let body = page().await;
    assert!(!body.contains("over the maximum"), "it was committed just now: {body}");
    host.archive_a_segment();
    within(BOUND, async || page().await.contains("<b>nothing</b>")).await;
    assert!(ada.get(&site).await.body.contains("1 h behind"), "the site's page says it too");
    agent.end();

    host.stop("fast");
    host.set_clock_right();
    host.start();
    app.clock.advance(time::Duration::minutes(2)); // until then no other process is heard
    let agent = host.at_work();
    within(BOUND, async || !page().await.contains("clock is")).await;
    agent.end();
    app.end().await;
}
