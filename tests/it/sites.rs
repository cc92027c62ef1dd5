//! Sites and their agents: how one joins, is heard, is believed, and what its silence brings.

mod back;
mod backlog;
mod databases;
mod drafts;
mod holds;
pub(crate) mod host;
mod kits;
mod orders;
mod proofs;
mod restores;
mod silence;

use std::sync::Arc;

use hyper::{Request, StatusCode};
use muster::agent::joined::{self as agent, AgentError, Identity, IdentityError, Rhythm};
use muster::domain::agent::code::JoinCode;
use muster::domain::rights::{Right, Rights};
use time::Duration;
use tokio::sync::oneshot;

use self::host::{Host, place};
use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::sites::{add, code};

const BOUND: std::time::Duration = std::time::Duration::from_secs(30);
const QUICK: Rhythm = Rhythm {
    pause: std::time::Duration::from_millis(20),
    watch: std::time::Duration::from_millis(200),
};

#[tokio::test]
async fn an_agent_that_joins_and_runs_is_heard_and_says_what_it_found() {
    let (app, ada) = TestApp::on_plan().await;
    let empty = ada.get("/recovery").await.body;
    assert!(empty.contains("No site yet") && empty.contains("Add the first site"), "{empty}");
    let host = Host::join(&ada, "db1").await;
    let page = host.page(&ada).await;
    assert!(page.contains("has not reported yet"), "{page}");

    let identity = Arc::new(Identity::load(host.state()).unwrap());
    let place = place(host.state());
    let (end, told) = oneshot::channel::<()>();
    let ended = async { told.await.unwrap_or_default() };
    let running = tokio::spawn(async move { agent::run(&identity, QUICK, &place, ended).await });
    within(BOUND, async || host.page(&ada).await.contains("Runs as")).await;
    let page = host.page(&ada).await;
    assert!(page.contains("heard") && page.contains("Clock"), "{page}");
    assert!(ada.get("/recovery").await.body.contains("1 site"));

    // asked to look again, it answers over the poll that waits
    app.tamper("update sites set facts = '{\"version\":\"0\",\"host\":\"stale\",\"user\":\"x\"}'")
        .await;
    let asked = ada.post(&host.path("/look"), &[]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    within(BOUND, async || !host.page(&ada).await.contains("stale")).await;

    // another process is heard at once when it has said that it ends, and refused while it works
    let again = host.again();
    assert_eq!(
        again.say(&app, "/agent/report", &again.report()).await.status,
        StatusCode::CONFLICT
    );
    end.send(()).unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(again.say(&app, "/agent/report", &again.report()).await.status, StatusCode::OK);
    app.end().await;
}

#[tokio::test]
async fn a_code_lets_one_agent_in_once_and_not_after_half_an_hour() {
    let (app, ada) = TestApp::on_plan().await;
    let path = add(&ada, "db1").await;
    let (used, old) = (code(&ada, &path).await, tempfile::tempdir().unwrap());
    agent::join(&used, old.path()).await.unwrap();
    let refused = |error: AgentError| error.to_string();
    let again = tempfile::tempdir().unwrap();

    let error = agent::join(&used, again.path()).await.map_err(refused).unwrap_err();
    assert!(error.contains("was used"), "{error}");
    let replaced = code(&ada, &path).await;
    let newest = code(&ada, &path).await;
    assert!(agent::join(&replaced, again.path()).await.is_err(), "an older one stops working");
    app.clock.advance(Duration::minutes(30));
    assert!(agent::join(&newest, again.path()).await.is_err(), "too old");
    let error = Identity::load(again.path()).unwrap_err();
    assert!(matches!(error, IdentityError::NotJoined(_)), "nothing was kept: {error}");

    let before = Identity::load(old.path()).unwrap();
    let page = ada.get(&path).await.body;
    assert!(!page.contains("agent join mj"), "shown once alone");
    assert_eq!(before.joined.name, "db1", "who had joined goes on");
    app.end().await;
}

#[tokio::test]
async fn an_agent_obeys_the_muster_that_made_its_code_alone() {
    let (app, ada) = TestApp::on_plan().await;
    let path = add(&ada, "db1").await;
    let code = code(&ada, &path).await;
    let other = JoinCode { orders: [0; 8], ..code };
    let state = tempfile::tempdir().unwrap();

    let error = agent::join(&other, state.path()).await.unwrap_err();

    assert!(matches!(error, AgentError::OtherKey), "{error}");
    assert!(Identity::load(state.path()).is_err(), "nothing was kept");
    app.end().await;
}

#[tokio::test]
async fn what_is_not_signed_by_the_agent_of_the_site_is_not_believed() {
    let (app, ada) = TestApp::on_plan().await;
    let (host, other) = (Host::join(&ada, "db1").await, Host::join(&ada, "db2").await);
    let report = host.report();
    assert_eq!(host.say(&app, "/agent/report", &report).await.status, StatusCode::OK);

    for (what, answer) in [
        ("another site's key", other.say_as(&app, host.site(), &report).await),
        ("another body", host.say_signing(&app, &report, "{}").await),
        ("no signature", app.browser().send(Request::post("/agent/report"), report.clone()).await),
    ] {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}: {}", answer.body);
    }
    let old = host.nonce(&app).await;
    app.clock.advance(Duration::hours(1));
    assert_eq!(host.say_over(&app, &old, &report).await.status, StatusCode::OK, "the last hour's");
    app.clock.advance(Duration::hours(1));
    let answer = host.say_over(&app, &old, &report).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "an old nonce");
    app.end().await;
}

#[tokio::test]
async fn a_new_code_ends_the_key_before_and_a_site_that_is_removed_ends_its_agent() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    let next = host.joined_anew(&ada).await;

    let refused = host.say(&app, "/agent/report", &host.report()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.body.contains("another agent has joined"), "{}", refused.body);
    assert_eq!(next.say(&app, "/agent/report", &next.report()).await.status, StatusCode::OK);

    assert_eq!(ada.post(&host.path("/removal"), &[]).await.status, StatusCode::SEE_OTHER);
    let refused = next.say(&app, "/agent/report", &next.report()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ada.get(&host.path("")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ada.post(&host.path("/removal"), &[]).await.status, StatusCode::SEE_OTHER, "twice");
    add(&ada, "db1").await; // the name is free again
    app.end().await;
}

#[tokio::test]
async fn a_site_is_added_once_with_a_name_of_its_own_by_owners_alone() {
    let (app, ada) = TestApp::on_plan().await;
    let id = "01930000-0000-7000-8000-00000000aaaa";
    for _ in 0..2 {
        let added = ada.post("/recovery/sites", &[("id", id), ("name", " db1 ")]).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    }
    let long = "x".repeat(61);
    for (name, words) in
        [("DB1", "called DB1 already"), ("", "Give it a name"), (&long, "60 letters")]
    {
        let refused = ada.post("/recovery/sites", &[("name", name)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(words), "{}", refused.body);
    }
    app.account("Viv", "viv@example.org", Rights::from_iter([Right::View])).await;
    let viv = app.signed_in("viv@example.org").await;
    let page = viv.get(&format!("/recovery/sites/{id}")).await.body;
    assert!(page.contains("db1") && !page.contains("Make a join code"), "{page}");
    assert!(!viv.get("/recovery").await.body.contains("Add a site"));
    app.end().await;
}

#[tokio::test]
async fn a_second_process_with_the_same_key_is_refused_and_told_of_once() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    host.say(&app, "/agent/report", &host.report()).await;
    let copy = host.again();

    for _ in 0..2 {
        let refused = copy.say(&app, "/agent/report", &copy.report()).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
        assert!(refused.body.contains("another process"), "{}", refused.body);
    }
    let mails = app.mails().await;
    let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    assert!(!subjects.is_empty(), "the DBA hears of it");
    assert!(
        subjects.iter().all(|one| one.contains("Two agents speak for site db1")),
        "{subjects:?}"
    );

    app.clock.advance(Duration::seconds(61));
    assert_eq!(
        copy.say(&app, "/agent/report", &copy.report()).await.status,
        StatusCode::OK,
        "a restart"
    );
    app.end().await;
}
