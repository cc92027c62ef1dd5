//! What agents tell of databases: shown, told on when too much would be lost, and kept once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::StatusCode;
use muster::actions::incidents::{self, Step};
use muster::domain::incident::{Kind, Outage};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::host::Host;
use crate::support::app::TestApp;

/// The plan's database stands under the one, and not under the other.
const ON_IT: &str = "component.database";
const APART: &str = "component.files";

/// How a database stands, as its agent would tell of it.
struct Told {
    point: Option<bool>,
    exposure: Value,
    words: &'static str,
}

fn at(moment: OffsetDateTime) -> String {
    moment.format(&Rfc3339).unwrap()
}

fn since(moment: OffsetDateTime) -> Value {
    json!({"since": {"oldest": at(moment), "exact": true}})
}

impl Told {
    fn with(exposure: Value) -> Told {
        Told { point: Some(true), exposure, words: "archive_command fails" }
    }

    fn body(&self, host: &Host, now: OffsetDateTime) -> String {
        let point = self.point.map(|verified| {
            json!({"label": "20261114-020000F", "kind": "full", "stopped": at(now), "size": 1_000_000,
                   "stored": 1, "timeline": 1, "opens": true, "unbroken_until": null,
                   "last_commit": null, "gap": null, "damaged": false, "verified": verified,
                   "proved_at": at(now)})
        });
        json!({"run": host.run(), "sent_at": at(now), "database": {
            "name": "main", "repository": "disk", "at": at(now), "running": true,
            "exposure": self.exposure, "points": point.into_iter().collect::<Vec<_>>(),
            "findings": [{"check": "archiving", "health": "bad", "words": self.words,
                          "mend": "look at the repository"}]}})
        .to_string()
    }
}

/// Tells it, and lets a worker look; gives the mails that came.
async fn tell(app: &TestApp, host: &Host, told: &Told) -> Vec<(String, String)> {
    let body = told.body(host, app.clock.now());
    let answer = host.say(app, "/agent/database", &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let mails = app.mails().await;
    mails.iter().map(|mail| (mail.subject.clone(), mail.text.clone())).collect()
}

#[tokio::test]
async fn over_the_target_for_five_minutes_is_told_over_the_maximum_at_once_and_each_once() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    let oldest = app.clock.now();
    let subjects = |mails: Vec<(String, String)>| {
        let mut subjects: Vec<_> = mails.into_iter().map(|(subject, _)| subject).collect();
        subjects.dedup();
        subjects
    };
    let mut came = Vec::new();
    for minute in 0..=75 {
        let mails = tell(&app, &host, &Told::with(since(oldest))).await;
        if let Some((_, text)) = mails.first() {
            assert!(
                text.contains("archive_command fails") && text.contains("look at the repository"),
                "{text}"
            );
        }
        came.extend(subjects(mails).into_iter().map(|subject| (minute, subject)));
        app.clock.advance(Duration::MINUTE);
    }
    let subject = "Too much of main would be lost".to_owned();
    assert_eq!(came, [(21, subject.clone()), (61, subject.clone())], "15 min, 5 more, and 1 h");
    let front = ada.get("/").await.body;
    assert!(front.contains("over the maximum") && front.contains("1 thing to mend"), "{front}");

    let idle = subjects(tell(&app, &host, &Told::with(json!("nothing"))).await);
    assert_eq!(idle, Vec::<String>::new());
    assert!(ada.get("/").await.body.contains("nothing"));
    let everything = subjects(tell(&app, &host, &Told::with(json!("everything"))).await);
    assert_eq!(everything, ["All of main would be lost"]);
    app.end().await;
}

#[tokio::test]
async fn a_database_that_never_had_a_backup_is_red_and_wakes_nobody() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    let told = Told { point: None, ..Told::with(json!("everything")) };
    for _ in 0..10 {
        assert_eq!(tell(&app, &host, &told).await, []);
        app.clock.advance(Duration::MINUTE);
    }
    let page = ada.get(&host.path("/databases/main")).await.body;
    assert!(page.contains("No recovery point yet") && page.contains("everything"), "{page}");
    app.end().await;
}

#[tokio::test]
async fn a_look_that_is_too_old_says_nothing_of_now() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    tell(&app, &host, &Told::with(json!("nothing"))).await;
    let page = async || ada.get(&host.path("/databases/main")).await.body;
    assert!(page().await.contains("nothing"));

    for _ in 0..4 {
        app.clock.advance(Duration::seconds(30));
        host.say(&app, "/agent/report", &host.report()).await;
    }
    let body = page().await;
    assert!(body.contains("its agent has not looked at it lately"), "{body}");
    app.clock.advance(Duration::minutes(2));
    let recovery = ada.get("/recovery").await.body;
    assert!(recovery.contains("unknown: "), "{recovery}");
    app.end().await;
}

#[tokio::test]
async fn the_hosts_clock_makes_no_exposure() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    let ahead = app.clock.now() + Duration::HOUR;
    let told = Told::with(since(ahead - Duration::MINUTE));

    host.say(&app, "/agent/database", &told.body(&host, ahead)).await;

    let front = ada.get("/").await.body;
    assert!(front.contains("1 min") && !front.contains("over target"), "{front}");
    app.end().await;
}

#[tokio::test]
async fn what_agent_toml_names_no_more_is_forgotten_and_a_second_process_tells_nothing() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    tell(&app, &host, &Told::with(json!("nothing"))).await;
    let other = host.again();
    let body = Told::with(json!("everything")).body(&other, app.clock.now());
    let refused = other.say(&app, "/agent/database", &body).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(!ada.get("/recovery").await.body.contains("everything"));

    let report = host.report();
    host.say(&app, "/agent/report", &report).await;
    let page = ada.get(&host.path("/databases/main")).await;
    assert_eq!(page.status, StatusCode::OK, "an agent that does not say what it protects");
    let mut report: Value = serde_json::from_str(&report).unwrap();
    report["facts"]["protects"] = json!(["another"]);
    host.say(&app, "/agent/report", &report.to_string()).await;
    let page = ada.get(&host.path("/databases/main")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(host.page(&ada).await.contains("another"));
    report["facts"]["protects"] = Value::Null;
    report["facts"]["refused"] = json!("line 3 names no key of it");
    host.say(&app, "/agent/report", &report.to_string()).await;
    let page = host.page(&ada).await;
    assert!(page.contains("not followed: line 3 names no key of it"), "{page}");
    app.end().await;
}

#[tokio::test]
async fn an_agent_that_tells_of_ever_more_databases_is_refused_the_one_too_many() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    let main = || Told::with(json!("nothing")).body(&host, app.clock.now());
    let say = async || host.say(&app, "/agent/database", &main()).await.status;
    app.tamper(
        "insert into databases (site, name, seen, seen_at)
         select id, 'd' || n, '{}', now() from sites, generate_series(1, 199) n",
    )
    .await;
    assert_eq!(say().await, StatusCode::OK, "the last one");
    assert_eq!(say().await, StatusCode::OK, "what is known is heard on");
    app.tamper("delete from exposure").await;
    app.tamper("update databases set name = 'another' where name = 'main'").await;
    assert_eq!(say().await, StatusCode::CONFLICT);
    app.end().await;
}

/// The schedule that a poll brings at once: as it came, and read.
async fn schedule(app: &TestApp, host: &Host) -> (String, Value) {
    let body = json!({"run": host.run()}).to_string();
    let answer = host.say(app, "/agent/poll", &body).await;
    let told: Value = serde_json::from_str(&answer.body).unwrap();
    let document = told["schedule"]["document"].as_str().unwrap_or_else(|| panic!("{told}"));
    let read = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(document).unwrap()).unwrap();
    (document.to_owned(), read)
}

#[tokio::test]
async fn an_agent_is_told_the_plans_times_and_at_once_that_a_real_incident_is_open() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    let (document, read) = schedule(&app, &host).await;
    assert_eq!((&read["full"], &read["zone"]), (&"0 2 * * *".into(), &"Europe/Berlin".into()));
    assert_eq!(read["incident"], false);
    app.declare(Kind::Drill, 3).await;
    assert_eq!(schedule(&app, &host).await.0, document, "a drill changes nothing");

    let body = json!({"run": host.run(), "schedule": document}).to_string();
    let waiting = host.say(&app, "/agent/poll", &body);
    let (woken, _) = tokio::join!(waiting, app.declare(Kind::Real, 3));
    assert!(woken.body.contains("schedule"), "it was not woken: {}", woken.body);
    assert_eq!(schedule(&app, &host).await.1["incident"], true);
    app.end().await;
}

#[tokio::test]
async fn an_agent_learns_at_once_which_databases_no_open_incident_touches() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    let spared = async || schedule(&app, &host).await.1["databases"][0]["spared"].clone();
    assert_eq!(spared().await, Value::Null, "nothing is to be spared from");
    let incident = app.declare(Kind::Real, 3).await;
    let (document, _) = schedule(&app, &host).await;
    assert_eq!(spared().await, Value::Null, "nothing was chosen, so each is touched");

    let by = app.person("ada-lovelace").await;
    let down = async |key: &str| {
        let what = (key, Outage::Down);
        incidents::declare_down(&app.db, incident, what, None, by, app.clock.now()).await.unwrap();
    };
    let body = json!({"run": host.run(), "schedule": document}).to_string();
    let (woken, ()) = tokio::join!(host.say(&app, "/agent/poll", &body), down(APART));
    assert!(woken.body.contains("schedule"), "it was not woken: {}", woken.body);
    assert_eq!(spared().await, true);
    let second = app.declare(Kind::Real, 4).await;
    assert_eq!(spared().await, Value::Null, "of the second nothing was chosen");
    incidents::step(&app.db, second, Step::FalseAlarm, by, app.clock.now()).await.unwrap();
    assert_eq!(spared().await, true);
    down(ON_IT).await;
    assert_eq!(spared().await, Value::Null);
    app.end().await;
}

#[tokio::test]
async fn what_should_have_begun_hours_ago_is_named_on_the_page_and_wakes_nobody() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    let now = app.clock.now();
    let said = Told::with(json!("nothing")).body(&host, now);
    let mut body: Value = serde_json::from_str(&said).unwrap();
    body["database"]["next"] = json!({"deed": "full", "at": at(now - Duration::hours(3))});

    host.say(&app, "/agent/database", &body.to_string()).await;

    let page = ada.get(&host.path("/databases/main")).await.body;
    assert!(page.contains("the full backup that was due 3 h ago has not begun"), "{page}");
    assert_eq!(app.mails().await.len(), 0);
    app.end().await;
}
