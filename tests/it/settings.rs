//! Where mail is handed in, as owners set it in the browser.

use hyper::StatusCode;
use muster::domain::rights::{Right, Rights};

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::smtp::{Behaviour, Sink};

const FROM: &str = "Muster <muster@example.org>";
const TEST: &str = "/settings/mail/test";

async fn set(browser: &Browser, url: &str, from: &str) -> StatusCode {
    browser.post("/settings/mail", &[("smtp_url", url), ("mail_from", from)]).await.status
}

#[tokio::test]
async fn a_set_server_sends_a_test_message_and_is_never_shown() {
    let (app, ada) = TestApp::owned().await;
    let sink = Sink::start().await;
    assert!(ada.get("/settings").await.body.contains("No mail server is set"));

    assert_eq!(set(&ada, &sink.url(), FROM).await, StatusCode::SEE_OTHER);
    let page = ada.get("/settings").await.body;
    assert!(page.contains("A mail server was set on Saturday 14 November 2026"), "{page}");
    assert!(!page.contains(&sink.url()));
    assert!(app.state.mail.mailer(&app.db).await.unwrap().is_some(), "what the worker sends by");
    let sealed = "secrets where position('127.0.0.1'::bytea in sealed) = 0";
    assert_eq!(app.tamper(&format!("select 1 from {sealed}")).await, 1, "kept sealed");

    let answer = ada.post(TEST, &[]).await;
    assert!(answer.body.contains("The mail server took a test message to ada@example.org"));
    assert_eq!(sink.mails().len(), 1);
    app.end().await;
}

#[tokio::test]
async fn what_the_server_says_against_a_test_message_is_shown() {
    let (app, ada) = TestApp::owned().await;
    let sink = Sink::start().await;
    set(&ada, &sink.url(), FROM).await;
    let words = "no such user here".to_owned();
    sink.behave("ada@example.org", Behaviour::Refuse { code: 550, words });

    let answer = ada.post(TEST, &[]).await;

    assert!(answer.body.contains("The test message was not sent"), "{}", answer.body);
    assert!(answer.body.contains("no such user here"), "{}", answer.body);
    app.end().await;
}

#[tokio::test]
async fn an_empty_server_keeps_the_one_that_is_set_until_it_is_removed() {
    let (app, ada) = TestApp::owned().await;
    let sink = Sink::start().await;
    assert_eq!(set(&ada, "", FROM).await, StatusCode::UNPROCESSABLE_ENTITY, "none to keep");
    set(&ada, &sink.url(), FROM).await;

    assert_eq!(set(&ada, "", "Other <other@example.org>").await, StatusCode::SEE_OTHER);
    ada.post(TEST, &[]).await;
    assert_eq!(sink.mails().len(), 1);

    assert_eq!(ada.post("/settings/mail/remove", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(ada.post("/settings/mail/remove", &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(ada.post(TEST, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(sink.mails().len(), 1);
    app.end().await;
}

#[tokio::test]
async fn what_can_not_be_used_is_refused_beside_its_field_without_the_password() {
    let (app, ada) = TestApp::owned().await;

    for (url, from) in [("http://u:secret-word@h", FROM), ("smtps://u:secret-word@h", "nobody")] {
        let fields = [("smtp_url", url), ("mail_from", from)];
        let answer = ada.post("/settings/mail", &fields).await;

        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
        assert!(!answer.body.contains("secret-word"), "{}", answer.body);
    }
    assert!(ada.get("/settings").await.body.contains("No mail server is set"));
    app.end().await;
}

#[tokio::test]
async fn only_owners_see_and_change_settings() {
    let (app, _) = TestApp::owned().await;
    app.account("Eve", "eve@example.org", Rights::from_iter([Right::View, Right::Command])).await;
    let eve = app.signed_in("eve@example.org").await;

    assert_eq!(eve.get("/settings").await.status, StatusCode::FORBIDDEN);
    for path in ["/settings/mail", "/settings/mail/remove", TEST] {
        assert_eq!(eve.post(path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    app.end().await;
}
