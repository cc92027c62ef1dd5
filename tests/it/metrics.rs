//! Metrics: each one changes with what it tells of, and a silent database holds up nobody.

mod scene;

use std::time::{Duration, Instant};

use hyper::StatusCode;
use muster::actions::{publishing, vitals};
use muster::db::Db;
use muster::domain::incident::Kind;
use tokio::net::TcpListener;

use crate::support::app::TestApp;
use scene::Scene;

#[tokio::test]
async fn the_people_s_own_address_tells_no_metrics() {
    let (app, ada) = TestApp::owned().await;
    assert_eq!(ada.get("/metrics").await.status, StatusCode::NOT_FOUND);
    app.end().await;
}

#[tokio::test]
async fn before_first_contact_it_says_the_release_and_that_no_database_answers() {
    let app = TestApp::new().await;
    let scene = Scene::before_contact(&app).await;

    let text = scene.scrape().await;

    let version = env!("CARGO_PKG_VERSION");
    assert!(text.contains(&format!("muster_build_info{{version=\"{version}\"}} 1\n")), "{text}");
    assert!(text.contains("muster_database_up 0\n") && !text.contains("muster_jobs"), "{text}");
    let end = time::macros::datetime!(2090-01-01 0:00 UTC).unix_timestamp();
    let end = format!("muster_certificate_expiry_timestamp_seconds {end}\n");
    assert!(text.contains(&end), "{text}");
    app.end().await;
}

#[tokio::test]
async fn work_pages_and_incidents_are_counted_as_they_stand() {
    let (app, _) = TestApp::on_plan().await;
    let scene = Scene::of(&app).await;
    let calm = scene.scrape().await;
    assert!(calm.contains("muster_database_up 1\n"), "{calm}");
    assert!(!calm.contains("muster_jobs{"), "no work: {calm}");
    assert_eq!(scene.value("muster_oldest_ready_job_age_seconds").await, 0.0);
    assert_eq!(scene.value("muster_pages_unanswered").await, 0.0);
    assert_eq!(scene.value("muster_open_incidents{kind=\"real\",level=\"2\"}").await, 0.0);

    app.declare(Kind::Real, 2).await;
    app.clock.advance(time::Duration::seconds(90));

    assert_eq!(scene.value("muster_open_incidents{kind=\"real\",level=\"2\"}").await, 1.0);
    assert_eq!(scene.value("muster_open_incidents{kind=\"drill\",level=\"2\"}").await, 0.0);
    let ready = scene.value("muster_jobs{kind=\"send-delivery\",state=\"ready\"}").await;
    assert!(ready > 0.0, "{ready}");
    assert_eq!(scene.value("muster_oldest_ready_job_age_seconds").await, 90.0);
    assert_eq!(scene.value("muster_mails_total{outcome=\"sent\"}").await, 0.0);
    let pages = scene.value("muster_pages_unanswered").await;
    assert!(pages > 0.0, "{pages}");

    let mails = app.mails().await.len();
    assert_eq!(scene.value("muster_mails_total{outcome=\"sent\"}").await, mails as f64);
    app.tamper(
        "update responders set answer = 'have', answered_at = '2026-11-14 02:20Z',
                active_at = '2026-11-14 02:20Z'",
    )
    .await;
    assert_eq!(scene.value("muster_pages_unanswered").await, 0.0);
    let running = "set state = 'running', finished_at = null, lease_until = '2026-11-14 03:00Z'";
    app.tamper(&format!("update jobs {running}")).await;
    let running = scene.value("muster_jobs{kind=\"send-delivery\",state=\"running\"}").await;
    assert_eq!(running, mails as f64);
    let dead = "set state = 'dead', lease_until = null, finished_at = '2026-11-14 03:00Z'";
    app.tamper(&format!("update jobs {dead}")).await;
    let dead = scene.value("muster_jobs{kind=\"send-delivery\",state=\"dead\"}").await;
    assert_eq!(dead, mails as f64);
    app.end().await;
}

#[tokio::test]
async fn a_mail_that_is_refused_is_counted_as_failed() {
    let (app, _) = TestApp::on_plan().await;
    let scene = Scene::of(&app).await;
    let words = "no".to_owned();
    app.sink.behave("*", crate::support::smtp::Behaviour::Refuse { code: 550, words });
    app.declare(Kind::Drill, 1).await;

    app.mails().await;

    assert!(scene.value("muster_mails_total{outcome=\"failed\"}").await > 0.0);
    assert_eq!(scene.value("muster_mails_total{outcome=\"sent\"}").await, 0.0);
    app.end().await;
}

#[tokio::test]
async fn a_mail_of_which_nobody_knows_whether_it_was_taken_is_counted_as_unknown() {
    let (app, _) = TestApp::on_plan().await;
    let scene = Scene::of(&app).await;
    app.sink.behave("*", crate::support::smtp::Behaviour::DropAfterDot);
    app.declare(Kind::Drill, 1).await;

    app.mails().await;

    assert!(scene.value("muster_mails_total{outcome=\"unknown\"}").await > 0.0);
    assert_eq!(scene.value("muster_mails_total{outcome=\"sent\"}").await, 0.0);
    app.end().await;
}

#[tokio::test]
async fn ages_begin_with_the_first_time_and_connections_are_told_by_pool() {
    let app = TestApp::new().await;
    let scene = Scene::of(&app).await;
    let text = scene.scrape().await;
    for absent in ["worker_turn_age", "heartbeat_age", "status_page_age"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
    assert!(text.contains("muster_breaker_open{pool=\"web\"} 0\n"), "{text}");
    let idle = scene.value("muster_pool_connections{pool=\"web\",state=\"idle\"}").await;
    let held = app.db.pool().unwrap().acquire().await.unwrap();
    for pool in ["web", "worker"] {
        let in_use = format!("muster_pool_connections{{pool=\"{pool}\",state=\"in_use\"}}");
        assert_eq!(scene.value(&in_use).await, 1.0, "they are one here");
    }
    drop(held);
    assert!(idle > 0.0, "{idle}");

    scene.inside.worker.beat();
    scene.inside.heard.as_ref().unwrap().beat();
    publishing::renew(&app.db, &app.state.published, app.clock.now()).await.unwrap().unwrap();

    for present in [
        "muster_worker_turn_age_seconds",
        "muster_heartbeat_age_seconds",
        "muster_status_page_age_seconds",
    ] {
        let age = scene.value(present).await;
        assert!((0.0..60.0).contains(&age), "{present}: {age}");
    }
    app.end().await;
}

#[tokio::test]
async fn while_postgres_is_silent_it_answers_within_a_second_with_what_is_known() {
    let app = TestApp::new().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://u@{}/d", silent.local_addr().unwrap());
    let scene = Scene::with_database_at(&app, &url).await;

    for _ in 0..4 {
        let begun = Instant::now();
        let text = scene.scrape().await;
        let took = begun.elapsed();

        assert!(took < Duration::from_millis(1_500), "with room for a busy machine: {took:?}");
        assert!(text.contains("muster_database_up 0\n"), "{text}");
        assert!(text.contains("muster_mails_total{outcome=\"sent\"} 0\n"), "{text}");
        assert!(!text.contains("muster_jobs") && !text.contains("muster_open_incidents"), "{text}");
    }
    app.end().await;
}

#[tokio::test]
async fn every_metric_is_explained_in_the_docs_and_caused_by_a_test() {
    let (app, _) = TestApp::on_plan().await;
    let scene = Scene::of(&app).await;
    scene.inside.worker.beat();
    scene.inside.heard.as_ref().unwrap().beat();
    publishing::renew(&app.db, &app.state.published, app.clock.now()).await.unwrap().unwrap();
    let docs = include_str!("../../docs/OPERATIONS.md");

    let text = scene.scrape().await;

    let names = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    for name in names {
        assert!(docs.contains(&format!("| `{name}")), "docs/OPERATIONS.md lacks {name}");
        assert!(include_str!("metrics.rs").contains(name), "no test causes {name}");
    }
    app.end().await;
}

#[tokio::test]
async fn a_breaker_that_opens_is_told() {
    let app = TestApp::new().await;
    let gone = Db::away();
    gone.reached("postgres://u@127.0.0.1:1/d".parse().unwrap(), 2);
    let scene = Scene::with_databases(&app, (gone.clone(), app.db.clone())).await;
    let other = Scene::with_databases(&app, (app.db.clone(), gone.clone())).await;
    assert_eq!(scene.value("muster_breaker_open{pool=\"web\"}").await, 0.0);

    for _ in 0..3 {
        assert!(vitals::figures(&gone, app.clock.now()).await.is_err());
    }

    assert_eq!(scene.value("muster_breaker_open{pool=\"web\"}").await, 1.0);
    assert_eq!(scene.value("muster_breaker_open{pool=\"worker\"}").await, 0.0);
    assert_eq!(other.value("muster_breaker_open{pool=\"web\"}").await, 0.0);
    assert_eq!(other.value("muster_breaker_open{pool=\"worker\"}").await, 1.0);
    app.end().await;
}
