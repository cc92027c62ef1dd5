//! The loop that keeps the status page true: told, looking, each few minutes, and through faults.

use std::sync::Arc;
use std::time::Duration as Wait;

use muster::actions::incidents;
use muster::actions::{clocks, publishing};
use muster::domain::incident::Kind;
use muster::publish::{HOME, Published};
use muster::worker::status_page::{Pace, keep};
use time::Duration;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::app::TestApp;

/// Far above what anything here takes: reaching it means that it does not happen.
const BOUND: Wait = Wait::from_secs(30);
const NEVER: Wait = Wait::from_secs(3_600);
const SOON: Wait = Wait::from_millis(20);

struct Scene {
    app: TestApp,
    _loop: JoinHandle<()>,
}

impl Scene {
    /// The loop runs, and has made the page once.
    async fn kept(look: Wait, renew: Wait) -> Scene {
        let (app, _) = TestApp::on_plan().await;
        let (db, published) = (app.db.clone(), app.state.published.clone());
        let (clock, stop) = (app.clock.clone(), app.state.stop.clone());
        let pace = Pace { look, renew };
        let scene = Scene { _loop: tokio::spawn(keep(db, published, clock, pace, stop)), app };
        scene.page_with("Bookings").await;
        scene
    }

    async fn page(&self) -> String {
        self.app.browser().get("/status").await.body
    }

    /// Waits until the page says so.
    async fn page_with(&self, words: &str) -> String {
        let seen = async {
            loop {
                let page = self.page().await;
                if page.contains(words) {
                    return page;
                }
            }
        };
        timeout(BOUND, seen).await.unwrap_or_else(|_| panic!("the page never said {words:?}"))
    }

    /// Waits until the loop hears what the database tells.
    async fn until_it_listens(&self) {
        let sql = "select exists (select from pg_stat_activity where datname = current_database()
                   and query ilike 'listen%muster_public%')";
        let pool = self.app.db.pool().unwrap();
        let heard =
            async { while !sqlx::query_scalar::<_, bool>(sql).fetch_one(pool).await.unwrap() {} };
        timeout(BOUND, heard).await.expect("the loop listens");
    }

    async fn publish(&self) {
        self.app.declare(Kind::Real, 3).await;
        self.app.clock.advance(Duration::seconds(10));
        while clocks::fire_due(&self.app.db, self.app.clock.now()).await.unwrap() > 0 {}
    }
}

#[tokio::test]
async fn it_is_renewed_at_once_when_the_database_tells_of_a_change() {
    let scene = Scene::kept(NEVER, NEVER).await;
    scene.until_it_listens().await;

    scene.publish().await;

    scene.page_with("laboratory supervisor").await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_change_that_nobody_told_of_is_found_by_looking() {
    let scene = Scene::kept(SOON, NEVER).await;

    scene.app.tamper("insert into public_incidents (id, title, since) values (gen_random_uuid(), 'Untold', '2026-11-14Z')").await;
    scene.app.tamper("update public_version set version = version + 1").await;

    scene.page_with("Untold").await;
    scene.app.end().await;
}

#[tokio::test]
async fn without_any_change_it_tells_its_age_anew() {
    let scene = Scene::kept(SOON, SOON).await;

    scene.app.clock.advance(Duration::minutes(5));

    scene.page_with(">02:17:00Z</time>, 14 Nov 2026").await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_promise_that_is_broken_shows_without_any_press() {
    let scene = Scene::kept(SOON, NEVER).await;
    scene.publish().await;
    scene.page_with("Next word by 03:27 CET.").await;

    scene.app.clock.advance(Duration::minutes(16));

    scene.page_with("The next word was due 03:27 CET and is 1 min late.").await;
    scene.app.end().await;
}

#[tokio::test]
async fn while_the_database_is_away_it_keeps_its_age_and_afterwards_it_goes_on() {
    let scene = Scene::kept(SOON, SOON).await;
    scene.app.database(false).await;
    scene.app.clock.advance(Duration::hours(1));
    let away = async {
        while publishing::is_stale(&scene.app.db, &scene.app.state.published, scene.app.clock.now())
            .await
            .is_ok()
        {}
    };
    timeout(BOUND, away).await.expect("the database is away");

    let page = scene.page().await;
    assert!(page.contains(">02:12:00Z</time>"), "it keeps its age: {page}");

    scene.app.database(true).await;
    scene.page_with(">03:12:00Z</time>").await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_folder_that_cant_be_written_is_said_and_the_page_is_served_all_the_same() {
    let (app, _) = TestApp::on_plan().await;
    app.expect_error("the status page could not be renewed");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let published = Published::open(file.join("status"), app.clock.now()).unwrap();
    let (db, clock, stop) = (app.db.clone(), app.clock.clone(), app.state.stop.clone());
    let pace = Pace { look: SOON, renew: NEVER };
    let running = tokio::spawn(keep(db, published.clone(), clock, pace, stop.clone()));

    let made = async {
        while published.site().version.is_none() {
            tokio::task::yield_now().await;
        }
    };
    timeout(BOUND, made).await.expect("it is served");
    let page = published.site().file(HOME).unwrap().bytes.clone();
    assert!(String::from_utf8_lossy(&page).contains("Bookings"));
    let before = published.site();
    let again = async {
        while Arc::ptr_eq(&before, &published.site()) {
            tokio::task::yield_now().await;
        }
    };
    timeout(BOUND, again).await.expect("each look tries again");
    std::fs::remove_file(&file).unwrap();
    let written = async {
        while !file.join("status").join(HOME).exists() {
            tokio::task::yield_now().await;
        }
    };
    timeout(BOUND, written).await.expect("it is written once it can be");
    stop.cancel();
    timeout(BOUND, running).await.expect("it ends when told").unwrap();
    app.end().await;
}

#[tokio::test]
async fn an_undone_declaration_never_shows() {
    let scene = Scene::kept(SOON, SOON).await;
    let (db, ada) = (&scene.app.db, scene.app.person("ada-lovelace").await);
    let id = scene.app.declare(Kind::Real, 4).await;
    incidents::undo(db, id, ada, scene.app.clock.now()).await.unwrap();
    scene.app.clock.advance(Duration::minutes(1));
    while clocks::fire_due(db, scene.app.clock.now()).await.unwrap() > 0 {}

    let page = scene.page_with(">02:13:00Z</time>").await;

    assert!(page.contains("No incident is open"), "{page}");
    scene.app.end().await;
}
