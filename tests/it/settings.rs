//! Where mail is handed in, as owners set it in the browser.

use hyper::StatusCode;
use muster::domain::rights::{Right, Rights};
use time::Duration;

use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser};
use crate::support::form;
use crate::support::smtp::{Behaviour, Sink};

const FROM: &str = "Muster <muster@example.org>";
const TEST: &str = "/settings/mail/test";

const MAIL: &str = "/settings/mail";
const REMOVE: &str = "/settings/mail/remove";

/// The form as it is drawn now, with this typed into it.
async fn drawn(browser: &Browser, path: &str, typed: &[(&str, &str)]) -> Vec<(String, String)> {
    let page = browser.get("/settings").await.body;
    filled(&page, path, typed)
}

fn filled(page: &str, path: &str, typed: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut form = form::fields(page, path);
    form.retain(|(name, _)| typed.iter().all(|(other, _)| other != name));
    form.extend(typed.iter().map(|(name, value)| (name.to_string(), value.to_string())));
    form
}

async fn press(browser: &Browser, path: &str, form: &[(String, String)]) -> Answer {
    let fields: Vec<_> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
    browser.post(path, &fields).await
}

async fn set(browser: &Browser, url: &str, from: &str) -> StatusCode {
    let form = drawn(browser, MAIL, &[("smtp_url", url), ("mail_from", from)]).await;
    press(browser, MAIL, &form).await.status
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

    let remove = drawn(&ada, REMOVE, &[]).await;
    assert_eq!(press(&ada, REMOVE, &remove).await.status, StatusCode::SEE_OTHER);
    assert_eq!(press(&ada, REMOVE, &remove).await.status, StatusCode::CONFLICT);
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

/// Ada has set mail; then Eve, an owner too, sets it otherwise while Ada's form is open.
async fn overtaken() -> (TestApp, Browser, String) {
    let (app, ada) = TestApp::owned().await;
    app.account("Eve Adams", "eve@example.org", Rights::all()).await;
    let eve = app.signed_in("eve@example.org").await;
    assert_eq!(
        set(&ada, "smtps://u:first-secret@one.example.org", FROM).await,
        StatusCode::SEE_OTHER
    );
    let page = ada.get("/settings").await.body;
    app.clock.advance(Duration::minutes(2));
    let hers = ("smtps://u:eves-secret@two.example.org", "Eve <eve@example.org>");
    assert_eq!(set(&eve, hers.0, hers.1).await, StatusCode::SEE_OTHER);
    (app, ada, page)
}

async fn set_times(app: &TestApp) -> u64 {
    app.tamper("select from entries where kind = 'settings'").await
}

#[tokio::test]
async fn the_second_to_set_mail_is_told_who_was_first_and_presses_again() {
    let (app, ada, page) = overtaken().await;
    let mine = [
        ("smtp_url", "smtps://u:my-secret@three.example.org"),
        ("mail_from", "Ada <a@example.org>"),
    ];

    let refused = press(&ada, MAIL, &filled(&page, MAIL, &mine)).await;

    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let first = "Eve Adams changed this in between, 02:14 UTC: “Mail server and sender were set: \
                 from Eve &#60;eve@example.org&#62;”.";
    for words in [
        &format!("{first} Type yours again to put it in its place."),
        &format!("{first} It now reads “Eve &#60;eve@example.org&#62;”."),
        "value=\"Ada &#60;a@example.org&#62;\"",
    ] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    for secret in ["first-secret", "eves-secret", "my-secret", "two.example.org"] {
        assert!(!refused.body.contains(secret), "{secret}: {}", refused.body);
    }
    assert_eq!(set_times(&app).await, 2, "nothing was set");
    let again = filled(&refused.body, MAIL, &mine[..1]);
    for _ in 0..2 {
        assert_eq!(press(&ada, MAIL, &again).await.status, StatusCode::SEE_OTHER, "informed");
    }
    assert_eq!(set_times(&app).await, 3, "the second press finds it done");
    assert!(ada.get("/settings").await.body.contains("value=\"Ada &#60;a@example.org&#62;\""));
    app.end().await;
}

#[tokio::test]
async fn what_was_left_alone_comes_back_as_somebody_else_set_it_meanwhile() {
    let (app, ada, page) = overtaken().await;

    let refused =
        press(&ada, MAIL, &filled(&page, MAIL, &[("smtp_url", "smtp://x.example.org")])).await;

    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let hers = ("mail_from".to_owned(), "Eve <eve@example.org>".to_owned());
    assert!(form::fields(&refused.body, MAIL).contains(&hers), "{}", refused.body);
    app.end().await;
}

#[tokio::test]
async fn a_server_that_was_set_meanwhile_is_not_removed_by_an_old_page() {
    let (app, ada, page) = overtaken().await;

    let refused = press(&ada, REMOVE, &filled(&page, REMOVE, &[])).await;

    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("Eve Adams changed this in between"), "{}", refused.body);
    let again = drawn(&ada, REMOVE, &[]).await;
    assert_eq!(press(&ada, REMOVE, &again).await.status, StatusCode::SEE_OTHER);
    app.end().await;
}

#[tokio::test]
async fn of_two_who_set_mail_at_once_one_is_told_of_the_other() {
    let (app, ada) = TestApp::owned().await;
    let one =
        drawn(&ada, MAIL, &[("smtp_url", "smtp://one.example.org"), ("mail_from", FROM)]).await;
    let two =
        drawn(&ada, MAIL, &[("smtp_url", "smtp://two.example.org"), ("mail_from", FROM)]).await;

    let (one, two) = tokio::join!(press(&ada, MAIL, &one), press(&ada, MAIL, &two));

    let mut statuses = [one.status, two.status];
    statuses.sort_by_key(StatusCode::as_u16);
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY]);
    assert_eq!(set_times(&app).await, 1);
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
