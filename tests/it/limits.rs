//! What must not be done too often: guessing passwords, and what makes mails.

use hyper::StatusCode;
use hyper::header::RETRY_AFTER;
use muster::actions::ActionError;
use muster::actions::incidents::{self, Step};
use muster::actions::roles::{self, Naming};
use muster::actions::sessions::step_up;
use muster::domain::id::EntryId;
use muster::domain::incident::Kind;
use muster::domain::rights::{Right, Rights};
use time::Duration;

use crate::support::app::{PASSWORD, TestApp};
use crate::support::browser::{Answer, Browser};

const WRONG: &str = "not the password at all";
const ADA: &str = "ada@example.org";

async fn sign_in(browser: &Browser, email: &str, password: &str) -> Answer {
    browser.post("/session", &[("email", email), ("password", password)]).await
}

/// Types wrong passwords until told to wait; returns how many were looked at.
async fn guess(browser: &Browser, email: &str) -> u32 {
    for tries in 0..100 {
        let answer = sign_in(browser, email, WRONG).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers.contains_key(RETRY_AFTER), "{:?}", answer.headers);
            assert!(answer.body.contains("too many wrong passwords"), "{}", answer.body);
            return tries;
        }
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    panic!("a hundred guesses were looked at");
}

#[tokio::test]
async fn who_guesses_at_an_account_is_slowed_and_no_password_is_looked_at_meanwhile() {
    let (app, _) = TestApp::owned().await;
    let eve = app.browser();

    assert_eq!(guess(&eve, ADA).await, 10);
    let looked = app.passwords.runs();
    assert_eq!(sign_in(&eve, ADA, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(app.passwords.runs(), looked, "nothing is looked at");

    app.clock.advance(Duration::minutes(15));
    assert_eq!(sign_in(&eve, ADA, PASSWORD).await.status, StatusCode::SEE_OTHER);
    app.end().await;
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_slowed_alike() {
    let (app, _) = TestApp::owned().await;

    assert_eq!(guess(&app.browser(), "nobody@example.org").await, 10);
    app.end().await;
}

#[tokio::test]
async fn whose_browser_has_signed_in_before_is_not_kept_out_by_who_guesses() {
    let (app, _) = TestApp::owned().await;
    let mut known = app.browser();
    known.mark = sign_in(&known, ADA, PASSWORD).await.mark;
    assert!(known.mark.is_some());
    guess(&app.browser(), ADA).await;

    assert_eq!(sign_in(&known, ADA, PASSWORD).await.status, StatusCode::SEE_OTHER);

    let others = app.account("Bob", "bob@example.org", Rights::from_iter([Right::View]));
    others.await;
    guess(&app.browser(), "bob@example.org").await;
    let borrowed = sign_in(&known, "bob@example.org", PASSWORD).await;
    assert_eq!(borrowed.status, StatusCode::TOO_MANY_REQUESTS, "the mark is of Ada's account");
    assert_eq!(guess(&known, ADA).await, 10, "and has a count of its own");
    app.end().await;
}

#[tokio::test]
async fn one_network_address_is_slowed_over_all_accounts() {
    let (app, _) = TestApp::owned().await;
    let browser = app.browser();
    for number in 0..30 {
        let email = format!("person{number}@example.org");
        let answer = sign_in(&browser, &email, WRONG).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{number}");
    }

    let answer = sign_in(&browser, "person30@example.org", WRONG).await;

    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    app.end().await;
}

#[tokio::test]
async fn right_passwords_count_for_nothing() {
    let (app, _) = TestApp::owned().await;
    for _ in 0..12 {
        assert_eq!(sign_in(&app.browser(), ADA, PASSWORD).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(guess(&app.browser(), ADA).await, 10);
    app.end().await;
}

#[tokio::test]
async fn whoever_guesses_in_somebodys_open_session_is_slowed_too() {
    let (app, ada) = TestApp::owned().await;
    let ada = app.who(&ada).await;
    let typed = async |password| {
        let now = app.clock.now();
        step_up(&app.db, &app.ring, &app.passwords, &ada, password, now).await
    };
    for _ in 0..11 {
        assert!(typed(PASSWORD).await.is_ok(), "right ones count for nothing");
    }
    for _ in 0..10 {
        assert!(matches!(typed(WRONG).await, Err(ActionError::Invalid(_))));
    }
    let looked = app.passwords.runs();

    assert!(matches!(typed(PASSWORD).await, Err(ActionError::TooMany(_))));

    assert_eq!(app.passwords.runs(), looked, "nothing is looked at");
    app.clock.advance(Duration::minutes(15));
    assert!(typed(PASSWORD).await.is_ok());
    app.end().await;
}

#[tokio::test]
async fn many_tries_at_once_are_counted_one_by_one() {
    let (app, _) = TestApp::owned().await;
    let eve = app.browser();

    let tries = (0..40).map(|_| sign_in(&eve, ADA, WRONG));
    let answers = futures_util::future::join_all(tries).await;

    let looked = answers.iter().filter(|a| a.status == StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(looked.count(), 10);
    app.end().await;
}

#[tokio::test]
async fn what_makes_mails_is_done_so_often_and_then_asks_to_wait() {
    let (app, ada) = TestApp::on_plan().await;
    let person = format!("/people/{}/link", app.person("jonas-brandt").await);
    let mut id = 0;
    let mut declaration = || {
        id += 1;
        format!("01930000-0000-7000-8000-{id:012}")
    };
    let mut done = Vec::new();
    for _ in 0..11 {
        let id = declaration();
        let fields = [("id", id.as_str()), ("kind", "drill"), ("level", "1")];
        done.push(ada.post("/incidents", &fields).await.status);
    }
    assert_eq!(done[..10], [StatusCode::SEE_OTHER; 10]);
    assert_eq!(done[10], StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(app.mails().await.len(), 10, "one page each");

    for _ in 0..5 {
        assert_eq!(ada.post(&person, &[]).await.status, StatusCode::OK);
    }
    let refused = ada.post(&person, &[]).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.body);
    assert!(refused.body.contains("Not so often"), "{}", refused.body);
    assert_eq!(app.mails().await.len(), 5);

    app.clock.advance(Duration::hours(1));
    let id = declaration();
    let fields = [("id", id.as_str()), ("kind", "drill"), ("level", "1")];
    assert_eq!(ada.post("/incidents", &fields).await.status, StatusCode::SEE_OTHER);
    app.mails().await;
    app.end().await;
}

#[tokio::test]
async fn people_are_not_paged_anew_again_and_again_by_reopening_or_handing_command_on() {
    let (app, _) = TestApp::on_plan().await;
    let (ada, id) = (app.person("ada-lovelace").await, app.declare(Kind::Real, 1).await);
    let step = async |step| incidents::step(&app.db, id, step, ada, app.clock.now()).await;
    for _ in 0..10 {
        step(Step::FalseAlarm).await.unwrap();
        step(Step::Reopen).await.unwrap();
    }
    step(Step::FalseAlarm).await.unwrap();
    assert!(matches!(step(Step::Reopen).await, Err(ActionError::TooMany(_))));

    app.clock.advance(Duration::hours(1));
    step(Step::Reopen).await.unwrap();
    let others = [app.person("jonas-brandt").await, app.person("hana-sato").await];
    let command = async |whom| incidents::command(&app.db, id, whom, ada, app.clock.now()).await;
    for n in 0..30 {
        command(others[n % 2]).await.unwrap();
        command(ada).await.unwrap();
    }
    assert!(matches!(command(others[0]).await, Err(ActionError::TooMany(_))));
    app.mails().await;
    app.end().await;
}

#[tokio::test]
async fn naming_people_for_roles_and_asking_for_mails_has_an_end() {
    let (app, ada) = TestApp::on_plan().await;
    let (me, id) = (app.person("ada-lovelace").await, app.declare(Kind::Real, 1).await);
    let person = app.person("jonas-brandt").await;
    let name = async || {
        let naming = Naming { id: EntryId::new(app.clock.now()), role: "dba".to_owned(), person };
        roles::fill(&app.db, id, &naming, me, app.clock.now()).await
    };
    for _ in 0..30 {
        name().await.unwrap();
    }
    assert!(matches!(name().await, Err(ActionError::TooMany(_))));

    let method = "select id from contact_methods where person = $1 and channel = 'mail'";
    let method = sqlx::query_scalar::<_, uuid::Uuid>(method).bind(person.0);
    let method = method.fetch_one(app.db.pool().unwrap()).await.unwrap();
    let verification = format!("/people/{person}/methods/{method}/verification");
    for (path, most) in [(verification.as_str(), 10), ("/settings/mail/test", 20)] {
        for _ in 0..most {
            let status = ada.post(path, &[]).await.status;
            assert!(!status.is_client_error() && !status.is_server_error(), "{path}: {status}");
        }
        assert_eq!(ada.post(path, &[]).await.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
    }
    app.mails().await;
    app.end().await;
}
