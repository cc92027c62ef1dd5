//! Reading the roster, adding to it, changing what it says.

use hyper::StatusCode;
use muster::domain::id::PersonId;
use muster::domain::rights::Right;

use super::{method, path, press, said, with_rights};
use crate::support::app::{START, TestApp};

#[tokio::test]
async fn the_list_begins_with_whom_nobody_can_reach_and_says_how_the_others_are_reached() {
    let (app, ada) = TestApp::on_plan().await;
    let lost = PersonId::new(START);
    let without = format!(
        "insert into people (id, key, name, created_at) values ('{lost}', 'lost', 'Lost Lee', \
         '2026-11-14')"
    );
    app.tamper(&without).await;
    let set = |what: &str, who: &str| {
        format!(
            "update contact_methods set {what} = '2026-11-14' where person =
                 (select id from people where key = '{who}') and channel = 'mail'"
        )
    };
    app.tamper(&set("verified_at", "hana-sato")).await;
    app.tamper(&set("failing_since", "ruth-abiodun")).await;
    app.tamper(&set("failing_since", "ada-lovelace")).await;

    let page = ada.get("/people").await.body;

    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}: {page}"));
    let order = [
        "21 people on the roster",
        "Nobody can reach 1 person",
        "Lost Lee",
        "What is sent fails for 1 person",
        "Ada Lovelace</a> <small>",
        "Reached by what nobody has verified: 18 people",
        "Ruth Abiodun",
        "Reached by what is verified: 1 person",
        "Hana Sato",
        "Technical Lead, alternate 1",
    ];
    assert!(order.map(at).is_sorted(), "{page}");
    for words in ["May view, respond, command, approve, own", "No account", "No role in the plan"] {
        at(words);
    }
    app.end().await;
}

#[tokio::test]
async fn a_person_is_added_once_however_often_the_form_is_sent() {
    let (app, ada) = TestApp::owned().await;
    let id = PersonId::new(START).to_string();
    let wrong = [("id", id.as_str()), ("name", " "), ("mail", "bob@"), ("zone", "Mars/Base")];

    let refused = ada.post("/people", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["name-error", "mail-error", "zone-error", "value=\"bob@\"", &id] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    let typed = [
        ("id", id.as_str()),
        ("name", " Bob Ó Briain "),
        ("title", "Operator"),
        ("mail", "bob@example.org"),
        ("phone", "+44 20 7946 0123"),
        ("zone", "Europe/Dublin"),
    ];
    for _ in 0..2 {
        assert_eq!(press(&ada, "/people", &typed).await, format!("/people/{id}"));
    }
    let other = [("id", id.as_str()), ("name", "Somebody else")];
    assert_eq!(ada.post("/people", &other).await.status, StatusCode::CONFLICT);

    let page = ada.get(&format!("/people/{id}")).await.body;
    for words in ["<h1>Bob Ó Briain</h1>", "Operator", "bob@example.org", "+44 20 7946 0123"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(app.tamper("select from people").await, 2);
    assert!(said(&app).await.contains("Bob Ó Briain was added to the roster."));
    app.end().await;
}

#[tokio::test]
async fn people_of_one_name_have_keys_of_their_own() {
    let (app, ada) = TestApp::owned().await;

    for _ in 0..2 {
        let id = PersonId::new(START).to_string();
        press(&ada, "/people", &[("id", &id), ("name", "Bob")]).await;
    }

    assert_ne!(app.person("bob").await, app.person("bob-2").await);
    app.end().await;
}

#[tokio::test]
async fn what_the_roster_says_is_changed_and_the_change_is_on_record() {
    let (app, ada) = TestApp::on_plan().await;
    let path = path(&app, "hana-sato").await;
    let typed = [("version", "1"), ("name", "Hana Satō"), ("title", ""), ("zone", "Asia/Tokyo")];

    for _ in 0..2 {
        assert_eq!(press(&ada, &path, &typed).await, path, "the second press finds it done");
    }

    let page = ada.get(&path).await.body;
    assert!(page.contains("<h1>Hana Satō</h1>"), "{page}");
    assert!(page.contains("value=\"Asia/Tokyo\" selected"), "{page}");
    let said = said(&app).await;
    assert!(said.contains("name “Hana Sato” became “Hana Satō”"), "{said}");
    assert!(said.contains("zone “” became “Asia/Tokyo”"), "{said}");
    app.end().await;
}

#[tokio::test]
async fn the_second_writer_sees_the_firsts_change_and_keeps_what_they_typed() {
    let (app, ada) = TestApp::on_plan().await;
    let path = path(&app, "hana-sato").await;
    press(&ada, &path, &[("version", "1"), ("name", "Hana S."), ("title", "Lead")]).await;

    let late = [("version", "1"), ("name", "Hana T."), ("title", "Lead")];
    let refused = ada.post(&path, &late).await;

    assert_eq!(refused.status, StatusCode::CONFLICT);
    for words in ["Ada Lovelace changed this", "Stands now: Hana S..", "value=\"Hana T.\""] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    assert!(!refused.body.contains("Stands now: Lead"), "what is the same is no news");
    assert!(refused.body.contains("name=\"version\" value=\"2\""), "{}", refused.body);
    let again = [("version", "2"), ("name", "Hana T."), ("title", "Lead")];
    press(&ada, &path, &again).await;
    assert!(ada.get(&path).await.body.contains("<h1>Hana T.</h1>"));
    app.end().await;
}

#[tokio::test]
async fn who_does_not_own_reads_the_roster_and_changes_nothing() {
    let (app, _) = TestApp::on_plan().await;
    let eve = with_rights(&app, &[Right::View]).await;
    let path = path(&app, "hana-sato").await;

    let page = eve.get(&path).await.body;

    assert!(page.contains("hana.sato@example.org"), "{page}");
    assert!(page.contains("href=\"tel:+493023125104\""), "{page}");
    for words in ["Invite", "Remove", "Take off", "I called", "Add a way", "Change"] {
        assert!(!page.contains(words), "{words}: {page}");
    }
    let mail = method(&app, "hana.sato@example.org").await;
    for deed in ["", "/methods", "/absence", "/suspension", &format!("/methods/{mail}/removal")] {
        let refused = eve.post(&format!("{path}{deed}"), &[("name", "Eve")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{deed}");
    }
    assert!(!eve.get("/people").await.body.contains("Add a person"));
    app.end().await;
}
