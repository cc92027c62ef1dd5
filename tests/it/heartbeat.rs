//! The outside heartbeat: sent while Muster works, and in nobody's way when it can't be.

mod watch;

use std::time::{Duration, Instant};

use muster::notify::Heartbeat;
use muster::pulse::Pulse;
use muster::worker::heartbeat::{Heart, Pace, keep};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::support::app::TestApp;
use watch::{Answers, Watch};

const OFTEN: Pace = Pace { beat: Duration::from_millis(20), complaint: Duration::from_secs(600) };

fn heart(app: &TestApp, watch: &Watch) -> Heart {
    let limit = Duration::from_millis(300);
    Heart {
        db: app.db.clone(),
        worker: Pulse::default(),
        heard: Pulse::default(),
        watch: Heartbeat::new(watch.url()).unwrap().within(limit),
    }
}

#[tokio::test]
async fn the_watch_is_told_once_the_worker_has_turned_and_not_before() {
    let app = TestApp::new().await;
    let watch = Watch::start(Answers::Well).await;
    let heart = heart(&app, &watch);
    let stop = CancellationToken::new();
    let keeping = tokio::spawn(keep(heart.clone(), OFTEN, stop.clone()));
    let early = timeout(Duration::from_millis(300), heart.heard.begun()).await;
    assert!(early.is_err() && watch.asked() == 0, "asked {} times", watch.asked());

    heart.worker.beat();
    heart.heard.begun().await;

    assert!(watch.last().starts_with("GET /ping/hidden HTTP/1.1\r\n"), "{}", watch.last());
    assert!(watch.last().contains("host: 127.0.0.1:"), "{}", watch.last());
    watch.asked_more_than(2).await;
    stop.cancel();
    keeping.await.unwrap();
    app.end().await;
}

#[tokio::test]
async fn without_a_database_that_answers_the_watch_is_told_nothing() {
    let app = TestApp::new().await;
    let watch = Watch::start(Answers::Well).await;
    let heart = heart(&app, &watch);
    app.database(false).await;
    heart.worker.beat();
    let stop = CancellationToken::new();
    let keeping = tokio::spawn(keep(heart.clone(), OFTEN, stop.clone()));

    let quiet = timeout(Duration::from_millis(500), heart.heard.begun()).await;

    assert!(quiet.is_err() && watch.asked() == 0, "asked {} times", watch.asked());
    app.database(true).await;
    heart.heard.begun().await;
    stop.cancel();
    keeping.await.unwrap();
    app.end().await;
}

#[tokio::test]
async fn a_watch_that_refuses_hangs_or_is_gone_is_an_error_in_words_without_its_secret() {
    for (answers, words) in [
        (Answers::Refuses, "answered 404 Not Found"),
        (Answers::HangsUp, "broke off"),
        (Answers::Never, "did not answer within 300ms"),
    ] {
        let watch = Watch::start(answers).await;
        let begun = Instant::now();

        let told = Heartbeat::new(watch.url()).unwrap().within(Duration::from_millis(300));
        let error = told.beat().await.unwrap_err().to_string();

        assert!(error.contains(words) && !error.contains("hidden"), "{answers:?}: {error}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{answers:?}");
    }
    let gone = Heartbeat::new("http://127.0.0.1:1/ping/hidden".parse().unwrap()).unwrap();
    let error = gone.beat().await.unwrap_err().to_string();
    assert!(error.contains("can't be reached") && !error.contains("hidden"), "{error}");
}

#[tokio::test]
async fn a_hung_watch_does_not_hold_up_the_end() {
    let app = TestApp::new().await;
    let watch = Watch::start(Answers::Never).await;
    let heart = Heart { watch: Heartbeat::new(watch.url()).unwrap(), ..heart(&app, &watch) };
    heart.worker.beat();
    let stop = CancellationToken::new();
    let keeping = tokio::spawn(keep(heart.clone(), OFTEN, stop.clone()));
    watch.asked_more_than(0).await;

    let begun = Instant::now();
    stop.cancel();
    keeping.await.unwrap();

    assert!(begun.elapsed() < Duration::from_secs(2) && heart.heard.age().is_none());
    app.end().await;
}

#[tokio::test]
async fn over_https_only_a_certificate_of_a_known_authority_is_trusted() {
    let watch = Watch::start(Answers::Well).await;
    let url = watch.url().to_string().replace("http://", "https://");

    match Heartbeat::new(url.parse().unwrap()) {
        Ok(heart) => {
            let error = heart.beat().await.unwrap_err().to_string();
            assert!(error.contains("can't be reached"), "it speaks no TLS: {error}");
        }
        Err(error) => assert!(error.to_string().contains("ca-certificates"), "{error}"),
    }
    assert_eq!(watch.asked(), 0, "nothing was said in the clear");
}
