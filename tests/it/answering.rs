//! From a declaration to an answer: the mail is real, its link is opened, a button is pressed.

use hyper::StatusCode;
use muster::domain::id::IncidentId;
use muster::domain::incident::Kind;
use time::Duration;

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::smtp::Mail;

/// A declared incident of level 1, whose first page is in the sink.
struct Scene {
    app: TestApp,
    ada: Browser,
    incident: IncidentId,
}

impl Scene {
    async fn declared(kind: Kind) -> Scene {
        let (app, ada) = TestApp::on_plan().await;
        let incident = app.declare(kind, 1).await;
        Scene { app, ada, incident }
    }

    /// Moves the clock, and returns the mails of that time.
    async fn mails_after(&self, minutes: i64) -> Vec<Mail> {
        self.app.clock.advance(Duration::minutes(minutes));
        self.app.mails().await
    }

    async fn count(&self, what: &str) -> i64 {
        let sql = format!("select count(*) from {what}");
        let pool = self.app.db.pool().unwrap();
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.unwrap()
    }

    fn path(&self, page: &str) -> String {
        format!("/incidents/{}/{page}", self.incident)
    }
}

fn link(mail: &Mail) -> String {
    let link = mail.link("/answer/").unwrap();
    link.strip_prefix("http://muster.test").unwrap().to_owned()
}

async fn press(scene: &Scene, link: &str, answer: &str) {
    let done = scene.app.browser().post(link, &[("answer", answer)]).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, link), "{done:?}");
}

#[tokio::test]
async fn who_opens_the_mails_link_answers_by_pressing_not_by_looking() {
    let scene = Scene::declared(Kind::Real).await;
    let mails = scene.mails_after(0).await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].subject.starts_with("Level 1"), "{}", mails[0].subject);
    let link = link(&mails[0]);

    let page = scene.app.browser().get(&link).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in ["you are paged as", "I have it", "Call me", "Nobody has it yet", "Hotline"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert_eq!(scene.count("responders where answer is not null").await, 0);

    press(&scene, &link, "have").await;
    assert_eq!(scene.count("duties where role_key = 'on-call-engineer'").await, 1);
    let page = scene.app.browser().get(&link).await.body;
    assert!(page.contains("You said at 03:12 CET: I have it."), "{page}");
    assert!(page.contains("page the next") && page.contains("Who is on it"), "{page}");
    assert_eq!(scene.mails_after(5).await, []);
    scene.app.end().await;
}

#[tokio::test]
async fn who_cant_has_the_next_paged_at_once() {
    let scene = Scene::declared(Kind::Real).await;
    let first = scene.mails_after(0).await.remove(0);

    press(&scene, &link(&first), "cannot").await;

    let next = scene.mails_after(0).await;
    assert_eq!(next.len(), 1);
    assert_ne!(next[0].to, first.to);
    scene.app.end().await;
}

#[tokio::test]
async fn who_asks_to_be_called_is_paged_no_more_and_heads_the_call_list() {
    let scene = Scene::declared(Kind::Real).await;
    let first = scene.mails_after(0).await.remove(0);

    press(&scene, &link(&first), "call").await;

    let next = scene.mails_after(5).await;
    assert_eq!(next.len(), 1, "the chain goes on");
    assert_ne!(next[0].to, first.to);
    for minutes in [5, 5, 5] {
        let later = scene.mails_after(minutes).await;
        assert!(later.iter().all(|mail| mail.to != first.to), "{later:?}");
    }
    let calls = scene.ada.get(&scene.path("calls")).await.body;
    let (asks, silent) = (calls.find("wants a call"), calls.find("no answer,"));
    assert!(asks.is_some() && asks < silent, "{calls}");
    assert!(calls.contains("href=\"tel:"), "{calls}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_call_is_written_down_with_what_came_of_it() {
    let scene = Scene::declared(Kind::Real).await;
    scene.mails_after(1).await;
    let calls = scene.ada.get(&scene.path("calls")).await.body;
    let (_, rest) = calls.split_once("name=\"person\" value=\"").unwrap();
    let person = rest.split('"').next().unwrap();

    let fields = [("person", person), ("outcome", "no-answer")];
    let done = scene.ada.post(&scene.path("calls"), &fields).await;

    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert!(scene.ada.get(&done.location).await.body.contains("no answer by phone, 03:13"));
    assert_eq!(scene.count("entries where kind = 'call'").await, 1);
    let reached = [("person", person), ("outcome", "reached")];
    scene.ada.post(&scene.path("calls"), &reached).await;
    let calls = scene.ada.get(&scene.path("calls")).await.body;
    assert!(calls.contains("Nobody is left to call"), "{calls}");
    let messages = scene.ada.get(&scene.path("messages")).await.body;
    assert!(messages.contains("Messages: 1 sent"), "{messages}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_drills_mail_and_page_say_so_first() {
    let scene = Scene::declared(Kind::Drill).await;
    let mail = scene.mails_after(0).await.remove(0);

    assert!(mail.subject.starts_with("DRILL"), "{}", mail.subject);
    let page = scene.app.browser().get(&link(&mail)).await.body;
    assert!(page.contains("<h1>DRILL"), "{page}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_link_that_nobody_made_leads_nowhere() {
    let scene = Scene::declared(Kind::Real).await;

    let wrong = scene.app.browser().get("/answer/k7Qm2v").await;

    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
    scene.app.end().await;
}
