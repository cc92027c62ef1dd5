//! With a Postgres of Muster's own: who holds the data folder, and whether it could start.

use muster::cli::doctor::Health;
use muster::pgserver::DataLock;

use super::scene::Scene;
use crate::support::app::TestApp;

#[tokio::test]
async fn a_server_that_holds_the_folder_while_its_postgres_is_away_is_found() {
    let app = TestApp::new().await;
    let scene = Scene::of(&app).without("DATABASE_URL");
    assert_eq!(scene.found("server").await.1, "no muster serve ever ran on this data folder");

    let _lock = DataLock::take(&scene.data()).unwrap();
    let (health, words) = scene.found("server").await;

    assert_eq!(health, Health::Bad);
    assert_eq!(words, "muster serve runs, and its Postgres takes no connections");
    app.end().await;
}

#[tokio::test]
async fn a_cluster_of_another_version_or_none_at_all_is_found_before_the_start() {
    let app = TestApp::new().await;
    let scene = Scene::of(&app).without("DATABASE_URL");
    let cluster = scene.data().join("postgres");
    std::fs::create_dir(&cluster).unwrap();
    let (health, words) = scene.found("server").await;
    assert!(health == Health::Bad && words.contains("does not hold a version"), "{words}");

    std::fs::write(cluster.join("PG_VERSION"), "9\n").unwrap();
    let (health, words) = scene.found("server").await;
    assert!(health == Health::Bad && words.contains("was made by Postgres 9"), "{words}");
    app.end().await;
}
