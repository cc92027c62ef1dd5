//! Links that let people in: mailed at once, shown once, kept as hashes.

use hyper::StatusCode;
use muster::domain::id::PersonId;
use muster::domain::rights::{Right, Rights};
use time::Duration;

use super::{path, press};
use crate::support::app::{PASSWORD, START, TestApp};
use crate::support::browser::Browser;
use crate::support::smtp::Behaviour;

const OTHER: &str = "violet tractor in october";

/// Makes a link for a person; the page that shows it, and the path of the link.
async fn make(browser: &Browser, path: &str) -> (String, String) {
    let answer = browser.post(&format!("{path}/link"), &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let token = &answer.body.split("/invitation/").nth(1).expect("a link")[..22];
    let link = format!("/invitation/{token}");
    (answer.body, link)
}

#[tokio::test]
async fn an_invitation_is_mailed_at_once_and_shown_with_what_came_of_it() {
    let (app, ada) = TestApp::on_plan().await;
    let path = path(&app, "hana-sato").await;
    app.tamper("update people set zone = 'Asia/Tokyo' where key = 'hana-sato'").await;

    let (page, link) = make(&ada, &path).await;

    for words in [
        "The mail server took the mail to hana.sato@example.org",
        "until 17 Nov 2026, 03:12 CET",
        "data-copy=\"made-link\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["hana.sato@example.org"]);
    assert_eq!(mails[0].subject, "Your place on Labitory’s response team");
    for words in [
        "Hana Sato, Ada Lovelace invites you to Muster",
        &format!("http://muster.test{link}"),
        "The link works once, until 17 Nov 2026, 11:12 JST.",
    ] {
        assert!(mails[0].text.contains(words), "{words}: {}", mails[0].text);
    }
    assert!(ada.get(&path).await.body.contains("Invited: the link works until 17 Nov 2026"));
    assert!(!ada.get(&path).await.body.contains(&link), "shown once");
    assert!(ada.get("/people").await.body.contains("invited until 17 Nov"));
    app.end().await;
}

#[tokio::test]
async fn the_link_lets_its_person_in_once_and_a_second_press_makes_another() {
    let (app, ada) = TestApp::on_plan().await;
    let path = path(&app, "hana-sato").await;
    let (_, first) = make(&ada, &path).await;
    let (_, second) = make(&ada, &path).await;
    assert_eq!(app.mails().await.len(), 2);

    assert_eq!(app.browser().get(&first).await.status, StatusCode::CONFLICT, "spent");
    let page = app.browser().get(&second).await;
    assert!(page.body.contains("value=\"hana.sato@example.org\""), "{}", page.body);
    let typed = [("email", "hana.sato@example.org"), ("password", PASSWORD), ("again", PASSWORD)];
    let wrong = [typed[0], typed[1], ("again", OTHER)];
    assert_eq!(app.browser().post(&second, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut hana = app.browser();
    let taken = hana.post(&second, &typed).await;
    assert_eq!((taken.status, taken.location.as_str()), (StatusCode::SEE_OTHER, "/"));
    hana.session = taken.cookie;

    assert_eq!(hana.get("/people").await.status, StatusCode::OK);
    assert_eq!(app.browser().get(&second).await.status, StatusCode::CONFLICT, "once");
    let page = ada.get(&path).await.body;
    assert!(page.contains("May view, respond"), "{page}");
    assert!(page.contains("<dt>Last signed in</dt><dd>14 Nov 2026, 03:12 CET"), "{page}");
    app.end().await;
}

#[tokio::test]
async fn the_secret_of_a_link_stands_in_no_table() {
    let (app, ada) = TestApp::on_plan().await;
    let (_, link) = make(&ada, &path(&app, "hana-sato").await).await;
    app.mails().await;
    let token = link.rsplit('/').next().unwrap();

    let tables = "select table_name::text from information_schema.tables
                  where table_schema = 'public' and table_type = 'BASE TABLE'";
    let tables: Vec<String> =
        sqlx::query_scalar(tables).fetch_all(app.db.pool().unwrap()).await.unwrap();
    assert!(tables.len() > 20, "{tables:?}");
    for table in tables {
        let clear = format!("select from {table} t where t::text like '%{token}%'");
        assert_eq!(app.tamper(&clear).await, 0, "{table}");
    }
    app.end().await;
}

#[tokio::test]
async fn without_a_mail_server_the_page_says_so_and_shows_the_link() {
    let (app, ada) = TestApp::owned().await;
    let id = PersonId::new(START).to_string();
    press(&ada, "/people", &[("id", &id), ("name", "Bob"), ("mail", "bob@example.org")]).await;

    let (page, link) = make(&ada, &format!("/people/{id}")).await;

    assert!(page.contains("No mail was sent: no mail server is set."), "{page}");
    assert!(
        page.contains(&format!("{}{link}", app.address)),
        "where the owner sees Muster: {page}"
    );
    assert_eq!(app.browser().get(&link).await.status, StatusCode::OK);
    app.end().await;
}

#[tokio::test]
async fn a_mail_that_is_not_taken_leaves_the_link_to_be_given_by_hand() {
    let (app, ada) = TestApp::on_plan().await;
    let words = "mailbox full".to_owned();
    app.sink.behave("hana.sato@example.org", Behaviour::Refuse { code: 552, words });

    let (page, link) = make(&ada, &path(&app, "hana-sato").await).await;

    assert!(page.contains("The mail to hana.sato@example.org was not sent"), "{page}");
    assert!(page.contains("mailbox full"), "{page}");
    assert_eq!(app.browser().get(&link).await.status, StatusCode::OK);

    let id = PersonId::new(START).to_string();
    press(&ada, "/people", &[("id", &id), ("name", "Bob")]).await;
    let (page, _) = make(&ada, &format!("/people/{id}")).await;
    assert!(page.contains("no mail address of theirs is known"), "{page}");
    app.end().await;
}

#[tokio::test]
async fn a_link_for_a_new_password_goes_to_the_address_that_signs_in() {
    let (app, ada) = TestApp::on_plan().await;
    app.account("Bob", "bob@example.org", Rights::from_iter([Right::Approve])).await;
    let (bob, path) = (app.signed_in("bob@example.org").await, path(&app, "bob").await);

    let (page, link) = make(&ada, &path).await;
    assert!(page.contains("until 14 Nov 2026, 05:12 CET"), "two hours: {page}");
    let mail = app.mails().await.remove(0);
    assert_eq!(mail.to, ["bob@example.org"]);
    assert_eq!(mail.subject, "A new password for Labitory’s Muster");
    let typed = [("email", "eve@example.org"), ("password", OTHER), ("again", OTHER)];
    press(&app.browser(), &link, &typed).await;

    assert_eq!(bob.get("/").await.status, StatusCode::SEE_OTHER, "old sessions end");
    let old = [("email", "bob@example.org"), ("password", PASSWORD)];
    let refused = app.browser().post("/session", &old).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = [("email", "bob@example.org"), ("password", OTHER)];
    assert_eq!(app.browser().post("/session", &new).await.status, StatusCode::SEE_OTHER);
    assert!(ada.get(&path).await.body.contains("suspended until another owner grants it anew"));
    app.clock.advance(Duration::hours(2));
    app.end().await;
}

#[tokio::test]
async fn a_fingerprint_is_shown_and_changes_when_the_right_is_granted_anew() {
    let (app, ada) = TestApp::owned().await;
    app.account("Bob", "bob@example.org", Rights::all()).await;
    let path = path(&app, "bob").await;
    let print = async || {
        let page = ada.get(&path).await.body;
        let print = page.split("Approves, grant").nth(1).map(|rest| rest.to_owned());
        print.map(|rest| rest.split("mono\">").nth(1).unwrap()[..16].to_owned())
    };
    let first = print().await.unwrap();

    let rights = format!("{path}/rights");
    press(&ada, &rights, &[("account_version", "1"), ("rights", "own")]).await;
    assert_eq!(print().await, None);
    let again = [("account_version", "2"), ("rights", "own"), ("rights", "approve")];
    press(&ada, &rights, &again).await;

    let second = print().await.unwrap();
    assert!(second.bytes().all(|byte| byte.is_ascii_hexdigit()), "{second}");
    assert_ne!(first, second);
    app.end().await;
}
