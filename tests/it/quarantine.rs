//! A database that turns out to be an old copy sends, publishes and believes nothing until an owner
//! has looked.

use std::path::PathBuf;

use hyper::StatusCode;
use muster::actions::quarantine;
use muster::actions::verify::{HeadsError, write_heads};
use muster::domain::incident::Kind;
use time::Duration;

use crate::support::app::TestApp;
use crate::support::browser::Browser;

/// Ada's incident whose pages wait; its heads were noted, and then the database was brought back to
/// what it held before.
struct Scene {
    app: TestApp,
    ada: Browser,
    incident: String,
    heads: PathBuf,
}

impl Scene {
    async fn new() -> Scene {
        let (app, ada) = TestApp::on_plan().await;
        let id = app.declare(Kind::Real, 2).await;
        let incident = format!("/incidents/{id}");
        let note = [
            ("id", "01930000-0000-7000-8000-00000000e001"),
            ("kind", "note"),
            ("text", "later than the copy"),
        ];
        assert_eq!(
            ada.post(&format!("{incident}/entries"), &note).await.status,
            StatusCode::SEE_OTHER
        );
        let heads = app.ring_path().with_file_name("heads.json");
        let scene = Scene { app, ada, incident, heads };
        scene.note_heads().await.unwrap();
        for table in ["entry_bodies", "entries"] {
            let cut = format!("delete from {table} where stream = '{id}' and seq > 1");
            assert_ne!(scene.app.tamper(&cut).await, 0, "{table}");
        }
        let back = format!(
            "update streams set seq = 1, hash = (select hash from entries where stream = '{id}')
             where id = '{id}'"
        );
        assert_eq!(scene.app.tamper(&back).await, 1);
        scene
    }

    async fn note_heads(&self) -> Result<(), HeadsError> {
        let mut conn = self.app.db.pool().unwrap().acquire().await.unwrap();
        write_heads(&mut conn, &self.app.ring, &self.heads).await
    }

    /// Starts a server on it, as far as this goes.
    async fn start(&self) -> bool {
        let now = self.app.clock.now();
        let (db, ring) = (&self.app.db, &self.app.ring);
        quarantine::begin_if_old(db, ring, &self.heads, now).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn an_old_copy_sends_and_publishes_nothing_and_believes_no_session_or_link() {
    let scene = Scene::new().await;
    let public = scene.app.browser().get("/status").await.body;
    assert!(scene.start().await);
    scene.app.clock.advance(Duration::minutes(20));

    assert_eq!(scene.app.mails().await, [], "neither what waits nor what is due leaves");
    let pool = scene.app.db.pool().unwrap();
    let due = "select fired_at from clocks where due_at <= $1";
    let due: Vec<Option<time::OffsetDateTime>> =
        sqlx::query_scalar(due).bind(scene.app.clock.now()).fetch_all(pool).await.unwrap();
    assert!(!due.is_empty() && due.iter().all(Option::is_none), "no clock rings: {due:?}");
    muster::actions::publishing::renew(
        &scene.app.db,
        &scene.app.state.published,
        scene.app.clock.now(),
    )
    .await
    .unwrap()
    .unwrap();
    assert_eq!(scene.app.browser().get("/status").await.body, public, "nothing is published");
    assert_eq!(scene.ada.get("/").await.status, StatusCode::SEE_OTHER, "the session is void");
    let delivery = "select id from deliveries limit 1";
    let delivery: uuid::Uuid = sqlx::query_scalar(delivery).fetch_one(pool).await.unwrap();
    let link = scene.app.state.links.answer(muster::domain::id::DeliveryId(delivery));
    let link = link.trim_start_matches("http://muster.test");
    let refused = scene.app.browser().post(link, &[("answer", "have")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert!(refused.body.contains("old copy"), "{}", refused.body);
    scene.app.end().await;
}

#[tokio::test]
async fn an_owner_looks_at_what_waits_and_lets_it_go_on() {
    let scene = Scene::new().await;
    assert!(scene.start().await);
    assert!(scene.start().await, "a second server finds it so");
    let ada = scene.app.signed_in("ada@example.org").await;
    let page = ada.get(&scene.incident).await.body;
    assert!(page.contains("Nothing leaves: "), "{page}");
    let jobs = ada.get("/jobs").await.body;
    assert!(jobs.contains("Waiting: 4") && jobs.contains("Let Muster go on"), "{jobs}");

    assert_eq!(ada.post("/quarantine/end", &[]).await.status, StatusCode::SEE_OTHER);

    assert!(!ada.get(&scene.incident).await.body.contains("Nothing leaves"));
    assert_eq!(scene.app.mails().await.len(), 4);
    assert!(matches!(scene.note_heads().await, Err(HeadsError::Disagrees { .. })));
    let before = std::fs::File::options().append(true).open(&scene.heads).unwrap();
    let noted = std::time::SystemTime::from(scene.app.clock.now() - Duration::hours(1));
    before.set_modified(noted).unwrap();
    assert!(!scene.start().await, "what an owner overruled begins nothing again");
    assert!(quarantine::lay_aside_overruled(&scene.app.db, &scene.heads).await.unwrap());
    scene.note_heads().await.unwrap();
    assert!(!scene.start().await);
    scene.app.end().await;
}

#[tokio::test]
async fn a_database_that_agrees_with_its_heads_goes_on() {
    let (app, ada) = TestApp::on_plan().await;
    let heads = app.ring_path().with_file_name("heads.json");
    let begun = quarantine::begin_if_old(&app.db, &app.ring, &heads, app.clock.now()).await;
    assert!(!begun.unwrap().unwrap(), "none was noted yet");
    let mut conn = app.db.pool().unwrap().acquire().await.unwrap();
    write_heads(&mut conn, &app.ring, &heads).await.unwrap();
    drop(conn);

    let begun = quarantine::begin_if_old(&app.db, &app.ring, &heads, app.clock.now()).await;

    assert!(!begun.unwrap().unwrap());
    assert_eq!(ada.get("/").await.status, StatusCode::OK);
    app.end().await;
}
