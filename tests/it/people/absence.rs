//! Leaving the roster and coming back, shut accounts, and what ends with both.

use hyper::StatusCode;
use muster::domain::incident::Kind;
use muster::domain::rights::Rights;
use time::Duration;

use super::{path, press, said};
use crate::support::app::{LABITORY, PASSWORD, TestApp};
use crate::support::smtp::Mail;

async fn on_timeline(app: &TestApp) -> Vec<String> {
    let sql = "select convert_from(b.body, 'utf8') from entry_bodies b join streams s on s.id =
               b.stream where s.kind = 'incident' order by b.seq";
    sqlx::query_scalar(sql).fetch_all(app.db.pool().unwrap()).await.unwrap()
}

fn answer_link(mail: &Mail) -> String {
    mail.link("/answer/").unwrap().strip_prefix("http://muster.test").unwrap().to_owned()
}

#[tokio::test]
async fn who_leaves_the_roster_is_signed_out_and_comes_back_with_all_they_had() {
    let (app, ada) = TestApp::owned().await;
    app.account("Bob", "bob@example.org", Rights::all()).await;
    let (bob, path) = (app.signed_in("bob@example.org").await, path(&app, "bob").await);

    for _ in 0..2 {
        press(&ada, &format!("{path}/absence"), &[]).await;
    }
    assert!(said(&app).await.contains("Bob was taken off the roster."));
    assert_eq!(bob.get("/").await.status, StatusCode::SEE_OTHER, "signed out");
    let typed = [("email", "bob@example.org"), ("password", PASSWORD)];
    let refused = app.browser().post("/session", &typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "and not let in");
    let page = ada.get(&path).await.body;
    assert!(page.contains("off the roster since 14 Nov 2026, 02:12 UTC: not called on"), "{page}");
    assert!(!page.contains("Disable the account"), "{page}");
    let list = ada.get("/people").await.body;
    assert!(list.contains("1 person on the roster") && list.contains("Off the roster: 1 person"));
    let link = ada.post(&format!("{path}/link"), &[]).await;
    assert_eq!(link.status, StatusCode::CONFLICT);

    press(&ada, &format!("{path}/absence/end"), &[]).await;
    assert!(ada.get(&path).await.body.contains("1 way to reach them"));
    assert_eq!(bob.get("/").await.status, StatusCode::SEE_OTHER, "the old session stays ended");
    app.signed_in("bob@example.org").await;
    app.end().await;
}

#[tokio::test]
async fn the_last_owner_neither_leaves_nor_is_shut_out() {
    let (app, ada) = TestApp::owned().await;
    app.account("Bob", "bob@example.org", Rights::all()).await;
    let (own, bobs) = (path(&app, "ada-lovelace").await, path(&app, "bob").await);
    press(&ada, &format!("{bobs}/absence"), &[]).await;

    for deed in ["absence", "suspension"] {
        let refused = ada.post(&format!("{own}/{deed}"), &[]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{deed}");
        assert!(refused.body.contains("This is the last owner"), "an owner who left counts not");
    }
    app.end().await;
}

#[tokio::test]
async fn with_an_account_sessions_links_and_duties_end_and_the_next_is_paged() {
    let (app, ada) = TestApp::on_plan().await;
    let path = path(&app, "jonas-brandt").await;
    press_link(&app, &ada, &path).await;
    let incident = app.declare(Kind::Real, 1).await;
    let page = app.mails().await.remove(0);
    assert_eq!(page.to, ["jonas.brandt@example.org"]);
    app.browser().post(&answer_link(&page), &[("answer", "have")]).await;
    let jonas = app.person("jonas-brandt").await;
    let by = app.person("ada-lovelace").await;
    let now = app.clock.now();
    muster::actions::incidents::command(&app.db, incident, jonas, by, now).await.unwrap();
    let reset = ada.post(&format!("{path}/link"), &[]).await.body;
    let reset = reset.split("/invitation/").nth(1).unwrap()[..22].to_owned();
    assert_eq!(app.mails().await.len(), 1, "the link for a new password");

    press(&ada, &format!("{path}/suspension"), &[]).await;

    let held = "select from duties where until is null";
    assert_eq!(app.tamper(held).await, 0);
    assert_eq!(app.tamper("select from incidents where commander is null").await, 1);
    let spent = app.browser().get(&format!("/invitation/{reset}")).await;
    assert_eq!(spent.status, StatusCode::CONFLICT);
    let said = on_timeline(&app).await;
    let words = "Jonas Brandt no longer holds command, Incident Commander, On-call Engineer: their account \
         was disabled.";
    assert!(said.iter().any(|entry| entry.contains(words)), "{said:#?}");
    let next = app.mails().await;
    let mut paged: Vec<_> = next.iter().flat_map(|mail| &mail.to).collect();
    paged.sort(); // they were paged in one instant, so either may leave first
    assert_eq!(paged, ["emeka.obi@example.org", "priya.raghunathan@example.org"]);
    app.end().await;
}

/// Jonas gets an account by the link that an owner makes.
async fn press_link(app: &TestApp, ada: &crate::support::browser::Browser, path: &str) {
    let made = ada.post(&format!("{path}/link"), &[]).await.body;
    let link = format!("/invitation/{}", &made.split("/invitation/").nth(1).unwrap()[..22]);
    let typed =
        [("email", "jonas.brandt@example.org"), ("password", PASSWORD), ("again", PASSWORD)];
    press(&app.browser(), &link, &typed).await;
    assert_eq!(app.mails().await.len(), 1, "the invitation");
}

#[tokio::test]
async fn who_left_the_roster_can_not_answer_by_an_old_link_and_is_paged_no_more() {
    let (app, ada) = TestApp::on_plan().await;
    let path = path(&app, "jonas-brandt").await;
    app.declare(Kind::Real, 1).await;
    let link = answer_link(&app.mails().await.remove(0));

    press(&ada, &format!("{path}/absence"), &[]).await;

    let refused = app.browser().post(&link, &[("answer", "have")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("no longer called on"), "{}", refused.body);
    app.clock.advance(Duration::minutes(5));
    let paged: Vec<_> = app.mails().await.into_iter().flat_map(|mail| mail.to).collect();
    assert!(!paged.contains(&"jonas.brandt@example.org".to_owned()), "{paged:?}");
    assert!(!paged.is_empty());
    app.end().await;
}

#[tokio::test]
async fn a_shut_account_is_opened_again_with_its_password() {
    let (app, ada) = TestApp::owned().await;
    app.account("Bob", "bob@example.org", Rights::all()).await;
    let path = path(&app, "bob").await;

    press(&ada, &format!("{path}/suspension"), &[]).await;
    let page = ada.get(&path).await.body;
    assert!(page.contains("The account is disabled"), "{page}");
    assert!(page.contains("suspended until another owner grants it anew"), "{page}");
    press(&ada, &format!("{path}/suspension/end"), &[]).await;

    let bob = app.signed_in("bob@example.org").await;
    assert!(bob.get("/me").await.body.contains("suspended until another owner grants it anew"));
    app.end().await;
}

#[tokio::test]
async fn a_plan_that_leaves_a_level_to_somebody_who_left_is_refused() {
    let (app, ada) = TestApp::on_plan().await;
    press(&ada, &format!("{}/absence", path(&app, "emeka-obi").await), &[]).await;
    let both = "holders = [\"jonas-brandt\", \"emeka-obi\"]";
    let alone = LABITORY.replacen(both, "holders = [\"emeka-obi\"]", 1);
    assert_ne!(alone, LABITORY);

    let typed = [("plan", alone.as_str()), ("expected_number", "2")];
    let refused = ada.post_parts("/plan/revisions", &typed).await;

    assert_eq!(refused.status, StatusCode::CONFLICT);
    let words = "level 1 pages nobody: the role On-call Engineer has no holder who can be reached, \
                 as the roster stands";
    assert!(refused.body.contains(words), "{}", refused.body);
    assert_eq!(app.tamper("select from plan_revisions").await, 1);
    app.end().await;
}

#[tokio::test]
async fn whose_account_is_disabled_answers_no_old_link_and_is_not_called_on() {
    let (app, ada) = TestApp::on_plan().await;
    let path = path(&app, "jonas-brandt").await;
    press_link(&app, &ada, &path).await;
    app.declare(Kind::Real, 1).await;
    let link = answer_link(&app.mails().await.remove(0));
    press(&ada, &format!("{path}/suspension"), &[]).await;

    let refused = app.browser().post(&link, &[("answer", "have")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert_eq!(app.browser().get(&link).await.status, StatusCode::CONFLICT);
    let next: Vec<_> = app.mails().await.into_iter().flat_map(|mail| mail.to).collect();
    assert!(!next.contains(&"jonas.brandt@example.org".to_owned()), "{next:?}");
    app.declare(Kind::Drill, 1).await;
    let next: Vec<_> = app.mails().await.into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(next, ["emeka.obi@example.org"], "the next holder is first now");
    let levels = ada.get("/declare").await.body;
    assert!(levels.contains("<b>1 person</b>: Emeka Obi"), "{levels}");
    let incident = app.declare(Kind::Drill, 1).await;
    app.mails().await;
    let jonas = app.person("jonas-brandt").await.to_string();
    let named = [("id", "01930000-0000-7000-8000-00000000f001"), ("person", jonas.as_str())];
    let refused = ada.post(&format!("/incidents/{incident}/roles/dba"), &named).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    app.end().await;
}
