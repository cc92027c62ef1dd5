//! An agent that is killed at its work, and an incident in the midst of a proof.

use std::time::{Duration, Instant};

use muster::domain::incident::Kind;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::host::Host;

const BOUND: Duration = Duration::from_secs(60);

/// Waits until one is at work.
fn first(mut at_work: impl FnMut() -> Vec<i32>) -> i32 {
    let deadline = Instant::now() + BOUND;
    loop {
        if let Some(first) = at_work().first() {
            return *first;
        }
        assert!(Instant::now() < deadline, "none came to work");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// It neither goes on nor ends by itself. Of a process that lives on the kernel would hang up on what is stopped when
/// that is killed, so what is to be left is stopped after.
fn freeze(process: i32) {
    kill(Pid::from_raw(process), Signal::SIGSTOP).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_agent_left_is_done_anew_and_an_incident_ends_a_proof_at_once() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::archiving();
    host.join(&ada).await;
    let engines =
        || host.processes(&host.state("repositories/disk/pgbackrest.conf"), "--no-expire-auto");
    let restores = || host.processes(&host.state("scratch"), "restore");
    let agent = host.at_work();
    let engine = first(engines);
    drop(agent);
    freeze(engine);
    assert_eq!(host.points()["points"], serde_json::json!([]), "half a backup is none");
    assert!(engines().contains(&engine), "it outlives the agent");

    let agent = host.at_work();
    let restore = first(restores);
    drop(agent);
    freeze(restore);
    assert!(!engines().contains(&engine), "what was left was ended before it was done anew");
    assert!(!host.left_of_restores().is_empty(), "there is something to clear");
    assert_eq!(host.points()["points"][0]["verified"], serde_json::Value::Null);

    app.clock.advance(time::Duration::MINUTE); // until then no other process than the killed one is heard
    let agent = host.at_work();
    freeze(first(|| restores().into_iter().filter(|it| *it != restore).collect()));
    app.declare(Kind::Real, 3).await;
    within(BOUND, async || host.left_of_restores().is_empty()).await;
    assert!(host.processes(&host.state("scratch"), "").is_empty());
    assert!(host.evidence().is_empty(), "a proof that was stopped says nothing");
    agent.end();
    host.good(&["prove", "main"]);
    app.end().await;
}
