//! What the worker has in hand while a mail server says nothing: so much and no more, and nothing that another took.

use std::time::Duration;

use muster::domain::incident::Kind;
use muster::worker;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::smtp::Behaviour;

/// Far above what it takes.
const BOUND: Duration = Duration::from_secs(60);
/// What one channel sends at once.
const SLOTS: i64 = 32;

/// Pages that nobody takes, and how many of them are in hand.
async fn stuck(incidents: u32) -> TestApp {
    let (app, _) = TestApp::on_plan().await;
    app.sink.behave("*", Behaviour::Hang);
    for _ in 0..incidents {
        app.declare(Kind::Real, 3).await;
    }
    app.clock.advance(time::Duration::seconds(10)); // until then they are held
    app
}

async fn in_hand(app: &TestApp) -> i64 {
    let sql = "select count(*) from jobs where state = 'running'";
    sqlx::query_scalar(sql).fetch_one(app.db.pool().unwrap()).await.unwrap()
}

#[tokio::test]
async fn no_more_is_begun_than_there_are_slots_however_many_turns_it_takes() {
    let app = stuck(8).await;
    let toolbox = app.toolbox();
    let pulse = toolbox.pulse.clone();
    let work = tokio::spawn(worker::run(toolbox, CancellationToken::new()));
    within(BOUND, async || in_hand(&app).await >= SLOTS).await;

    for _ in 0..2 {
        let begun = tokio::time::Instant::now();
        within(BOUND, async || pulse.age().is_some_and(|age| age < begun.elapsed())).await; // one turn more
        assert!(in_hand(&app).await <= SLOTS);
    }

    work.abort();
    app.end().await;
}

#[tokio::test]
async fn what_another_took_over_is_let_go_of_in_the_midst_of_it() {
    let app = stuck(1).await;
    let stop = CancellationToken::new();
    let work = tokio::spawn(worker::run(app.toolbox(), stop.clone()));
    within(BOUND, async || in_hand(&app).await > 0).await;

    app.tamper("update jobs set attempt = attempt + 1").await;
    stop.cancel();

    assert!(timeout(BOUND, work).await.is_ok());
    let noted = "select from attempts where moment <> 'begun'";
    assert_eq!(app.tamper(noted).await, 0, "what came of it is another’s to say");
    app.end().await;
}
