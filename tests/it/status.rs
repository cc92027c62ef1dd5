//! What the public reads: only what was published to it.

mod files;
mod history;
mod links;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use flate2::read::GzDecoder;
use hyper::{Request, StatusCode};
use muster::actions::incidents::{self, Step};
use muster::actions::{clocks, publishing};
use muster::db::Db;
use muster::domain::id::PersonId;
use muster::domain::incident::Kind;
use muster::publish::Published;
use time::Duration;
use tokio::net::TcpListener;

use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser};

async fn scene() -> (TestApp, PersonId) {
    let (app, _) = scene_of_ada().await;
    let ada = app.person("ada-lovelace").await;
    (app, ada)
}

async fn scene_of_ada() -> (TestApp, Browser) {
    TestApp::on_plan().await
}

/// Components have been on the page for long, so that their history does not grow in the meantime.
async fn long_known(app: &TestApp) {
    app.tamper("update public_components set since = since - interval '1 year'").await;
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
        if step == Step::Close {
            app.check_all(id).await;
        }
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
    long_known(&app).await;
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
    long_known(&app).await;
    let before = pass(&app, Duration::seconds(1)).await.body.len();
    let id = app.declare(Kind::Real, 1).await;

    incidents::raise(&app.db, id, 3, ada, app.clock.now()).await.unwrap();
    incidents::undo(&app.db, id, ada, app.clock.now()).await.unwrap();
    let after = pass(&app, Duration::minutes(1)).await;

    assert_eq!(after.body.len(), before, "{}", after.body);
    app.end().await;
}

#[tokio::test]
async fn what_is_public_is_answered_with_tags_packed_and_without_its_body() {
    let (app, _) = scene().await;
    app.declare(Kind::Real, 2).await;
    let page = pass(&app, Duration::seconds(1)).await;
    let browser = app.browser();
    for path in [
        "/status",
        "/status.html",
        "/status.json",
        "/status.atom",
        "/status/history.html",
        "/status/incidents/1.html",
        "/status/app.css",
    ] {
        let plain = browser.get(path).await;
        let (tag, length) = (&plain.headers["etag"], plain.bytes.len().to_string());
        assert_eq!(plain.headers["vary"], "accept-encoding", "{path}");
        assert!(plain.headers["cache-control"].to_str().unwrap().starts_with("public, max-age="));
        assert_eq!(plain.headers["x-content-type-options"], "nosniff");

        let ask = |method: &str| Request::builder().method(method).uri(path);
        let head = browser.send(ask("HEAD"), String::new()).await;
        assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0), "{path}");
        assert_eq!(
            (&head.headers["etag"], &head.headers["content-length"]),
            (tag, &length.parse().unwrap())
        );

        let known = browser.send(ask("GET").header("if-none-match", tag), String::new()).await;
        assert_eq!((known.status, known.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
        assert_eq!(&known.headers["etag"], tag);

        let packed =
            browser.send(ask("GET").header("accept-encoding", "gzip"), String::new()).await;
        assert_eq!(packed.headers["content-encoding"], "gzip", "{path}");
        let mut unpacked = String::new();
        GzDecoder::new(&packed.bytes[..]).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain.body, "{path}");
        assert!(packed.bytes.len() < plain.bytes.len());
    }
    assert_eq!(browser.get("/status.html").await.bytes, page.bytes);
    let gone = browser.get("/status/incidents/99.html").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(
        gone.body.contains("href=\"/status\"") && !gone.body.contains("sign-in"),
        "{}",
        gone.body
    );
    app.end().await;
}

#[tokio::test]
async fn what_is_public_asks_no_database() {
    let (app, ada) = scene_of_ada().await;
    pass(&app, Duration::seconds(1)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let db = Db::away();
    db.reached(format!("postgres://nobody@{address}/none").parse().unwrap(), 4);
    let calls = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&calls);
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            seen.fetch_add(1, Ordering::SeqCst);
            drop(tcp);
        }
    });
    let mut browser = app.served_with(db).await;
    browser.session = ada.session; // who is signed in is not looked up, either

    for path in [
        "/status",
        "/status.html",
        "/status.json",
        "/status.atom",
        "/status/history.html",
        "/status/app.css",
        "/status/icon.svg",
    ] {
        assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(browser.get("/status/incidents/9.html").await.status, StatusCode::NOT_FOUND);
    assert_eq!(calls.load(Ordering::SeqCst), 0);

    assert_eq!(browser.get("/").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(calls.load(Ordering::SeqCst) > 0, "a private page does ask");
    app.end().await;
}

#[tokio::test]
async fn a_plain_file_server_serves_the_folder_as_muster_does() {
    let (app, ada) = scene().await;
    let over = app.declare(Kind::Real, 2).await;
    pass(&app, Duration::seconds(1)).await;
    incidents::step(&app.db, over, Step::FalseAlarm, ada, app.clock.now()).await.unwrap();
    app.declare(Kind::Real, 3).await;
    pass(&app, Duration::minutes(1)).await;
    let folder = tempfile::tempdir().unwrap();
    let files = Published::open(folder.path().join("public"), app.clock.now()).unwrap();
    publishing::renew(&app.db, &files, app.clock.now()).await.unwrap().unwrap();
    let server = files::serve(folder.path().join("public")).await;

    let from_files = links::walk(server, "/").await;
    let from_muster = links::walk(app.address, "/status").await;

    let names = |all: &BTreeMap<String, Bytes>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&from_muster),
        [
            "/status",
            "/status.atom",
            "/status.html",
            "/status.json",
            "/status/app.css",
            "/status/history.html",
            "/status/icon.svg",
            "/status/incidents/1.html",
            "/status/incidents/2.html"
        ]
    );
    assert_eq!(names(&from_files)[0], "/");
    assert_eq!(names(&from_files)[1..], names(&from_muster)[1..]);
    for (path, bytes) in &from_muster {
        let path = if path == "/status" { "/" } else { path };
        assert_eq!(&from_files[path], bytes, "{path}");
    }
    app.end().await;
}
