//! Orders to agents: handed out once, to the question that fetches them; reports count once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::StatusCode;
use serde_json::{Value, json};
use time::Duration;
use time::format_description::well_known::Rfc3339;

use super::host::Host;
use crate::support::app::TestApp;
use crate::support::browser::Browser;

const ID: &str = "01930000-0000-7000-8000-00000000b001";
const OTHER: &str = "01930000-0000-7000-8000-00000000b002";

/// A database whose agent keeps the schedule already, so that a poll brings orders alone.
pub(super) struct Scene {
    pub(super) app: TestApp,
    pub(super) ada: Browser,
    pub(super) host: Host,
    keeps: String,
}

impl Scene {
    pub(super) async fn new() -> Scene {
        let (app, ada) = TestApp::on_plan().await;
        let host = Host::join(&ada, "db1").await;
        let mut scene = Scene { app, ada, host, keeps: String::new() };
        let at = scene.at();
        scene.sees(json!({"doing": {"deed": "full", "since": at, "at": "copying", "percent": 40, "late_s": null}})).await;
        scene.keeps = scene.poll("").await["schedule"]["document"].as_str().unwrap().to_owned();
        scene
    }

    /// The app's moment, as agents write it.
    pub(super) fn at(&self) -> String {
        self.app.clock.now().format(&Rfc3339).unwrap()
    }

    /// The agent has looked at its database, and found this more.
    pub(super) async fn sees(&self, more: Value) {
        let at = self.at();
        let mut body = json!({"run": self.host.run(), "sent_at": at, "database": {"name": "main", "repository": "disk",
            "at": at, "running": true, "exposure": "nothing"}});
        let seen = body["database"].as_object_mut().unwrap();
        seen.extend(more.as_object().unwrap().clone());
        self.host.say(&self.app, "/agent/database", &body.to_string()).await;
    }

    /// What a poll with this challenge brings; nothing is made ready while it waits, so it is asked to report.
    async fn poll(&self, challenge: &str) -> Value {
        self.app.tamper("update sites set facts_asked_at = now()").await;
        let body = json!({"run": self.host.run(), "schedule": self.keeps, "challenge": challenge});
        let answer = self.host.say(&self.app, "/agent/poll", &body.to_string()).await;
        serde_json::from_str(&answer.body).unwrap()
    }

    /// The order that it brings, read.
    pub(super) async fn fetch(&self, challenge: &str) -> Option<Value> {
        let document = self.poll(challenge).await["order"]["document"].as_str()?.to_owned();
        Some(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(document).unwrap()).unwrap())
    }

    async fn ask(&self, id: &str, task: &str) -> StatusCode {
        let path = self.path("/orders");
        self.ada.post(&path, &[("id", id), ("task", task)]).await.status
    }

    async fn report(&self, event: (&str, i32), state: &str, words: &str) {
        self.reports(event, state, words, Value::Null).await;
    }

    /// The agent says how an order stands, and what it found.
    pub(super) async fn reports(
        &self,
        (id, seq): (&str, i32),
        state: &str,
        words: &str,
        answer: Value,
    ) {
        let at = self.at();
        let event = json!({"seq": seq, "state": state, "words": words, "at": at, "answer": answer});
        let body = json!({"run": self.host.run(), "order": id, "sent_at": at, "event": event});
        let answer = self.host.say(&self.app, "/agent/order", &body.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }

    fn path(&self, rest: &str) -> String {
        self.host.path(&format!("/databases/main{rest}"))
    }

    async fn page(&self) -> String {
        self.ada.get(&self.path("")).await.body
    }
}

#[tokio::test]
async fn an_order_is_handed_out_once_and_its_end_is_shown_and_logged_once() {
    let scene = Scene::new().await;
    assert_eq!(scene.fetch("c1").await, None);
    assert_eq!(scene.ask(ID, "backup").await, StatusCode::SEE_OTHER);
    assert_eq!(scene.ask(ID, "backup").await, StatusCode::SEE_OTHER, "the same form");
    assert_eq!(scene.ask(OTHER, "backup").await, StatusCode::CONFLICT, "the same deed");
    let page = scene.page().await;
    assert!(
        page.contains("waits until the agent asks") && page.contains("A full backup is running")
    );

    let order = scene.fetch("c2").await.unwrap();
    assert_eq!(
        order,
        json!({"id": ID, "site": scene.host.site().to_string(), "database": "main",
        "task": "backup", "asked_by": "Ada Lovelace", "challenge": "c2"})
    );
    assert_eq!(scene.fetch("c3").await, None, "once");
    let taken = scene.ada.post(&scene.path(&format!("/orders/{ID}/withdrawal")), &[]).await;
    assert_eq!(taken.status, StatusCode::CONFLICT, "its agent has it");

    scene.report((ID, 1), "running", "").await;
    assert!(scene.page().await.contains("is being done"));
    for _ in 0..4 {
        scene.app.clock.advance(Duration::seconds(30));
        scene.app.work().await; // somebody listens
    }
    let silent = scene.page().await;
    assert!(silent.contains("unknown until the agent is heard"), "{silent}");
    assert!(
        silent.contains("What the agent does is unknown") && !silent.contains("40 %"),
        "{silent}"
    );
    assert_eq!(scene.fetch("c4").await, None); // and is heard again
    for _ in 0..2 {
        scene.report((ID, 2), "succeeded", "20261114-031200F").await;
    }
    scene.report((ID, 1), "running", "").await; // an older report comes late
    assert!(scene.page().await.contains("done: 20261114-031200F"));
    let log = "select count(*) from entry_bodies where convert_from(body, 'utf8') like '%Ada Lovelace asked for is done%'";
    let said: i64 = sqlx::query_scalar(log).fetch_one(&mut scene.app.aside().await).await.unwrap();
    assert_eq!(said, 1);
    assert_eq!(scene.ask(OTHER, "backup").await, StatusCode::SEE_OTHER, "and now another");
    scene.app.end().await;
}

#[tokio::test]
async fn what_was_taken_back_or_lapsed_is_not_handed_out_and_what_was_lost_reads_unknown() {
    let scene = Scene::new().await;
    scene.ask(ID, "backup").await;
    let path = scene.path(&format!("/orders/{ID}/withdrawal"));
    assert_eq!(scene.ada.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(scene.fetch("c").await, None);

    scene.ask(OTHER, "full-backup").await;
    scene.app.clock.advance(Duration::HOUR);
    assert_eq!(scene.fetch("c").await, None, "it would come as a surprise");
    let lost = "01930000-0000-7000-8000-00000000b003";
    scene.ask(lost, "prove").await;
    assert!(scene.fetch("c").await.is_some());
    scene.app.clock.advance(Duration::minutes(2));
    assert!(scene.page().await.contains("has said nothing since"));
    let again = "01930000-0000-7000-8000-00000000b004";
    assert_eq!(scene.ask(again, "prove").await, StatusCode::SEE_OTHER, "a person may ask again");
    scene.app.end().await;
}

#[tokio::test]
async fn what_a_later_release_was_asked_for_waits_for_that_and_hinders_nothing() {
    let scene = Scene::new().await;
    let later = format!(
        "insert into orders (id, site, name, task, asked_by, asked_at, state, since)
         select '{OTHER}', '{}', 'main', 'not-known-yet', id, now(), 'ready', now() from people where key = 'ada-lovelace'",
        scene.host.site()
    );
    scene.app.tamper(&later).await;
    let clock = scene.app.clock.now();
    scene.app.tamper(&format!("update orders set asked_at = '{clock}', since = '{clock}'")).await;

    assert_eq!(scene.fetch("c").await, None);
    assert_eq!(scene.ask(ID, "backup").await, StatusCode::SEE_OTHER);
    assert!(scene.page().await.contains("waits until the agent asks"));
    assert_eq!(scene.fetch("c").await.unwrap()["task"], "backup");
    scene.app.end().await;
}

#[tokio::test]
async fn an_old_copy_of_muster_orders_nothing_and_another_sites_agent_can_say_nothing_of_an_order()
{
    let scene = Scene::new().await;
    scene.ask(ID, "backup").await;
    scene.app.tamper("update installation set quarantined_at = now()").await;
    assert_eq!(scene.fetch("c").await, None);
    scene.app.tamper("update installation set quarantined_at = null").await;
    assert!(scene.fetch("c").await.is_some());

    let stranger = Host::join(&scene.ada, "db2").await;
    let at = scene.app.clock.now().format(&Rfc3339).unwrap();
    let event = json!({"seq": 1, "state": "succeeded", "words": "not so", "at": at});
    let body = json!({"run": stranger.again().run(), "order": ID, "sent_at": at, "event": event});
    stranger.say(&scene.app, "/agent/order", &body.to_string()).await;
    scene.report((ID, 1), "ready", "").await; // what no agent may say
    let page = scene.page().await;
    assert!(!page.contains("not so") && page.contains("does one thing at a time"), "{page}");
    scene.app.end().await;
}
