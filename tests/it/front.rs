//! The front page: how ready we are, and where what is wrong is mended.

use hyper::StatusCode;
use muster::actions::incidents::{self, Step};
use muster::domain::incident::{Kind, WHOLE};
use muster::domain::rights::{Right, Rights};
use time::Duration;

use crate::support::app::{LABITORY, TestApp};

#[tokio::test]
async fn without_a_plan_the_front_page_asks_an_owner_for_one() {
    let (app, ada) = TestApp::owned().await;
    app.account("Vera", "vera@muster.test", Rights::from_iter([Right::View])).await;
    let vera = app.signed_in("vera@muster.test").await;

    let owners = ada.get("/").await.body;
    let others = vera.get("/").await.body;

    assert!(owners.contains("No incident, and no plan yet"), "{owners}");
    assert!(owners.contains("href=\"/plan/revisions/new\""), "{owners}");
    assert!(others.contains("Ask an owner"), "{others}");
    assert!(!others.contains("/declare\""), "who only looks declares nothing: {others}");
    app.end().await;
}

#[tokio::test]
async fn without_a_mail_server_it_is_not_ready_and_says_where_to_set_one() {
    let (app, ada) = TestApp::owned().await;
    let plan = muster::actions::plans::import(&app.db, LABITORY, None, None, app.clock.now());
    plan.await.unwrap();

    let page = ada.get("/").await.body;

    assert!(page.contains("<h1>No incident. Not ready: nobody can be paged</h1>"), "{page}");
    assert!(page.contains("Set the mail server"), "{page}");
    let levels = ada.get("/declare").await.body;
    assert_eq!(levels.matches("call list only").count(), 4, "each level says so: {levels}");
    assert!(levels.contains("To be called by hand: <b>1 person</b>"), "{levels}");
    app.end().await;
}

#[tokio::test]
async fn what_is_wrong_is_shown_to_all_and_mended_by_owners() {
    let (app, ada) = TestApp::on_plan().await;
    app.account("Vera", "vera@muster.test", Rights::from_iter([Right::View])).await;
    let vera = app.signed_in("vera@muster.test").await;
    let since = "timestamptz '2026-11-14 02:00Z'";
    let left = format!("update people set disabled_at = {since} where key = 'jonas-brandt'");
    assert_eq!(app.tamper(&left).await, 1);
    let address = "priya.raghunathan@example.org";
    let fails =
        format!("update contact_methods set failing_since = {since} where address = '{address}'");
    assert_eq!(app.tamper(&fails).await, 1);

    let owners = ada.get("/").await.body;
    let others = vera.get("/").await.body;

    for page in [&owners, &others] {
        assert!(page.contains("comes back"), "Priya’s mail: {page}");
        assert!(page.contains("Emeka Obi"), "who is called first now: {page}");
        assert!(!page.contains("Jonas Brandt"), "who left: {page}");
    }
    assert!(owners.contains("Look at it") && !others.contains("Look at it"), "{others}");
    app.end().await;
}

#[tokio::test]
async fn the_last_incident_and_drill_and_the_next_drill_stand_there() {
    let (app, ada) = TestApp::on_plan().await;
    let by = app.person("ada-lovelace").await;
    for kind in [Kind::Real, Kind::Drill] {
        let id = app.declare(kind, 1).await;
        app.mails().await;
        app.clock.advance(Duration::minutes(34));
        let now = app.clock.now();
        incidents::restore(&app.db, id, WHOLE, by, now).await.unwrap();
        for step in [Step::Recovering, Step::Stable, Step::Close] {
            if step == Step::Close {
                app.check_all(id).await;
            }
            incidents::step(&app.db, id, step, by, now).await.unwrap();
        }
        app.mails().await;
    }
    app.clock.advance(Duration::days(3));

    let page = ada.get("/").await;

    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Last incident</a>"), "{}", page.body);
    assert!(page.body.contains("closed 14 November 2026, 3 days ago"), "{}", page.body);
    assert!(page.body.contains("Tuesday 1 December 2026, 10:00 CET"), "{}", page.body);
    assert!(page.body.contains("Last drill 14 November 2026, over in 34 min"), "{}", page.body);
    app.end().await;
}
