//! What keeps old backups: open incidents and failed proofs, until a person lets go.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::StatusCode;
use muster::domain::incident::Kind;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::host::Host;
use crate::support::app::TestApp;
use crate::support::browser::Browser;

/// The plan's own database, and one that it does not name.
const NAMES: [&str; 2] = ["labitory", "another"];

async fn protected(app: &TestApp, owner: &Browser) -> Host {
    let host = Host::join(owner, "db1").await;
    let at = app.clock.now().format(&Rfc3339).unwrap();
    for name in NAMES {
        let body = json!({"run": host.run(), "sent_at": at, "database": {"name": name, "repository": "disk",
            "at": at, "running": true, "exposure": "nothing", "keeps": {"days": 30, "fulls": 7}}});
        let answer = host.say(app, "/agent/database", &body.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    host
}

/// What Muster says holds each of them.
async fn held(app: &TestApp, host: &Host) -> [Option<String>; 2] {
    let mut held = [None, None];
    for (name, held) in NAMES.iter().zip(&mut held) {
        let question = json!({"database": name, "challenge": "c"}).to_string();
        let answer = host.say(app, "/agent/expiry", &question).await;
        let signed: Value = serde_json::from_str(&answer.body).unwrap();
        let document = URL_SAFE_NO_PAD.decode(signed["document"].as_str().unwrap()).unwrap();
        let leave: Value = serde_json::from_slice(&document).unwrap();
        assert_eq!(leave["question"], json!({"database": name, "challenge": "c"}));
        assert_eq!(leave["site"], host.site().to_string());
        *held = leave["held"].as_str().map(str::to_owned);
    }
    held
}

fn database(host: &Host, name: &str) -> String {
    host.path(&format!("/databases/{name}"))
}

/// Presses the first button that lets go.
async fn let_go(host: &Host, who: &Browser, name: &str) {
    let path = database(host, name);
    let page = who.get(&path).await.body;
    let holds = format!("action=\"{path}/holds/");
    let id = page.split_once(&holds).unwrap_or_else(|| panic!("{page}")).1;
    let id = id.split('/').next().unwrap();
    let answer = who.post(&format!("{path}/holds/{id}/end"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_incident_holds_what_it_touches_also_when_it_is_over_until_a_person_lets_go() {
    let (app, ada) = TestApp::on_plan().await;
    let host = protected(&app, &ada).await;
    assert_eq!(held(&app, &host).await, [None, None]);
    app.declare(Kind::Drill, 3).await;
    assert_eq!(held(&app, &host).await, [None, None], "a drill holds nothing");

    let id = app.declare(Kind::Real, 3).await;
    let [own, another] = held(&app, &host).await;
    assert!(own.as_ref().is_some_and(|it| it.starts_with("held by the incident")), "{own:?}");
    assert_eq!(own, another, "with nothing chosen it may be any");
    let press = async |path: &str, field: (&str, &str)| {
        let answer = ada.post(&format!("/incidents/{id}{path}"), &[field]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    };
    press("/affected", ("press", "down component.cache")).await;
    let [own, another] = held(&app, &host).await;
    assert!(own.is_none() && another.is_some(), "nothing that is down stands on it: {own:?}");
    let shown = async || {
        let page = ada.get(&format!("/incidents/{id}")).await.body;
        NAMES.map(|name| page.contains(&format!("/databases/{name}\"")))
    };
    assert_eq!(shown().await, [false, true], "what would be lost of those that are touched");
    press("/affected", ("press", "down component.booking")).await;
    assert!(held(&app, &host).await[0].is_some());
    assert_eq!(shown().await, [true, true]);

    press("/phase", ("step", "false-alarm")).await;
    assert_eq!(shown().await, [false, false], "once it is over nothing of it is live");
    let page = ada.get(&database(&host, NAMES[0])).await.body;
    assert!(
        page.contains("Old backups are held") && page.contains("the repository grows"),
        "{page}"
    );
    assert!(held(&app, &host).await[0].is_some(), "its end alone lets nothing go");
    let_go(&host, &ada, NAMES[0]).await;
    let [own, another] = held(&app, &host).await;
    assert!(own.is_none() && another.is_some(), "{own:?}");
    app.end().await;
}

#[tokio::test]
async fn of_what_an_agent_has_not_told_of_nothing_goes_while_an_incident_may_touch_it() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    assert_eq!(held(&app, &host).await, [None, None]);
    app.declare(Kind::Real, 3).await;
    for held in held(&app, &host).await {
        assert!(held.as_ref().is_some_and(|it| it.contains("may touch it")), "{held:?}");
    }
    app.end().await;
}

#[tokio::test]
async fn what_a_person_let_go_of_is_not_held_again_by_the_same_incident() {
    let (app, ada) = TestApp::on_plan().await;
    let host = protected(&app, &ada).await;
    app.declare(Kind::Real, 3).await;
    app.clock.advance(time::Duration::seconds(10));
    app.mails().await;
    let path = database(&host, NAMES[0]);
    assert!(ada.get(&path).await.body.contains("Old backups are held"), "before any agent asks");

    let_go(&host, &ada, NAMES[0]).await;
    app.clock.advance(time::Duration::seconds(10));
    app.mails().await;
    assert_eq!(held(&app, &host).await[0], None);
    app.declare(Kind::Real, 2).await;
    assert!(held(&app, &host).await[0].is_some(), "another one does");
    app.end().await;
}

#[tokio::test]
async fn a_person_holds_a_database_once_however_often_it_is_pressed() {
    let (app, ada) = TestApp::on_plan().await;
    let host = protected(&app, &ada).await;
    let path = database(&host, NAMES[1]);
    let id = "01930000-0000-7000-8000-00000000a001";
    for _ in 0..2 {
        let answer = ada.post(&format!("{path}/holds"), &[("id", id)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }
    let words = held(&app, &host).await[1].clone().unwrap();
    assert_eq!(words, "held by Ada Lovelace");
    assert_eq!(held(&app, &host).await[0], None);
    let unknown = ada.post(&format!("{}/holds", database(&host, "none")), &[("id", id)]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);

    let_go(&host, &ada, NAMES[1]).await;
    assert_eq!(held(&app, &host).await[1], None);
    app.end().await;
}

#[tokio::test]
async fn an_old_copy_of_muster_gives_no_leave() {
    let (app, ada) = TestApp::on_plan().await;
    let host = protected(&app, &ada).await;
    app.tamper("update installation set quarantined_at = now()").await;
    assert!(held(&app, &host).await[1].as_ref().is_some_and(|it| it.contains("old copy")));
    app.end().await;
}
