//! The tests' own cluster keeps databases apart and leaves nothing behind.

use std::ffi::OsStr;
use std::io::Read;
use std::path::PathBuf;

use sqlx::Connection;
use sqlx::postgres::PgConnection;

use crate::support::cluster::Cluster;
use crate::support::process::OtherProcess;

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
    let (mut user, folder) = cluster_user();

    user.kill();

    assert_eq!(user.errors(), ""); // shared with the script that holds the cluster: both have ended
    assert!(!folder.exists(), "{folder:?} was left behind");
}

#[test]
fn a_test_process_that_ends_leaves_no_cluster_behind() {
    let (mut user, folder) = cluster_user();

    user.finish();

    assert_eq!(user.errors(), "");
    assert!(!folder.exists(), "{folder:?} was left behind");
}

/// Run by the tests above as a process of its own.
#[tokio::test]
#[ignore = "a part of other tests"]
async fn cluster_user_process() {
    println!("\nurl: {}", Cluster::shared().await.url("postgres"));
    let _ = std::io::stdin().read(&mut [0]);
}

fn cluster_user() -> (OtherProcess, PathBuf) {
    let nothing = ("MUSTER_TEST", OsStr::new("1"));
    let mut user = OtherProcess::start("cluster::cluster_user_process", nothing);
    let url = user.line("url: ");
    let tail = url.split_once("host=").unwrap().1;
    let folder = PathBuf::from(tail.split('&').next().unwrap());
    assert!(folder.join("data/postmaster.pid").exists());
    (user, folder)
}
