//! `kill -9` of Muster, of Postgres, of both; and process ids that are used again.

use std::time::Duration;

use muster::pgserver::State;
use tokio::time::timeout;

use super::scene::{Scene, Sleeper, alive, ask, kill_hard, pid, tell};

#[tokio::test]
async fn after_a_kill_of_muster_the_orphan_is_stopped_and_started_anew() {
    let scene = Scene::new();
    let first = scene.start().await;
    tell(&first.options(), "create table kept as select 'still here' as word").await;
    first.stop().await;
    let mut owner = scene.owner();
    let orphan = scene.postmaster();

    owner.kill();
    assert!(alive(orphan), "there is no orphan to deal with");
    let running = scene.start().await;

    assert!(!alive(orphan), "the orphan was left running");
    assert_ne!(pid(&running), orphan);
    assert_eq!(ask(&running.options(), "select word from kept").await, "still here");
    running.stop().await;
}

#[tokio::test]
async fn after_a_kill_of_postgres_it_is_started_again_with_all_that_was_committed() {
    let scene = Scene::new();
    let running = scene.start().await;
    tell(&running.options(), "create table kept as select 'still here' as word").await;
    let (first, mut state) = (pid(&running), running.state());

    kill_hard(first);
    let back = |state: &State| matches!(state, State::Ready { pid } if pid.cast_signed() != first);
    let waited = timeout(Duration::from_secs(30), state.wait_for(back)).await;
    drop(waited.expect("it stayed down").unwrap());

    assert_eq!(ask(&running.options(), "select word from kept").await, "still here");
    running.stop().await;
    assert_eq!(*state.borrow(), State::Stopped);
}

#[tokio::test]
async fn after_a_kill_of_both_the_next_start_recovers() {
    let scene = Scene::new();
    let mut owner = scene.owner();
    let postmaster = scene.postmaster();

    owner.kill();
    kill_hard(postmaster);
    let running = scene.start().await;

    assert_ne!(pid(&running), postmaster);
    assert_eq!(ask(&running.options(), "select 'recovered'").await, "recovered");
    running.stop().await;
}

#[tokio::test]
async fn a_stale_pid_file_whose_pid_is_another_process_bars_nothing_and_harms_nobody() {
    let scene = Scene::new();
    scene.start().await.stop().await;
    let mut sleeper = Sleeper::start(&scene); // of Postgres' own user: others it tells apart itself
    let cluster = scene.cluster();
    let socket = scene.config.data.join("run");
    let stale = |folder: &str| format!("{}\n{folder}\n1700000000\n5432\n", sleeper.id());
    std::fs::write(cluster.join("postmaster.pid"), stale(cluster.to_str().unwrap())).unwrap();
    std::fs::write(socket.join(".s.PGSQL.5432.lock"), stale(cluster.to_str().unwrap())).unwrap();

    let running = scene.start().await;

    assert_eq!(ask(&running.options(), "select 'started'").await, "started");
    assert!(!sleeper.ended(), "a stranger was signalled");
    running.stop().await;
}

#[tokio::test]
async fn a_postgres_on_another_folder_is_left_alone() {
    let (ours, theirs) = (Scene::new(), Scene::new());
    let other = theirs.start().await;
    ours.start().await.stop().await;
    let stale = format!("{}\n{}\n1700000000\n5432\n", pid(&other), ours.cluster().display());
    std::fs::write(ours.cluster().join("postmaster.pid"), stale).unwrap();

    let running = ours.start().await;

    assert_eq!(ask(&other.options(), "select 'untouched'").await, "untouched");
    running.stop().await;
    other.stop().await;
}
