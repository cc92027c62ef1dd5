//! Two at once, or twice: nobody is written over, and nothing is made twice.

use hyper::StatusCode;
use muster::actions::plans::import;
use muster::domain::plan::parse;

use super::{confirm, confirmed, export, filled, post, things};
use crate::support::app::{LABITORY, TestApp};

#[tokio::test]
async fn of_two_who_change_one_thing_the_second_is_told_and_both_keep_theirs() {
    let (app, ada) = TestApp::on_plan().await;
    let path = things("role/dba");
    let mine = filled(&ada, &path, "authority", &["Mine"]).await;
    let look = post(&ada, &path, &mine).await;
    let theirs = filled(&ada, &path, "duties", &["Theirs"]).await;
    confirmed(&ada, &path, &theirs).await;
    // somebody else's press is not mine
    app.tamper("update plan_revisions set author = null where number = 2").await;

    let told = confirm(&ada, &look).await;

    assert_eq!(told.status, StatusCode::CONFLICT, "{}", told.body);
    assert!(told.body.contains("Another revision came into force meanwhile"), "{}", told.body);
    assert!(told.body.contains("Revision 3 would change 1 thing."), "{}", told.body);
    let done = confirm(&ada, &told).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let role = parse(&export(&ada).await).unwrap().0.plan.role.remove(2);
    assert_eq!((role.authority.as_str(), role.duties), ("Mine", vec!["Theirs".to_owned()]));
    app.end().await;
}

#[tokio::test]
async fn a_field_that_both_changed_is_marked_before_anything_is_lost() {
    let (app, ada) = TestApp::on_plan().await;
    let path = things("role/dba");
    let mine = filled(&ada, &path, "authority", &["Mine"]).await;
    confirmed(&ada, &path, &filled(&ada, &path, "authority", &["Theirs"]).await).await;

    let look = post(&ada, &path, &mine).await;

    assert_eq!(look.status, StatusCode::OK);
    assert!(look.body.contains("id=\"authority-warning\""), "{}", look.body);
    assert!(look.body.contains("<td>Theirs</td><td>Mine</td>"), "{}", look.body);
    app.end().await;
}

#[tokio::test]
async fn what_was_taken_out_meanwhile_keeps_what_was_typed() {
    let (app, ada) = TestApp::on_plan().await;
    let path = things("provider/cloud");
    let mine = filled(&ada, &path, "sla", &["Always there"]).await;
    let without = LABITORY.split("[[provider]]\nkey = \"cloud\"").collect::<Vec<_>>();
    let rest = without[1].split_once("[[appendix]]").unwrap().1;
    let text = format!("{}[[appendix]]{rest}", without[0]);
    import(&app.db, &text, None, Some(2), app.clock.now()).await.unwrap();

    let told = post(&ada, &path, &mine).await;

    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.body.contains("It is no longer in the plan"), "{}", told.body);
    assert!(told.body.contains("Always there") && !told.body.contains("expected_number"));
    assert_eq!(ada.get(&path).await.status, StatusCode::NOT_FOUND);
    app.end().await;
}

#[tokio::test]
async fn a_press_that_is_repeated_makes_one_revision() {
    let (app, ada) = TestApp::on_plan().await;
    let step = "/plan/additions/runbook/redis/step";
    let look = post(&ada, step, &filled(&ada, step, "title", &["Call the vendor"]).await).await;

    for _ in 0..2 {
        assert_eq!(confirm(&ada, &look).await.status, StatusCode::SEE_OTHER);
    }

    assert_eq!(export(&ada).await.matches("Call the vendor").count(), 1);
    assert_eq!(ada.get("/plan/revisions/3").await.status, StatusCode::NOT_FOUND);
    app.end().await;
}

#[tokio::test]
async fn two_presses_at_once_make_one_revision() {
    let (app, ada) = TestApp::on_plan().await;
    let path = things("role/dba");
    let mut looks = Vec::new();
    for words in ["One", "Two"] {
        let pairs = filled(&ada, &path, "authority", &[words]).await;
        looks.push(post(&ada, &path, &pairs).await);
    }

    let (one, two) = tokio::join!(confirm(&ada, &looks[0]), confirm(&ada, &looks[1]));

    let mut statuses = [one.status, two.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    assert_eq!(ada.get("/plan/revisions/3").await.status, StatusCode::NOT_FOUND);
    app.end().await;
}

#[tokio::test]
async fn a_change_of_the_roster_meanwhile_is_not_undone() {
    let (app, ada) = TestApp::on_plan().await;
    let path = things("role/dba");
    let look = post(&ada, &path, &filled(&ada, &path, "authority", &["Mine"]).await).await;
    app.tamper("update people set title = 'Retired' where key = 'ruth-abiodun'").await;

    confirm(&ada, &look).await;

    assert!(export(&ada).await.contains("title = \"Retired\""));
    app.end().await;
}
