//! `muster doctor`: each fault is caused, and found with the way to mend it.

mod caused;
mod private;
mod scene;
mod tls;

use muster::cli::doctor::Health;
use time::Duration;

use crate::support::app::TestApp;
use crate::support::smtp::{Options, Sink};
use scene::Scene;

const FROM: &str = "Muster <muster@example.org>";

#[tokio::test]
async fn where_all_is_well_nothing_is_bad() {
    let app = TestApp::new().await;
    let (sink, scene) = (Sink::start().await, Scene::of(&app));
    scene.keep_a_kit(&app).await;
    let watch = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let heartbeat = format!("http://{}/ping/hidden", watch.local_addr().unwrap());
    std::fs::write(scene.data().join("heads.json"), "{}").unwrap();
    let scene = scene
        .set("MUSTER_SMTP_URL", &format!("{}?tls=none", sink.url()))
        .set("MUSTER_MAIL_FROM", FROM)
        .set("MUSTER_PUBLIC_URL", "https://muster.example.org")
        .set("MUSTER_HEARTBEAT_URL", &heartbeat);

    let report = scene.examine().await;

    assert_eq!(report.health(), Health::Ok, "{report:#?}");
    let said = format!("{report:?}");
    assert!(!said.contains("hidden") && !said.contains("example.org>"), "{said}");
    assert!(sink.mails().is_empty(), "it sends nothing");
    let docs = include_str!("../../docs/OPERATIONS.md");
    for finding in &report.0 {
        assert!(docs.contains(&format!("| `{}` |", finding.check)), "docs lack {}", finding.check);
    }
    app.end().await;
}

#[tokio::test]
async fn settings_that_can_not_be_followed_are_each_a_finding_in_its_place() {
    let app = TestApp::new().await;
    let scene = Scene::of(&app).set("MUSTER_LISTEN", "nowhere").set("MUSTER_HERTBEAT_URL", "x");

    let report = scene.examine().await;

    assert_eq!(report.0.len(), 2, "{report:#?}");
    let said = |words: &str| report.0.iter().any(|finding| finding.words.starts_with(words));
    assert!(said("MUSTER_LISTEN: “nowhere” can't be used"), "{report:#?}");
    assert!(said("MUSTER_HERTBEAT_URL: there is no such setting"), "{report:#?}");
    assert_eq!(report.health(), Health::Bad);
    app.end().await;
}

#[tokio::test]
async fn the_ring_must_be_there_ours_and_the_databases() {
    let app = TestApp::new().await;
    let scene = Scene::of(&app);
    assert_eq!(scene.found("key ring").await.0, Health::Ok);

    let none = scene.folder().join("none");
    let missing = Scene::of(&app).set("MUSTER_KEYRING", none.to_str().unwrap());
    let (health, words) = missing.found("key ring").await;
    assert_eq!(health, Health::Bad);
    assert!(words.contains("there is no key ring at"), "{words}");
    assert_eq!(
        missing.found("mail").await.1,
        "unknown: it can't be looked at without the key ring"
    );

    let path = scene.folder().join("other");
    muster::secrets::KeyRing::create(&path, app.clock.now()).unwrap();
    let other = Scene::of(&app).set("MUSTER_KEYRING", path.to_str().unwrap());
    let (health, words) = other.found("key ring").await;
    assert_eq!(health, Health::Bad);
    assert!(words.contains("the database was sealed with"), "{words}");
    app.end().await;
}

#[tokio::test]
async fn a_database_that_is_away_is_bad_and_leaves_what_stands_in_it_unknown() {
    let app = TestApp::new().await;
    let scene = Scene::of(&app);
    app.database(false).await;

    let (health, words) = scene.found("database").await;

    assert_eq!(health, Health::Bad, "{words}");
    assert!(words.starts_with("it can't be reached: "), "{words}");
    assert_eq!(scene.found("work").await.0, Health::Warn);
    app.database(true).await;

    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://u:hunter2@{}/d", silent.local_addr().unwrap());
    let report = Scene::of(&app).set("DATABASE_URL", &url).examine().await;
    assert!(format!("{report:?}").contains("it does not answer within 5s"), "{report:#?}");
    assert!(!format!("{report:?}").contains("hunter2"), "{report:#?}");
    app.end().await;
}

#[tokio::test]
async fn tables_of_an_older_or_newer_release_are_found() {
    let app = TestApp::new().await;
    let scene = Scene::of(&app);
    assert_eq!(scene.found("tables").await.0, Health::Ok);

    let newer = "insert into _sqlx_migrations
                 select 29990101000000, description, installed_on, success, checksum, execution_time
                 from _sqlx_migrations limit 1";
    app.tamper(newer).await;
    assert_eq!(scene.found("tables").await.0, Health::Warn);

    app.tamper("delete from _sqlx_migrations where version = 20261124100000").await;
    let (health, words) = scene.found("tables").await;
    assert_eq!(
        (health, words.as_str()),
        (Health::Bad, "this release’s migrations that are not applied: 1")
    );

    app.tamper("drop table _sqlx_migrations").await;
    assert_eq!(scene.found("tables").await.1, "there are none yet");
    assert_eq!(
        scene.found("work").await.1,
        "unknown: it can't be looked at without the database's tables"
    );
    app.end().await;
}

#[tokio::test]
async fn a_database_that_takes_no_writes_is_found() {
    let app = TestApp::new().await;
    let name = app.database_url().split(['/', '?']).nth(3).unwrap().to_owned();
    app.tamper(&format!("alter database {name} set default_transaction_read_only = on")).await;

    let (health, words) = Scene::of(&app).found("database").await;

    assert_eq!(health, Health::Bad);
    assert!(words.ends_with("takes no writes"), "{words}");
    app.end().await;
}

#[tokio::test]
async fn mail_is_bad_without_a_server_and_with_one_that_is_gone_or_refuses_the_sign_in() {
    let app = TestApp::new().await;
    assert_eq!(
        Scene::of(&app).found("mail").await,
        (Health::Bad, "no mail server is set: nobody can be paged".to_owned())
    );

    let mail =
        |url: &str| Scene::of(&app).set("MUSTER_SMTP_URL", url).set("MUSTER_MAIL_FROM", FROM);
    let (health, words) = mail("smtp://127.0.0.1:1?tls=none").found("mail").await;
    assert_eq!(health, Health::Bad);
    assert!(words.starts_with("the mail server can’t be reached"), "{words}");

    let login = Some(("ada@example.org".to_owned(), "right".to_owned()));
    let sink = Sink::start_with(Options { login, ..Options::default() }).await;
    let url = sink.url().replace(":right@", ":hunter2@") + "?tls=none";
    let (health, words) = mail(&url).found("mail").await;
    assert_eq!(health, Health::Bad, "another password: {words}");
    assert!(words.starts_with("the mail server refused with 535"), "{words}");
    assert!(!words.contains("hunter2") && !words.contains("ada@"), "{words}");
    app.end().await;
}

#[tokio::test]
async fn the_server_of_the_settings_page_is_spoken_to() {
    let (app, ada) = TestApp::owned().await;
    let sink = Sink::start().await;
    let fields = [("smtp_url", &*sink.url()), ("mail_from", FROM)];
    ada.post("/settings/mail", &fields).await;

    assert_eq!(Scene::of(&app).found("mail").await.0, Health::Ok);
    app.end().await;
}

#[tokio::test]
async fn an_address_that_leads_nowhere_or_is_not_encrypted_is_found() {
    let app = TestApp::new().await;
    for (url, leads, encrypted) in [
        ("http://127.0.0.1:8080", Health::Bad, Health::Ok),
        ("http://muster.example.org", Health::Ok, Health::Warn),
        ("https://muster.example.org", Health::Ok, Health::Ok),
    ] {
        let scene = Scene::of(&app).set("MUSTER_PUBLIC_URL", url);
        assert_eq!(scene.found("public url").await.0, leads, "{url}");
        assert_eq!(scene.found("tls").await.0, encrypted, "{url}");
    }
    app.end().await;
}

#[tokio::test]
async fn without_an_outside_heartbeat_it_is_red_and_with_one_that_is_gone_too() {
    let app = TestApp::new().await;
    assert_eq!(Scene::of(&app).found("heartbeat").await.0, Health::Bad);

    let scene = Scene::of(&app).set("MUSTER_HEARTBEAT_URL", "http://127.0.0.1:1/ping/hidden");
    let (health, words) = scene.found("heartbeat").await;

    assert_eq!(health, Health::Bad);
    assert!(words.contains("can't be reached") && !words.contains("hidden"), "{words}");
    app.end().await;
}

#[tokio::test]
async fn work_that_nobody_takes_and_jobs_that_are_dead_are_found() {
    let app = TestApp::new().await;
    let scene = Scene::of(&app);
    let job = |id: u8, state: &str, ended: &str| {
        format!(
            "insert into jobs (id, kind, args, state, run_at, created_at, finished_at)
             values ('01930000-0000-7000-8000-0000000000{id:02}', 'send-delivery', '{{}}', '{state}',
                     '2026-01-01Z', '2026-01-01Z', {ended})"
        )
    };
    app.tamper(&job(1, "dead", "'2026-01-01Z'")).await;
    assert_eq!(scene.found("dead jobs").await, (Health::Warn, "1 given up".to_owned()));
    assert_eq!(scene.found("work").await.0, Health::Ok);

    app.tamper(&job(2, "ready", "null")).await;
    let (health, words) = scene.found("work").await;

    assert_eq!(health, Health::Bad);
    assert!(words.contains("is not done: no worker works"), "{words}");
    app.end().await;
}

#[tokio::test]
async fn a_server_shows_by_what_it_notes_each_minute() {
    let app = TestApp::new().await;
    let scene = Scene::of(&app);
    assert_eq!(scene.found("server").await.0, Health::Warn);

    let heads = scene.data().join("heads.json");
    let file = std::fs::File::create(&heads).unwrap();
    assert_eq!(scene.found("server").await.0, Health::Ok);
    let now = file.metadata().unwrap().modified().unwrap();
    file.set_modified(now - Duration::hours(1)).unwrap();
    assert_eq!(scene.found("server").await.0, Health::Warn);
    app.end().await;
}

#[tokio::test]
async fn a_data_folder_that_is_not_there_or_is_none_is_found() {
    let app = TestApp::new().await;
    let scene = Scene::of(&app).set("MUSTER_DATA_DIR", "/nowhere/at/all");
    assert_eq!(scene.found("data folder").await.0, Health::Warn);

    let file = scene.folder().join("file");
    std::fs::write(&file, "").unwrap();
    let of_file = Scene::of(&app).set("MUSTER_DATA_DIR", file.to_str().unwrap());
    let (health, words) = of_file.found("data folder").await;
    assert!(health == Health::Bad && words.ends_with("is no folder"), "{words}");
    app.end().await;
}
