//! An agent that is killed at its work, and incidents in the midst of proofs.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster::actions::incidents::declare_down;
use muster::domain::id::IncidentId;
use muster::domain::incident::{Kind, Outage};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::kills::{begin, end, wait_for_one};
use super::scene::{APART, ON_IT, on_plan_of};
use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::host::Host;

const BOUND: Duration = Duration::from_secs(120);

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

/// Marks it as down.
async fn down(app: &TestApp, incident: IncidentId, key: &str) {
    let (by, now) = (app.person("ada-lovelace").await, app.clock.now());
    declare_down(&app.db, incident, (key, Outage::Down), None, by, now).await.unwrap();
}

/// What the host knows of incidents: whether one is open, and whether none of them touches its database.
fn knows(host: &Host) -> (bool, bool) {
    let kept = std::fs::read(host.state("schedule.json")).unwrap();
    let signed: Value = serde_json::from_slice(&kept).unwrap();
    let document = URL_SAFE_NO_PAD.decode(signed["document"].as_str().unwrap()).unwrap();
    let schedule: Value = serde_json::from_slice(&document).unwrap();
    (schedule["incident"] == true, schedule["databases"][0]["spared"] == true)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_agent_left_is_done_anew_and_an_incident_ends_a_proof_of_what_it_touches_at_once()
 {
    let (app, ada) = on_plan_of("main", "").await;
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
    let incident = app.declare(Kind::Real, 3).await;
    down(&app, incident, APART).await;
    let agent = host.at_work();
    let anew = first(|| restores().into_iter().filter(|it| *it != restore).collect());
    freeze(anew);
    within(BOUND, async || knows(&host) == (true, true)).await;
    assert!(restores().contains(&anew), "what it does not touch is proved meanwhile");
    down(&app, incident, ON_IT).await;
    let nothing_left = || {
        host.left_of_restores().is_empty() && host.processes(&host.state("scratch"), "").is_empty()
    };
    within(BOUND, async || nothing_left()).await;
    assert!(host.evidence().is_empty(), "a proof that was stopped says nothing");
    agent.end();
    host.good(&["prove", "main"]);
    app.end().await;
}

/// Ends in no copy, and at once where it lives.
const STUCK: &str = "
    create function ends(x int) returns bool language plpgsql as
        $$ begin if current_setting('wal_level') = 'minimal' then perform pg_sleep(3600); end if; return true; end $$;
    create table stuck (x int check (ends(x)));
    insert into stuck values (1)";

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_of_a_dump_is_killed_or_ended_by_an_incident_and_verifies_nothing() {
    let (app, ada) = on_plan_of("main", "").await;
    let host = Host::archiving();
    host.sql("postgres", STUCK);
    host.good(&["backup", "main"]);
    host.good(&["dump", "main"]);
    let restores = || host.processes(&host.state("scratch"), "pg_restore");
    let left = || (host.left_of_restores(), host.processes(&host.state("scratch"), ""));
    let begun = begin(&host, &["prove", "main", "--dump"], "… restore \"postgres\" by pg_restore");
    let restore = wait_for_one(restores);
    end(begun, Signal::SIGKILL);
    assert!(!left().0.is_empty(), "there is something to clear");

    host.join(&ada).await;
    let agent = host.at_work();
    within(BOUND, async || host.evidence().len() == 1).await;
    first(|| restores().into_iter().filter(|it| *it != restore).collect());
    assert!(!restores().contains(&restore), "what was left was ended before it was done anew");
    app.declare(Kind::Real, 3).await;
    within(BOUND, async || left() == (Vec::new(), Vec::new())).await;
    agent.end();
    let points = host.points();
    assert_eq!(points["points"][0]["verified"], true);
    assert_eq!(points["dumps"]["newest"][0]["verified"], Value::Null);
    assert_eq!(host.evidence().len(), 1, "a proof that was stopped says nothing");

    host.sql("postgres", "drop table stuck");
    host.good(&["dump", "main"]);
    host.good(&["prove", "main", "--dump"]);
    assert_eq!(left(), (Vec::new(), Vec::new()));
    app.end().await;
}
