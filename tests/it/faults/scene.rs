//! An open incident behind a line to the database that can be disturbed.

use std::time::{Duration, Instant};

use hyper::StatusCode;
use muster::domain::incident::Kind;
use tokio::runtime::Handle;
use tokio::sync::Barrier;
use tokio::time::timeout;

use crate::support::app::{CONNECTIONS, TestApp};
use crate::support::browser::{Answer, Browser};
use crate::support::line::{Line, State};

/// The longest a request may wait for the database: 2.5 s by the rule, twice that for a starved
/// machine. What hangs takes 30 s.
pub(super) const LIMIT: Duration = Duration::from_secs(5);
/// By then all is as before.
pub(super) const HEALED: Duration = Duration::from_secs(10);

/// Tasks of this test that have not ended.
fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

pub(super) struct Scene {
    pub(super) app: TestApp,
    pub(super) ada: Browser,
    pub(super) incident: String,
    line: Line,
    /// Tasks that there are before anything goes wrong.
    tasks: usize,
}

impl Scene {
    pub(super) async fn new() -> Scene {
        let (app, ada, line) = TestApp::on_line().await;
        let id = app.declare(Kind::Real, 1).await;
        app.mails().await;
        let incident = format!("/incidents/{id}");
        let scene = Scene { app, ada, incident, line, tasks: 0 };
        scene.is_whole().await; // a connection is a task of the line
        Scene { tasks: tasks(), ..scene }
    }

    pub(super) async fn line(&self, state: State) {
        self.line.set(state).await;
    }

    /// Every private page and form, under addresses that stand for something.
    pub(super) fn routes(&self) -> Vec<(String, String)> {
        self.app.private_routes(&self.incident)
    }

    /// Asks, and fails on what takes too long.
    pub(super) async fn ask(&self, method: &str, path: &str) -> Answer {
        let begun = Instant::now();
        let answer = match method {
            "POST" => self.ada.post(path, &[]).await,
            _ => self.ada.get(path).await,
        };
        let took = begun.elapsed();
        assert!(took < LIMIT, "{method} {path} took {took:?}");
        answer
    }

    /// Waits until a page is there again, and fails when that takes too long.
    pub(super) async fn heals(&self) {
        let again = async {
            while self.ada.get(&self.incident).await.status != StatusCode::OK {
                tokio::task::yield_now().await;
            }
        };
        timeout(HEALED, again).await.expect("it comes back by itself");
        self.is_whole().await;
        let none_left = async {
            while tasks() > self.tasks {
                tokio::task::yield_now().await;
            }
        };
        let left = || format!("{} tasks, and {} before", tasks(), self.tasks);
        timeout(HEALED, none_left).await.unwrap_or_else(|_| panic!("{}", left()));
    }

    /// Every connection of the pool can be used at once, and there are no others.
    pub(super) async fn is_whole(&self) {
        let all_begun = Barrier::new(CONNECTIONS as usize);
        let hold = || async {
            self.app
                .db
                .transaction(LIMIT, async |_| {
                    all_begun.wait().await;
                    Ok::<_, muster::actions::ActionError>(())
                })
                .await
        };
        let held = futures_util::future::join_all((0..CONNECTIONS).map(|_| hold())).await;
        for one in held {
            one.expect("the pool is whole");
        }
    }
}
