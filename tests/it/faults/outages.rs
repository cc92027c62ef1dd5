//! The database falls silent, goes away and comes back.

use std::process::Command;
use std::time::{Duration, Instant};

use hyper::StatusCode;
use sqlx::Row;

use super::scene::Scene;
use crate::support::app::CONNECTIONS;
use crate::support::line::State;

/// All routes together: a third of what they would wait one by one.
const ALL: Duration = Duration::from_secs(60);
const AWAY: &str = "The database doesn’t answer";

#[tokio::test]
async fn while_the_database_is_silent_every_route_answers_in_time_and_says_what_still_works() {
    let scene = Scene::new().await;
    let public = scene.ada.get("/status").await;
    scene.line(State::Silent).await;

    let begun = Instant::now();
    for (method, path) in scene.routes() {
        let answer = scene.ask(&method, &path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{method} {path}");
        assert!(answer.body.contains(AWAY), "{method} {path}: {}", answer.body);
        assert!(answer.body.contains("href=\"/status\""), "{method} {path}: {}", answer.body);
    }
    assert!(begun.elapsed() < ALL, "but for the first they wait for nothing");
    let signing_in = scene.ask("POST", "/session").await;
    assert_eq!(signing_in.status, StatusCode::SERVICE_UNAVAILABLE, "{}", signing_in.body);
    assert_eq!(scene.ask("GET", "/status").await.body, public.body, "untouched");
    assert_eq!(scene.ask("GET", "/healthz").await.status, StatusCode::OK);
    assert_eq!(scene.ask("GET", "/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);

    scene.line(State::Sound).await;
    scene.heals().await;
    scene.app.end().await;
}

#[tokio::test]
async fn connections_that_died_in_the_pool_cost_nobody_a_page() {
    let scene = Scene::new().await;
    scene.is_whole().await;
    scene.line(State::Cut).await;
    scene.line(State::Sound).await;

    let answer = scene.ask("GET", &scene.incident).await;

    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    scene.heals().await;
    scene.app.end().await;
}

#[tokio::test]
async fn after_a_cut_the_first_answer_is_late_the_next_are_quick_and_then_all_is_as_before() {
    let scene = Scene::new().await;
    scene.line(State::Cut).await;

    for _ in 0..4 {
        let answer = scene.ask("GET", &scene.incident).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    }
    assert!(!scene.app.db.is_well(), "the breaker is open");

    scene.line(State::Sound).await;
    scene.heals().await;
    scene.app.end().await;
}

/// Sends a signal to every process of Postgres that serves this database.
async fn signal(scene: &Scene, name: &str) {
    let mut aside = scene.app.aside().await;
    let sql = "select pid from pg_stat_activity
               where datname = current_database() and pid <> pg_backend_pid()";
    let pids = sqlx::query(sql).fetch_all(&mut aside).await.unwrap();
    assert!(!pids.is_empty(), "somebody is connected");
    for row in pids {
        let pid: i32 = row.get(0);
        let sent = Command::new("kill").args([name, &pid.to_string()]).status().unwrap();
        assert!(sent.success(), "kill {name} {pid}");
    }
}

#[tokio::test]
async fn while_its_processes_are_stopped_pages_answer_in_time_and_afterwards_all_is_as_before() {
    let scene = Scene::new().await;
    scene.is_whole().await;
    signal(&scene, "-STOP").await;

    let answer = scene.ask("GET", &scene.incident).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    let late = scene.ask("POST", &format!("{}/entries", scene.incident)).await;
    assert_eq!(late.status, StatusCode::SERVICE_UNAVAILABLE, "{}", late.body);

    signal(&scene, "-CONT").await;
    scene.heals().await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_table_that_somebody_locked_holds_up_nobody_for_long() {
    let scene = Scene::new().await;
    let mut aside = scene.app.aside().await;
    let lock = "begin; lock table incidents in access exclusive mode";
    sqlx::raw_sql(lock).execute(&mut aside).await.unwrap();

    for _ in 0..4 {
        let answer = scene.ask("GET", &scene.incident).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    }
    assert_eq!(scene.ask("GET", "/status").await.status, StatusCode::OK);

    sqlx::raw_sql("rollback").execute(&mut aside).await.unwrap();
    scene.heals().await;
    scene.app.end().await;
}

/// Changes the database for who connects from now on, and cuts off who is connected.
async fn alter(scene: &Scene, what: &str) {
    let mut aside = scene.app.aside().await;
    let writing = sqlx::raw_sql("set default_transaction_read_only = off");
    writing.execute(&mut aside).await.unwrap();
    let sql = format!(
        "do $$ begin execute format('alter database %I {what}', current_database()); end $$;
         select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut aside).await.unwrap();
}

#[tokio::test]
async fn a_database_that_takes_no_writes_refuses_them_calmly_and_takes_them_again() {
    let scene = Scene::new().await;
    let note = format!("{}/entries", scene.incident);
    let fields =
        [("id", "01930000-0000-7000-8000-00000000e001"), ("kind", "note"), ("text", "disk full")];
    alter(&scene, "set default_transaction_read_only = on").await;

    let refused = scene.ada.post(&note, &fields).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.body);
    assert!(refused.body.contains("pressing again is safe"), "{}", refused.body);

    alter(&scene, "reset default_transaction_read_only").await;
    scene.heals().await;
    assert_eq!(scene.ada.post(&note, &fields).await.status, StatusCode::SEE_OTHER);
    let page = scene.ask("GET", &scene.incident).await.body;
    assert_eq!(page.matches("disk full").count(), 1, "{page}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_database_that_lets_nobody_in_is_waited_for() {
    let scene = Scene::new().await;
    scene.app.database(false).await;

    for _ in 0..4 {
        let answer = scene.ask("GET", &scene.incident).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    }

    scene.app.database(true).await;
    scene.heals().await;
    scene.app.end().await;
}

#[tokio::test]
async fn too_much_at_once_is_no_fault_of_the_databases() {
    let scene = Scene::new().await;
    let done = tokio::sync::Notify::new();
    let hold = || async {
        let held = scene.app.db.transaction(Duration::from_secs(30), async |_| {
            done.notified().await;
            Ok::<_, muster::actions::ActionError>(())
        });
        held.await.unwrap();
    };
    let holding = futures_util::future::join_all((0..CONNECTIONS).map(|_| hold()));
    let asking = async {
        for _ in 0..4 {
            let answer = scene.ask("GET", &scene.incident).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
        }
        assert!(scene.app.db.is_well(), "the breaker stays closed");
        for _ in 0..CONNECTIONS {
            done.notify_one();
            tokio::task::yield_now().await;
        }
        done.notify_waiters();
    };

    tokio::join!(holding, asking);

    assert_eq!(scene.ask("GET", &scene.incident).await.status, StatusCode::OK);
    scene.heals().await;
    scene.app.end().await;
}
