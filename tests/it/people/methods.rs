//! Ways to reach a person: added, ordered, taken away and put back.

use hyper::StatusCode;
use muster::domain::id::MethodId;

use super::{method, path, press, said};
use crate::support::app::{LABITORY, START, TestApp};

#[tokio::test]
async fn a_way_to_reach_somebody_is_added_once_after_those_they_have() {
    let (app, ada) = TestApp::on_plan().await;
    let path = path(&app, "hana-sato").await;
    let (add, id) = (format!("{path}/methods"), MethodId::new(START).to_string());

    for (channel, address, words) in [
        ("mail", "hana@", "is no mail address"),
        ("sms", "hana@example.org", "is no telephone number"),
        ("fax", "+44 20 7946 0123", "is no channel"),
        ("mail", "hana.sato@example.org", "stands there already"),
    ] {
        let typed = [("method", id.as_str()), ("channel", channel), ("address", address)];
        let refused = ada.post(&add, &typed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{address}");
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
        assert!(refused.body.contains(&format!("value=\"{address}\"")), "{}", refused.body);
        assert!(refused.body.contains("<details open>"), "the form stands open");
    }
    let typed = [("method", id.as_str()), ("channel", "sms"), ("address", " +44 20 7946 0123 ")];
    for _ in 0..2 {
        assert_eq!(press(&ada, &add, &typed).await, path);
    }

    let page = ada.get(&path).await.body;
    assert!(page.contains("3 ways to reach them, none verified"), "{page}");
    assert!(page.contains("text message, tried as number 3"), "{page}");
    assert!(said(&app).await.contains("Hana Sato: sms +44 20 7946 0123 was added."));
    app.end().await;
}

#[tokio::test]
async fn what_is_removed_can_be_put_back_as_it_was() {
    let (app, ada) = TestApp::on_plan().await;
    let path = path(&app, "hana-sato").await;
    let phone = method(&app, "+49 30 23125 104").await;
    let verified = format!("update contact_methods set verified_at = now() where id = '{phone}'");
    app.tamper(&verified).await;
    let remove = format!("{path}/methods/{phone}/removal");

    for _ in 0..2 {
        let next = press(&ada, &remove, &[]).await;
        assert_eq!(next, format!("{path}?removed={phone}"), "the second press finds it done");
    }
    assert!(said(&app).await.contains("phone +49 30 23125 104 was removed."));
    let page = ada.get(&format!("{path}?removed={phone}")).await.body;
    assert!(page.contains("+49 30 23125 104 was removed.") && page.contains("Undo"), "{page}");
    assert!(page.contains("1 way to reach them, not verified"), "{page}");

    press(&ada, &format!("{remove}/undo"), &[]).await;
    let page = ada.get(&path).await.body;
    assert!(page.contains("2 ways to reach them, 1 verified"), "{page}");

    press(&ada, &remove, &[]).await;
    let typed = [("channel", "phone"), ("address", "+49 30 23125 104")];
    press(&ada, &format!("{path}/methods"), &typed).await;
    let twice = ada.post(&format!("{remove}/undo"), &[]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "it was added again");
    assert!(ada.get(&path).await.body.contains("2 ways to reach them, none verified"));
    app.end().await;
}

#[tokio::test]
async fn one_persons_methods_can_not_be_reached_through_anothers_page() {
    let (app, ada) = TestApp::on_plan().await;
    let hana = method(&app, "hana.sato@example.org").await;
    let path = path(&app, "ruth-abiodun").await;

    for deed in ["removal", "removal/undo", "verification", "call"] {
        let answer = ada.post(&format!("{path}/methods/{hana}/{deed}"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{deed}");
    }
    app.end().await;
}

#[tokio::test]
async fn a_level_keeps_somebody_who_can_be_reached() {
    let (app, ada) = TestApp::on_plan().await;
    // level 1 pages the on-call engineer alone: Jonas Brandt, then Emeka Obi
    for key in ["jonas-brandt", "emeka-obi"] {
        let path = path(&app, key).await;
        let mail = method(&app, &format!("{}@example.org", key.replace('-', "."))).await;
        press(&ada, &format!("{path}/methods/{mail}/removal"), &[]).await;
    }
    let jonas = path(&app, "jonas-brandt").await;
    let phone = LABITORY.split("key = \"jonas-brandt\"").nth(1).unwrap();
    let phone = phone.split("\"phone\", address = \"").nth(1).unwrap().split('"').next().unwrap();
    let phone = method(&app, phone).await;
    press(&ada, &format!("{jonas}/methods/{phone}/removal"), &[]).await;

    let emeka = path(&app, "emeka-obi").await;
    let page = ada.get(&emeka).await.body;
    let last = page.split("/methods/").nth(1).unwrap()[..36].to_owned();
    let refused = ada.post(&format!("{emeka}/methods/{last}/removal"), &[]).await;

    assert_eq!(refused.status, StatusCode::CONFLICT);
    let words = "After this, level 1 pages nobody: the role On-call Engineer has no holder";
    assert!(refused.body.contains(words), "{}", refused.body);
    assert!(refused.body.contains("1 way to reach them"), "nothing was changed");
    let refused = ada.post(&format!("{emeka}/absence"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains(words), "{}", refused.body);
    app.end().await;
}

/// How many transactions wait for another.
async fn waiting(app: &TestApp) -> i64 {
    let sql = "select count(*) from pg_stat_activity
               where datname = current_database() and wait_event_type = 'Lock'";
    sqlx::query_scalar(sql).fetch_one(app.db.pool().unwrap()).await.unwrap()
}

#[tokio::test]
async fn two_owners_at_once_do_not_leave_a_level_without_anybody() {
    let (app, ada) = TestApp::on_plan().await;
    let mut last = Vec::new();
    for key in ["jonas-brandt", "emeka-obi"] {
        let mails = format!(
            "update contact_methods set removed_at = now() where channel = 'phone' and person =
             (select id from people where key = '{key}')"
        );
        app.tamper(&mails).await;
        let mail = method(&app, &format!("{}@example.org", key.replace('-', "."))).await;
        last.push(format!("{}/methods/{mail}/removal", path(&app, key).await));
    }

    // both have come as far as they can before either commits: its entry is the last thing written
    let mut holder = app.db.pool().unwrap().begin().await.unwrap();
    let stream = "select from streams where kind = 'installation' for update";
    sqlx::query(stream).execute(&mut *holder).await.unwrap();
    let release = async {
        while waiting(&app).await < 2 {}
        holder.rollback().await.unwrap();
    };
    let (one, two, ()) = tokio::join!(ada.post(&last[0], &[]), ada.post(&last[1], &[]), release);

    let mut answers = [one.status, two.status];
    answers.sort();
    assert_eq!(answers, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    app.end().await;
}

#[tokio::test]
async fn a_level_that_nobody_could_be_called_for_before_holds_nothing_else_back() {
    let (app, ada) = TestApp::on_plan().await;
    let lost = "update contact_methods set removed_at = now() where person in
                (select id from people where key in ('jonas-brandt', 'emeka-obi'))";
    app.tamper(lost).await;
    let path = path(&app, "hana-sato").await;
    let mail = method(&app, "hana.sato@example.org").await;

    press(&ada, &format!("{path}/methods/{mail}/removal"), &[]).await;
    app.end().await;
}

#[tokio::test]
async fn the_order_is_set_and_a_late_writer_sees_how_it_stands() {
    let (app, ada) = TestApp::on_plan().await;
    let path = path(&app, "hana-sato").await;
    let mail = format!("rank-{}", method(&app, "hana.sato@example.org").await);
    let phone = format!("rank-{}", method(&app, "+49 30 23125 104").await);
    let order = format!("{path}/methods/order");
    let set = |version, first, second| {
        [("version", version), (mail.as_str(), first), (phone.as_str(), second)]
    };

    for _ in 0..2 {
        press(&ada, &order, &set("1", "2", "1")).await;
    }
    let page = ada.get(&path).await.body;
    assert!(page.find("+49 30 23125 104") < page.find("hana.sato@"), "{page}");
    assert!(said(&app).await.contains("in another order now"));

    let late = ada.post(&order, &set("1", "1", "1")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("Stands now: 2."), "{}", late.body);
    press(&ada, &order, &set("2", "1", "1")).await;
    assert!(!ada.get(&path).await.body.contains("tried second"), "both at once");
    for wrong in ["0", "10", "first"] {
        let refused = ada.post(&order, &set("3", wrong, "1")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(refused.body.contains("Ranks go from 1"), "{}", refused.body);
    }
    app.end().await;
}
