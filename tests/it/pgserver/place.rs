//! What an undisturbed Postgres of Muster's looks like: where it is, as whom, and set how.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use muster::pgserver::State;
use nix::unistd::{Uid, User, getpgrp};

use super::scene::{Scene, alive, ask, pid, status_line, tell};

#[tokio::test]
async fn a_fresh_folder_gets_a_cluster_whose_data_is_there_at_the_next_start() {
    let scene = Scene::new();
    let first = scene.start().await;
    tell(&first.options(), "create table kept as select 'still here' as word").await;
    let first_pid = pid(&first);
    first.stop().await;
    assert!(!alive(first_pid));
    assert!(!scene.cluster().join("postmaster.pid").exists(), "it was not stopped in good order");

    let second = scene.start().await;
    assert_eq!(ask(&second.options(), "select word from kept").await, "still here");
    assert_eq!(
        ask(&second.connect_url().parse().unwrap(), "select word from kept").await,
        "still here"
    );
    second.stop().await;
}

#[tokio::test]
async fn it_keeps_checksums_is_ready_for_backups_and_has_no_port() {
    let scene = Scene::new();
    let running = scene.start().await;

    let expected = [
        ("show data_checksums", "on"),
        ("show archive_mode", "on"),
        ("show archive_command", "/bin/true"),
        ("show listen_addresses", ""),
        ("show server_encoding", "UTF8"),
        ("show fsync", "on"),
    ];
    for (question, answer) in expected {
        assert_eq!(ask(&running.options(), question).await, answer, "{question}");
    }
    let log = scene.config.data.join("log");
    assert_eq!(ask(&running.options(), "show log_directory").await, log.to_str().unwrap());
    running.stop().await;
}

#[tokio::test]
async fn nobody_else_may_enter_its_folders() {
    let scene = Scene::new();
    let running = scene.start().await;

    let server: u32 = status_line(pid(&running), "Uid").split(' ').next().unwrap().parse().unwrap();
    for folder in [scene.cluster().as_path(), running.socket_dir(), &scene.config.data.join("log")]
    {
        let found = folder.metadata().unwrap();
        assert_eq!(found.permissions().mode() & 0o777, 0o700, "{folder:?}");
        assert_eq!(found.uid(), server, "{folder:?}");
    }
    assert_eq!(scene.config.data.metadata().unwrap().permissions().mode() & 0o007, 0);
    running.stop().await;
}

#[tokio::test]
async fn it_runs_away_from_the_terminal_and_never_with_roots_rights() {
    let scene = Scene::new();
    let running = scene.start().await;
    let pid = pid(&running);

    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let group = stat.rsplit_once(") ").unwrap().1.split(' ').nth(2).unwrap();
    assert_ne!(group, getpgrp().to_string(), "Ctrl-C would end it before Muster has drained");
    if Uid::effective().is_root() {
        let user = User::from_name("muster").unwrap().unwrap();
        let (uid, gid) = (user.uid, user.gid);
        assert_eq!(status_line(pid, "Uid"), format!("{uid} {uid} {uid} {uid}"));
        assert_eq!(status_line(pid, "Gid"), format!("{gid} {gid} {gid} {gid}"));
        assert_eq!(status_line(pid, "Groups"), "");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_gets_one_elsewhere() {
    let scene = Scene::in_folder(&"d".repeat(100));
    let running = scene.start().await;

    let socket = running.socket_dir().to_owned();
    assert!(socket.starts_with("/tmp"), "{socket:?}");
    assert_eq!(socket.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(ask(&running.options(), "select 'reached'").await, "reached");
    assert_eq!(ask(&running.connect_url().parse().unwrap(), "select 'reached'").await, "reached");
    running.stop().await;
    std::fs::remove_dir(socket).unwrap();
}

#[tokio::test]
async fn what_a_killed_initdb_left_is_swept_away() {
    let scene = Scene::new();
    let left = scene.config.data.join("postgres.new-1");
    std::fs::create_dir_all(left.join("base")).unwrap();

    let running = scene.start().await;

    assert!(!left.exists());
    assert!(Path::new(&scene.cluster()).join("PG_VERSION").exists());
    running.stop().await;
}

#[tokio::test]
async fn dropping_it_stops_postgres() {
    let scene = Scene::new();
    let running = scene.start().await;
    let (pid, mut state) = (pid(&running), running.state());

    drop(running);
    state.wait_for(|state| *state == State::Stopped).await.unwrap();

    assert!(!alive(pid));
}
