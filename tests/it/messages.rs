//! What was sent to whom, and the red facts of what could not be sent.

use hyper::StatusCode;
use muster::actions::answers::{Answer, answer};
use muster::actions::messages::unsent;
use muster::domain::id::{DeliveryId, IncidentId};
use muster::domain::incident::Kind;
use time::Duration;

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::smtp::Behaviour;

struct Scene {
    app: TestApp,
    browser: Browser,
    first: String,
    id: IncidentId,
}

impl Scene {
    /// An incident of level 1; the first who is paged has a mailbox that behaves so.
    async fn declared(behaviour: Behaviour) -> Scene {
        let (app, browser) = TestApp::on_plan().await;
        let sql = "select address from contact_methods join people on people.id = person
                   where key = 'jonas-brandt' and channel = 'mail'";
        let first: String =
            sqlx::query_scalar(sql).fetch_one(app.db.pool().unwrap()).await.unwrap();
        app.sink.behave(&first, behaviour);
        let id = app.declare(Kind::Real, 1).await;
        app.work().await;
        Scene { app, browser, first, id }
    }

    async fn page(&self, rest: &str) -> String {
        let answer = self.browser.get(&format!("/incidents/{}{rest}", self.id)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    async fn delivery(&self) -> DeliveryId {
        let sql = "select id from deliveries where address = $1";
        let pool = self.app.db.pool().unwrap();
        DeliveryId(sqlx::query_scalar(sql).bind(&self.first).fetch_one(pool).await.unwrap())
    }
}

fn refused() -> Behaviour {
    Behaviour::Refuse { code: 550, words: "no such <user>".into() }
}

#[tokio::test]
async fn what_could_not_be_sent_says_who_which_method_why_and_what_next() {
    let scene = Scene::declared(refused()).await;

    for page in [scene.page("").await, scene.page("/messages").await] {
        for words in [
            "1 person could not be reached by mail",
            &format!(
                "mail {}: the mail server refused with 550: no such &#60;user&#62;",
                scene.first
            ),
            "Call <a href=\"tel:+49",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }
    let messages = scene.page("/messages").await;
    assert!(messages.contains("First page: 1 failed"), "{messages}");
    assert!(messages.contains("03:12:00 CET: refused. <small>"), "{messages}");
    scene.app.end().await;
}

#[tokio::test]
async fn who_has_answered_otherwise_is_no_red_fact_any_more() {
    let scene = Scene::declared(refused()).await;
    assert_eq!(unsent(&scene.app.db, scene.id).await.unwrap().len(), 1);

    let (db, now) = (&scene.app.db, scene.app.clock.now());
    answer(db, scene.delivery().await, Answer::Have, now).await.unwrap();

    assert_eq!(unsent(db, scene.id).await.unwrap(), []);
    assert!(!scene.page("").await.contains("could not be reached"));
    assert!(scene.page("/messages").await.contains("1 failed"), "the record stays");
    scene.app.end().await;
}

#[tokio::test]
async fn each_attempt_stands_with_its_time_and_the_servers_words() {
    let scene = Scene::declared(Behaviour::Greylist { times: 1 }).await;
    let waits = scene.page("/messages").await;
    assert!(waits.contains("First page: 1 waiting") && waits.contains("not now."), "{waits}");
    assert_eq!(unsent(&scene.app.db, scene.id).await.unwrap(), [], "it is tried again");

    scene.app.clock.advance(Duration::minutes(1));
    assert_eq!(scene.app.mails().await.len(), 1);

    let sent = scene.page("/messages").await;
    assert!(sent.contains("First page: 1 sent"), "{sent}");
    assert!(
        sent.contains("03:12:00 CET: not now.") && sent.contains("03:13:00 CET: taken."),
        "{sent}"
    );
    scene.app.end().await;
}

#[tokio::test]
async fn without_a_mail_server_everybody_is_a_red_fact_and_the_page_stays_short() {
    let (app, browser) = TestApp::owned().await;
    let plan = crate::support::app::LABITORY;
    muster::actions::plans::import(&app.db, plan, None, None, app.clock.now()).await.unwrap();
    let id = app.declare(Kind::Real, 3).await;
    let held = browser.get(&format!("/incidents/{id}/messages")).await.body;
    assert!(held.contains("held until 03:12:10 CET"), "{held}");
    app.clock.advance(Duration::seconds(10));
    app.work().await;

    let page = browser.get(&format!("/incidents/{id}")).await.body;
    let all = browser.get(&format!("/incidents/{id}/messages")).await.body;

    let count = unsent(&app.db, id).await.unwrap().len();
    assert!(count > 2, "{count}");
    let (_, facts) = page.split_once("id=\"unsent\"").unwrap();
    let (facts, _) = facts.split_once("</section>").unwrap();
    assert_eq!(facts.matches("no mail server is set").count(), 2, "{page}");
    assert!(page.contains(&format!("{} more</a>", count - 2)), "{page}");
    let (facts, _) = all.split_once("message-1").unwrap();
    assert_eq!(facts.matches("no mail server is set").count(), count, "{all}");
    app.end().await;
}

#[tokio::test]
async fn nothing_sent_reads_so() {
    let (app, browser) = TestApp::on_plan().await;
    let id = app.declare(Kind::Drill, 1).await;
    app.tamper("delete from jobs").await;
    app.tamper("delete from deliveries").await;
    app.tamper("delete from messages").await;

    let page = browser.get(&format!("/incidents/{id}/messages")).await.body;

    assert!(page.contains("Nothing was sent") && page.contains("DRILL: Messages"), "{page}");
    app.end().await;
}
