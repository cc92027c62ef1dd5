//! Starts that are refused, in words that say how to mend it; and joining a Muster that runs.

use muster::pgserver::{self, DataLock, Error, Reached};

use super::scene::{Scene, alive, ask, pid};

#[tokio::test]
async fn a_second_server_on_one_folder_is_told_who_holds_it() {
    let scene = Scene::new();
    let mut owner = scene.owner();

    let refusal = DataLock::take(&scene.config.data).unwrap_err();

    let words = refusal.to_string();
    assert!(refusal.is_lasting());
    assert!(words.contains(scene.config.data.to_str().unwrap()), "{words}");
    assert!(words.contains(&format!("process {}", owner.id())), "{words}");
    let postmaster = scene.postmaster();
    assert!(alive(postmaster), "the first server was disturbed");
    owner.finish();
    assert!(!alive(postmaster));
}

#[tokio::test]
async fn a_command_joins_the_postgres_of_a_running_server() {
    let scene = Scene::new();
    let mut owner = scene.owner();

    let reached = pgserver::reach(&scene.config).await.unwrap();

    assert!(matches!(reached, Reached::Theirs(_)));
    assert_eq!(ask(&reached.options(), "select 'joined'").await, "joined");
    reached.finish().await;
    assert!(alive(scene.postmaster()), "the server's Postgres was stopped by a command");
    owner.finish();
}

#[tokio::test]
async fn a_command_without_a_server_starts_postgres_and_stops_it_again() {
    let scene = Scene::new();

    let reached = pgserver::reach(&scene.config).await.unwrap();
    assert_eq!(ask(&reached.options(), "select 'started'").await, "started");
    let Reached::Ours(running) = reached else { panic!("nobody else runs here") };
    let pid = pid(&running);
    Reached::Ours(running).finish().await;

    assert!(!alive(pid));
    DataLock::take(&scene.config.data).unwrap();
}

#[tokio::test]
async fn a_cluster_of_another_major_version_is_refused_and_left_as_it_is() {
    let scene = Scene::new();
    scene.start().await.stop().await;
    let version = scene.cluster().join("PG_VERSION");
    std::fs::write(&version, "9\n").unwrap();

    let lock = DataLock::take(&scene.config.data).unwrap();
    let refusal = pgserver::start(&scene.config, &lock).await.unwrap_err();

    let words = refusal.to_string();
    assert!(matches!(refusal, Error::OtherMajor { made_by: 9, .. }), "{words}");
    assert!(words.contains("apt-get install postgresql-9"), "{words}");
    assert_eq!(std::fs::read_to_string(version).unwrap(), "9\n");
}

#[tokio::test]
async fn settings_that_postgres_refuses_are_told_in_its_own_words() {
    let scene = Scene::new();
    scene.start().await.stop().await;
    let conf = scene.cluster().join("postgresql.auto.conf");
    std::fs::write(conf, "shared_buffers = 'plenty'\n").unwrap();

    let lock = DataLock::take(&scene.config.data).unwrap();
    let refusal = pgserver::start(&scene.config, &lock).await.unwrap_err();

    let words = refusal.to_string();
    assert!(!refusal.is_lasting(), "Postgres may start once the file is mended");
    assert!(words.contains("postgresql.auto.conf"), "{words}");
    DataLock::take(&scene.config.data).unwrap_err(); // still ours, to try again
}
