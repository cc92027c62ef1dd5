//! How Muster comes to know that an address or a number reaches its person.

use hyper::StatusCode;
use muster::domain::rights::Right;
use time::Duration;

use super::{method, path, press, said, with_rights};
use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::smtp::{Behaviour, Mail};

const MAIL: &str = "hana.sato@example.org";
const PHONE: &str = "+49 30 23125 104";

/// Ada asks whether mail to Hana arrives; the link in the mail.
async fn ask(app: &TestApp, ada: &Browser) -> String {
    let (path, mail) = (path(app, "hana-sato").await, method(app, MAIL).await);
    let answer = ada.post(&format!("{path}/methods/{mail}/verification"), &[]).await;
    assert!(answer.body.contains("The mail server took the mail to hana.sato@"), "{}", answer.body);
    assert!(!answer.body.contains("/verification/"), "who asks never sees the link itself");
    link(&app.mails().await.remove(0))
}

fn link(mail: &Mail) -> String {
    assert_eq!(mail.to, [MAIL]);
    mail.link("/verification/").unwrap().strip_prefix("http://muster.test").unwrap().to_owned()
}

async fn verified(app: &TestApp) -> u64 {
    app.tamper("select from contact_methods where verified_at is not null").await
}

#[tokio::test]
async fn an_address_is_verified_by_pressing_what_the_mails_link_opens_never_by_opening_it() {
    let (app, ada) = TestApp::on_plan().await;
    let link = ask(&app, &ada).await;

    for _ in 0..2 {
        let page = app.browser().get(&link).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("Hana Sato, does mail reach you at hana.sato@example.org?"));
    }
    assert_eq!(verified(&app).await, 0);
    for _ in 0..2 {
        let pressed = app.browser().post(&link, &[]).await;
        assert_eq!(pressed.status, StatusCode::OK);
        assert!(pressed.body.contains("Mail reaches Hana Sato at hana.sato@example.org"));
    }

    assert_eq!(verified(&app).await, 1);
    assert!(said(&app).await.contains("Hana Sato: mail hana.sato@example.org was verified"));
    let page = ada.get(&path(&app, "hana-sato").await).await.body;
    assert!(page.contains("verified by a link, 14 Nov"), "{page}");
    assert!(app.browser().get(&link).await.body.contains("There is nothing left to do"));
    app.end().await;
}

#[tokio::test]
async fn only_the_newest_link_of_an_address_that_stands_works_for_three_days() {
    let (app, ada) = TestApp::on_plan().await;
    let (first, second) = (ask(&app, &ada).await, ask(&app, &ada).await);

    assert_eq!(app.browser().post(&first, &[]).await.status, StatusCode::CONFLICT);
    app.clock.advance(Duration::hours(72));
    let late = app.browser().post(&second, &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("used, or it is too old"), "{}", late.body);
    let ada = app.signed_in("ada@example.org").await;
    let third = ask(&app, &ada).await;
    let (path, mail) = (path(&app, "hana-sato").await, method(&app, MAIL).await);
    press(&ada, &format!("{path}/methods/{mail}/removal"), &[]).await;
    assert_eq!(app.browser().post(&third, &[]).await.status, StatusCode::CONFLICT);
    press(&ada, &format!("{path}/methods/{mail}/removal/undo"), &[]).await;
    assert_eq!(app.browser().post(&third, &[]).await.status, StatusCode::CONFLICT, "spent");
    for nothing in ["/verification/short", "/verification/AAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(app.browser().get(nothing).await.status, StatusCode::CONFLICT);
        assert_eq!(app.browser().post(nothing, &[]).await.status, StatusCode::CONFLICT);
    }
    assert_eq!(verified(&app).await, 0);
    app.end().await;
}

#[tokio::test]
async fn the_link_stands_nowhere_in_the_database() {
    let (app, ada) = TestApp::on_plan().await;
    let link = ask(&app, &ada).await;
    let token = link.rsplit('/').next().unwrap();

    assert_eq!(app.tamper("select from links where purpose = 'verify'").await, 1);
    let clear = format!("select from links where encode(token_hash, 'escape') like '%{token}%'");
    assert_eq!(app.tamper(&clear).await, 0);
    app.end().await;
}

#[tokio::test]
async fn another_address_has_to_be_verified_anew() {
    let (app, ada) = TestApp::on_plan().await;
    let link = ask(&app, &ada).await;
    app.browser().post(&link, &[]).await;
    let (path, mail) = (path(&app, "hana-sato").await, method(&app, MAIL).await);

    press(&ada, &format!("{path}/methods/{mail}/removal"), &[]).await;
    let typed = [("channel", "mail"), ("address", MAIL)];
    press(&ada, &format!("{path}/methods"), &typed).await;

    assert!(ada.get(&path).await.body.contains("2 ways to reach them, none verified"));
    app.end().await;
}

#[tokio::test]
async fn a_number_is_verified_by_who_called_and_that_is_on_record() {
    let (app, ada) = TestApp::on_plan().await;
    let eve = with_rights(&app, &[Right::Respond]).await;
    let (path, phone) = (path(&app, "hana-sato").await, method(&app, PHONE).await);
    let failing = "update contact_methods set failing_since = now() where channel = 'phone'";
    app.tamper(failing).await;
    assert!(eve.get(&path).await.body.contains("I called, they answered"));

    for _ in 0..2 {
        press(&eve, &format!("{path}/methods/{phone}/call"), &[]).await;
    }

    let page = ada.get(&path).await.body;
    assert!(page.contains("answered Eve’s call, 14 Nov"), "{page}");
    let words = "Hana Sato: phone +49 30 23125 104 was verified: Eve called, and they answered.";
    assert!(said(&app).await.contains(words));
    let mail = method(&app, MAIL).await;
    let by_mail = ada.post(&format!("{path}/methods/{mail}/call"), &[]).await;
    assert_eq!(by_mail.status, StatusCode::CONFLICT, "a call says nothing about mail");
    let no_mail = ada.post(&format!("{path}/methods/{phone}/verification"), &[]).await;
    assert_eq!(no_mail.status, StatusCode::CONFLICT, "nor can a number be mailed");
    app.end().await;
}

#[tokio::test]
async fn nobody_verifies_their_own_number() {
    let (app, ada) = TestApp::on_plan().await;
    let typed = [("channel", "phone"), ("address", "+44 20 7946 0123")];
    press(&ada, "/me/methods", &typed).await;
    let (path, phone) = (path(&app, "ada-lovelace").await, method(&app, typed[1].1).await);

    let refused = ada.post(&format!("{path}/methods/{phone}/call"), &[]).await;

    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("ask somebody to call you"), "{}", refused.body);
    assert_eq!(verified(&app).await, 0);
    app.end().await;
}

#[tokio::test]
async fn what_became_of_the_mail_is_said_where_it_was_asked_for() {
    let (app, ada) = TestApp::on_plan().await;
    let (path, mail) = (path(&app, "hana-sato").await, method(&app, MAIL).await);
    let words = "no such user".to_owned();
    app.sink.behave(MAIL, Behaviour::Refuse { code: 550, words });

    let answer = ada.post(&format!("{path}/methods/{mail}/verification"), &[]).await;
    assert!(answer.body.contains("The mail to hana.sato@example.org was not sent"));
    assert!(answer.body.contains("no such user"), "{}", answer.body);
    app.end().await;

    let (app, ada) = TestApp::owned().await;
    let mail = method(&app, "ada@example.org").await;
    let answer = ada.post(&format!("/me/methods/{mail}/verification"), &[]).await;
    assert!(answer.body.contains("no mail server is set"), "{}", answer.body);
    assert_eq!(app.tamper("select from links where purpose = 'verify'").await, 0);
    app.end().await;
}
