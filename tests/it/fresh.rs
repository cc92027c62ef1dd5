//! The password asked again: by whom, what it carries along, and what never sees it.

use hyper::StatusCode;
use muster::domain::plan::LONGEST;
use muster::domain::rights::{Right, Rights};
use muster::web::guard::{FORM_LIMIT, UPLOAD_LIMIT};
use time::Duration;

use crate::support::app::{LABITORY, PASSWORD, TestApp};
use crate::support::browser::Browser;

const ASKED: &str = "Type your password again";
const OTHER: &str = "violet tractor in october";
const SEEN: (&str, &str) = ("account_version", "1");
const TYPED: (&str, &str) = ("fresh_password", PASSWORD);

/// Ada's browser, whose password is stale, and the address that sets Bob's rights.
async fn stale() -> (TestApp, Browser, String) {
    let (app, ada) = TestApp::owned().await;
    app.account("Bob", "bob@example.org", Rights::from_iter([Right::View])).await;
    app.clock.advance(Duration::minutes(11));
    let path = format!("/people/{}/rights", app.person("bob").await);
    (app, ada, path)
}

async fn bobs_rights(app: &TestApp) -> u64 {
    app.tamper("select from accounts where email = 'bob@example.org' and 'command' = any(rights)")
        .await
}

#[tokio::test]
async fn a_fresh_password_is_not_asked_for() {
    let (app, ada, path) = stale().await;
    let fresh = app.signed_in("ada@example.org").await;

    assert_eq!(
        fresh.post(&path, &[SEEN, ("rights", "command")]).await.status,
        StatusCode::SEE_OTHER
    );
    app.clock.advance(Duration::minutes(10));
    assert_eq!(
        fresh.post(&path, &[SEEN, ("rights", "command")]).await.status,
        StatusCode::SEE_OTHER
    );
    app.clock.advance(Duration::seconds(1));
    assert!(fresh.post(&path, &[]).await.body.contains(ASKED), "ten minutes and a second");
    assert!(ada.post(&path, &[]).await.body.contains(ASKED), "each session for itself");
    app.end().await;
}

#[tokio::test]
async fn a_stale_one_is_asked_for_on_a_page_that_says_what_comes_and_changes_nothing() {
    let (app, ada, path) = stale().await;
    let form = ada.form(&path, &[SEEN, ("rights", "view"), ("rights", "command")]);

    let asked = ada.post_from("/people/x?y=1", &path, form).await;

    assert_eq!(asked.status, StatusCode::OK);
    for words in [ASKED, "Set what this person may do", "href=\"/people/x?y=1\""] {
        assert!(asked.body.contains(words), "{words}: {}", asked.body);
    }
    assert_eq!(bobs_rights(&app).await, 0);
    let done = ada.post_shown(&asked.body, &[TYPED]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert!(!done.location.contains("fresh"), "{}", done.location);
    assert_eq!(bobs_rights(&app).await, 1);
    app.end().await;
}

#[tokio::test]
async fn a_wrong_one_comes_back_with_words_and_loses_nothing_else() {
    let (app, ada, path) = stale().await;
    let form = ada.form(&path, &[SEEN, ("rights", "command")]);
    let asked = ada.post_from("/people", &path, form).await;

    let wrong = ada.post_shown(&asked.body, &[("fresh_password", OTHER)]).await;

    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("id=\"fresh_password-error\""), "{}", wrong.body);
    assert!(wrong.body.contains("href=\"/people\""), "the way back: {}", wrong.body);
    assert!(!wrong.body.contains(OTHER));
    assert_eq!(bobs_rights(&app).await, 0);
    let counted = "select from sign_in_failures where failures = 1";
    assert_eq!(app.tamper(counted).await, 1, "a guess counts as a refused sign-in");
    let done = ada.post_shown(&wrong.body, &[TYPED]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(bobs_rights(&app).await, 1);
    app.end().await;
}

#[tokio::test]
async fn pressed_twice_is_done_once_and_the_second_press_is_answered_alike() {
    let (app, ada, path) = stale().await;
    let asked = ada.post(&path, &[SEEN, ("rights", "command")]).await;
    let before = "select from entries where kind = 'rights'";
    let entries = app.tamper(before).await;

    let presses = [ada.post_shown(&asked.body, &[TYPED]), ada.post_shown(&asked.body, &[TYPED])];
    let answers = futures_util::future::join_all(presses).await;

    for answer in answers {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }
    assert_eq!(bobs_rights(&app).await, 1);
    assert_eq!(app.tamper(before).await - entries, 1);
    app.end().await;
}

#[tokio::test]
async fn a_form_as_large_as_forms_may_be_survives_the_question() {
    let (app, ada) = TestApp::owned().await;
    app.clock.advance(Duration::minutes(11));
    let path = "/settings/mail";
    let sender = |filling: usize| "<é".repeat(filling);
    let server = ("smtp_url", "smtp://127.0.0.1?tls=none");
    let form = |filling| ada.form(path, &[server, ("mail_from", &sender(filling))]);
    let size = |filling| form(filling).len();
    let most = (FORM_LIMIT - size(0)) / (size(1) - size(0));
    let over = form(most + 1);
    assert!(over.len() > FORM_LIMIT);
    assert_eq!(ada.post_raw(path, over).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let over = ada.form(path, &[server, ("mail_from", &sender(most + 1)), TYPED]);
    assert_eq!(ada.post_raw(path, over).await.status, StatusCode::PAYLOAD_TOO_LARGE, "alone too");

    let whole = form(most);
    assert!(whole.len() > FORM_LIMIT - 20, "{}", whole.len());
    let asked = ada.post_raw(path, whole).await;
    assert!(asked.body.contains(ASKED), "{}", asked.status);
    let password = "x".repeat(256);
    let wrong = ada.post_shown(&asked.body, &[("fresh_password", &password)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = ada.post_shown(&wrong.body, &[TYPED]).await;

    assert!(!done.body.contains(ASKED) && done.body.contains("mail_from-error"), "the handler's");
    assert!(done.body.contains(&"&#60;é".repeat(most)), "nothing of it is lost");
    app.end().await;
}

#[tokio::test]
async fn a_form_in_parts_is_carried_along_in_parts() {
    let (app, ada) = TestApp::owned().await;
    app.clock.advance(Duration::minutes(11));
    let text = format!("{LABITORY}# {}\n", "<é>".repeat(LONGEST / 4 - LABITORY.len()))
        .replace('\n', "\r\n");
    let fields = [("plan", text.as_str()), ("expected_number", "1")];

    let asked = ada.post_parts("/plan/revisions", &fields).await;
    assert!(asked.body.contains(ASKED) && asked.body.contains("enctype="), "{}", asked.status);
    let wrong = ada.post_shown(&asked.body, &[("fresh_password", OTHER)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let passed = ada.post_shown(&wrong.body, &[TYPED]).await;

    assert_eq!((passed.status, passed.location.as_str()), (StatusCode::SEE_OTHER, "/plan"));
    let most = "x".repeat(UPLOAD_LIMIT);
    let over = ada.post_parts("/plan/revisions", &[("plan", &most)]).await;
    assert_eq!(over.status, StatusCode::PAYLOAD_TOO_LARGE);
    app.end().await;
}

#[tokio::test]
async fn another_persons_form_and_a_form_without_our_token_open_nothing() {
    let (app, ada, path) = stale().await;
    app.account("Eve", "eve@example.org", Rights::all()).await;
    let eve = app.signed_in("eve@example.org").await;
    app.clock.advance(Duration::minutes(11));
    let asked = ada.post(&path, &[SEEN, ("rights", "command")]).await;

    let others = eve.post_shown(&asked.body, &[TYPED]).await;
    assert_eq!(others.status, StatusCode::FORBIDDEN, "the form is bound to its session");
    let forged = ada.post_raw(&path, format!("csrf=guessed&fresh_password={PASSWORD}")).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "a password is no token");
    assert_eq!(bobs_rights(&app).await, 0);
    app.end().await;
}

#[tokio::test]
async fn who_lacks_the_right_is_not_even_asked() {
    let (app, _, path) = stale().await;
    let bob = app.signed_in("bob@example.org").await;
    app.clock.advance(Duration::minutes(11));

    let refused = bob.post(&path, &[("rights", "own"), TYPED]).await;

    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!refused.body.contains(ASKED));
    app.end().await;
}

#[tokio::test]
async fn the_password_never_comes_out_again() {
    let (app, ada, _) = stale().await;
    let fields = [("plan", "level = 1"), ("expected_number", "1"), TYPED];

    let refused = ada.post_parts("/plan/revisions", &fields).await;

    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "the handler's own refusal");
    assert!(!refused.body.contains("fresh_password") && !refused.body.contains(PASSWORD));
    let way = ada.form("/settings/mail/remove", &[("fresh_back", "//evil.example/")]);
    app.clock.advance(Duration::minutes(11));
    let asked = ada.post_raw("/settings/mail/remove", way).await;
    assert!(!asked.body.contains("evil.example"), "{}", asked.body);
    app.end().await;
}

#[tokio::test]
async fn looking_asks_for_nothing() {
    let (app, ada, _) = stale().await;

    for path in ["/plan/revisions/new", "/settings/mail/test"] {
        assert!(!ada.post(path, &[("plan", LABITORY)]).await.body.contains(ASKED), "{path}");
    }
    for path in ["/people", "/settings", "/plan/revisions/new"] {
        assert!(!ada.get(path).await.body.contains(ASKED), "{path}");
    }
    app.end().await;
}
