//! A plan comes in through the browser.

use hyper::StatusCode;
use muster::domain::rights::{Right, Rights};

use crate::support::app::{LABITORY, TestApp};

const NEW: &str = "/plan/revisions/new";

#[tokio::test]
async fn an_owner_looks_at_the_difference_and_then_brings_the_plan_in() {
    let (app, ada) = TestApp::owned().await;
    assert!(ada.get("/plan").await.body.contains("Bring in a plan"));
    let sent = LABITORY.replace('\n', "\r\n");

    let look = ada.post(NEW, &[("plan", &sent)]).await;
    assert_eq!(look.status, StatusCode::OK);
    assert!(look.body.contains("Bring in revision 1"), "{}", look.body);
    assert!(ada.get("/plan").await.body.contains("No plan is in force"), "looking changes nothing");

    let done = ada.post("/plan/revisions", &[("plan", &sent), ("expected_number", "1")]).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/plan"));
    assert!(ada.get("/plan").await.body.contains("Revision 1"));
    let again = ada.post(NEW, &[("plan", LABITORY)]).await;
    assert!(again.body.contains("nothing would change"), "{}", again.body);
    assert!(!again.body.contains("Bring in revision"));
    app.end().await;
}

#[tokio::test]
async fn a_text_with_errors_comes_back_with_the_place_of_each() {
    let (app, ada) = TestApp::owned().await;

    for path in [NEW, "/plan/revisions"] {
        let fields = [("plan", "format = 1\nlevel = <b>\n"), ("expected_number", "1")];
        let answer = ada.post(path, &fields).await;

        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(answer.body.contains("level = &#60;b&#62;"), "{}", answer.body);
        assert!(answer.body.contains("<b>error</b>"), "{}", answer.body);
        assert!(!answer.body.contains("Bring in revision"));
    }
    assert!(ada.get("/plan").await.body.contains("No plan is in force"));
    app.end().await;
}

#[tokio::test]
async fn what_was_looked_at_before_another_revision_came_is_not_brought_in() {
    let (app, ada) = TestApp::owned().await;
    ada.post("/plan/revisions", &[("plan", LABITORY), ("expected_number", "1")]).await;
    let changed = LABITORY.replacen("title = \"", "title = \"New ", 1);

    for number in ["1", "3", ""] {
        let fields = [("plan", changed.as_str()), ("expected_number", number)];
        let answer = ada.post("/plan/revisions", &fields).await;

        assert_eq!(answer.status, StatusCode::CONFLICT, "{number}");
        assert!(answer.body.contains("Bring in revision 2"), "{}", answer.body);
    }
    app.end().await;
}

#[tokio::test]
async fn only_owners_bring_a_plan_in() {
    let (app, _) = TestApp::owned().await;
    app.account("Eve", "eve@example.org", Rights::from_iter([Right::View, Right::Command])).await;
    let eve = app.signed_in("eve@example.org").await;

    let fields = [("plan", LABITORY), ("expected_number", "1")];
    assert_eq!(eve.get(NEW).await.status, StatusCode::FORBIDDEN);
    assert_eq!(eve.post(NEW, &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(eve.post("/plan/revisions", &fields).await.status, StatusCode::FORBIDDEN);
    assert!(!eve.get("/plan").await.body.contains(NEW));
    app.end().await;
}

#[tokio::test]
async fn a_reader_finds_matrices_and_goes_from_the_plan_to_each_runbook() {
    let (app, ada) = TestApp::owned().await;
    ada.post("/plan/revisions", &[("plan", LABITORY), ("expected_number", "1")]).await;

    let plan = ada.get("/plan").await.body;
    for id in ["told", "escalation", "components", "channels", "providers", "schedules"] {
        assert!(plan.contains(&format!("<h2 id=\"{id}\">")), "{id}");
    }
    let links: Vec<&str> = plan.split("href=\"/plan/runbooks/").skip(1).collect();
    assert_eq!(links.len(), LABITORY.matches("[[runbook]]").count());
    for link in links {
        let key = link.split('"').next().unwrap();
        let page = ada.get(&format!("/plan/runbooks/{key}")).await;
        assert_eq!(page.status, StatusCode::OK, "{key}");
        assert!(page.body.contains("<h2 id=\"step-1\">"), "{key}: {}", page.body);
    }
    assert_eq!(ada.get("/plan/runbooks/nothing").await.status, StatusCode::NOT_FOUND);
    app.end().await;
}
