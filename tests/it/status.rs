//! What the public reads: only what was published to it.

use hyper::StatusCode;
use muster::actions::incidents::{self, Step};
use muster::actions::{clocks, publishing};
use muster::domain::id::PersonId;
use muster::domain::incident::Kind;
use time::Duration;

use crate::support::app::TestApp;
use crate::support::browser::Answer;

async fn scene() -> (TestApp, PersonId) {
    let (app, _) = TestApp::on_plan().await;
    let ada = app.person("ada-lovelace").await;
    (app, ada)
}

/// Lets time pass, fires what is due, and renews the page as the worker would.
async fn pass(app: &TestApp, by: Duration) -> Answer {
    app.clock.advance(by);
    while clocks::fire_due(&app.db, app.clock.now()).await.unwrap() > 0 {}
    publishing::renew(&app.db, &app.state.published, app.clock.now()).await.unwrap().unwrap();
    app.browser().get("/status").await
}

#[tokio::test]
async fn the_first_words_go_out_after_the_hold_and_never_the_private_title() {
    let (app, ada) = scene().await;
    let id = app.declare(Kind::Real, 3).await;
    app.tamper("update incidents set title = 'db1 Xq7 is on fire'").await;

    let held = pass(&app, Duration::seconds(5)).await;
    assert!(!held.body.contains("supervisor"), "{}", held.body);
    let open = pass(&app, Duration::seconds(6)).await;
    assert!(open.body.contains("supervisor"), "{}", open.body);
    let json = app.browser().get("/status.json").await.body;
    for text in [&open.body, &json] {
        assert!(!text.contains("Xq7"), "{text}");
    }

    for step in [Step::Recovering, Step::Stable, Step::Close] {
        let done = incidents::step(&app.db, id, step, ada, app.clock.now()).await;
        if done.is_err() {
            incidents::restore(&app.db, id, "incident", ada, app.clock.now()).await.unwrap();
            incidents::step(&app.db, id, step, ada, app.clock.now()).await.unwrap();
        }
    }
    let closed = pass(&app, Duration::minutes(1)).await;
    assert!(closed.body.contains("over"), "{}", closed.body);
    app.end().await;
}

#[tokio::test]
async fn level_1_a_drill_and_what_was_undone_publish_nothing() {
    let (app, ada) = scene().await;
    let before = pass(&app, Duration::seconds(1)).await.body.len();

    app.declare(Kind::Real, 1).await;
    app.declare(Kind::Drill, 4).await;
    let undone = app.declare(Kind::Real, 3).await;
    incidents::undo(&app.db, undone, ada, app.clock.now()).await.unwrap();
    let after = pass(&app, Duration::minutes(1)).await;

    assert_eq!(after.body.len(), before, "{}", after.body);
    app.end().await;
}

#[tokio::test]
async fn a_raise_from_level_1_that_was_undone_publishes_nothing() {
    let (app, ada) = scene().await;
    let before = pass(&app, Duration::seconds(1)).await.body.len();
    let id = app.declare(Kind::Real, 1).await;

    incidents::raise(&app.db, id, 3, ada, app.clock.now()).await.unwrap();
    incidents::undo(&app.db, id, ada, app.clock.now()).await.unwrap();
    let after = pass(&app, Duration::minutes(1)).await;

    assert_eq!(after.body.len(), before, "{}", after.body);
    app.end().await;
}

#[tokio::test]
async fn the_page_answers_while_the_database_is_away_and_is_sent_once_per_change() {
    let (app, _) = scene().await;
    let first = pass(&app, Duration::seconds(1)).await;
    app.db.close().await;

    let again = app.browser().get("/status").await;

    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.body, first.body);
    assert_eq!(again.headers["etag"], first.headers["etag"]);
    assert!(again.body.len() < 100_000);
}
