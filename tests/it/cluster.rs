//! The tests' own cluster keeps databases apart and leaves nothing behind.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use sqlx::Connection;
use sqlx::postgres::PgConnection;

use crate::support::cluster::Cluster;

#[tokio::test]
async fn a_cloned_database_has_its_templates_tables_and_a_life_of_its_own() {
    let cluster = Cluster::shared().await;
    cluster.create_database("cluster_template").await;
    let mut conn = PgConnection::connect_with(&cluster.options("cluster_template")).await.unwrap();
    sqlx::query("create table notes (body text)").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();

    let one = cluster.database_from("cluster_template", "cluster_one").await;
    let two = cluster.database_from("cluster_template", "cluster_two").await;
    let mut one = PgConnection::connect_with(&one).await.unwrap();
    let mut two = PgConnection::connect_with(&two).await.unwrap();
    sqlx::query("insert into notes values ('x')").execute(&mut one).await.unwrap();

    let count = "select count(*) from notes";
    assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(&mut one).await.unwrap(), 1);
    assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(&mut two).await.unwrap(), 0);
    cluster.drop_database("cluster_one").await;
    assert!(sqlx::query(count).execute(&mut one).await.is_err(), "still there");
}

#[test]
fn a_killed_test_process_leaves_no_cluster_behind() {
    let mut user = cluster_user();
    let folder = folder_named_by(&mut user);
    assert!(folder.join("data/postmaster.pid").exists());

    user.kill().unwrap(); // SIGKILL
    wait_for_all(user);

    assert!(!folder.exists(), "{folder:?} was left behind");
}

#[test]
fn a_test_process_that_ends_leaves_no_cluster_behind() {
    let mut user = cluster_user();
    let folder = folder_named_by(&mut user);

    drop(user.stdin.take());
    wait_for_all(user);

    assert!(!folder.exists(), "{folder:?} was left behind");
}

/// Run by the tests above as a process of its own.
#[tokio::test]
#[ignore = "a part of other tests"]
async fn cluster_user_process() {
    println!("\nurl: {}", Cluster::shared().await.url("postgres"));
    let _ = std::io::stdin().read(&mut [0]);
}

fn cluster_user() -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "cluster::cluster_user_process", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn folder_named_by(user: &mut Child) -> PathBuf {
    let lines = BufReader::new(user.stdout.take().unwrap()).lines();
    let url = lines.map(Result::unwrap).find(|line| line.starts_with("url: ")).unwrap();
    let tail = url.split_once("host=").unwrap().1;
    tail.split('&').next().unwrap().into()
}

/// The script that holds the cluster shares the user's standard error, so its end is theirs.
fn wait_for_all(mut user: Child) {
    user.wait().unwrap();
    let mut said = String::new();
    user.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "");
}
