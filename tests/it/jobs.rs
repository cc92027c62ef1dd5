//! The page of Muster's own work: what stands there, what is pressed, and who was quicker.

use hyper::StatusCode;
use muster::domain::incident::Kind;
use muster::domain::rights::{Right, Rights};

use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::smtp::Behaviour;

/// Ada, and a page of level 1 that waits to be sent.
async fn waiting_page() -> (TestApp, Browser, String) {
    let (app, ada) = TestApp::on_plan().await;
    app.declare(Kind::Real, 1).await;
    let id = job(&app).await;
    (app, ada, id)
}

async fn job(app: &TestApp) -> String {
    let pool = app.db.pool().unwrap();
    let ids: Vec<uuid::Uuid> =
        sqlx::query_scalar("select id from jobs where state in ('ready', 'dead') order by id")
            .fetch_all(pool)
            .await
            .unwrap();
    ids[0].to_string()
}

async fn press(browser: &Browser, id: &str, what: &str, attempt: &str) -> StatusCode {
    browser.post(&format!("/jobs/{id}/{what}"), &[("attempt", attempt)]).await.status
}

#[tokio::test]
async fn without_work_the_page_says_what_would_be_there() {
    let (app, ada) = TestApp::owned().await;

    let page = ada.get("/jobs").await.body;

    assert!(page.contains("No work waits"), "{page}");
    assert!(ada.get("/settings").await.body.contains("href=\"/jobs\""));
    app.end().await;
}

#[tokio::test]
async fn a_page_that_waits_stands_there_with_whom_it_is_for_and_no_address() {
    let (app, ada, _) = waiting_page().await;

    let page = ada.get("/jobs").await.body;

    assert!(page.contains("waiting</h1>"), "{page}");
    assert!(page.contains("Page to <b>"), "{page}");
    assert!(page.contains("not tried yet"), "{page}");
    assert!(!page.contains("@example.org"), "{page}");
    app.mails().await;
    assert!(ada.get("/jobs").await.body.contains("No work waits"), "it was done");
    app.end().await;
}

#[tokio::test]
async fn what_went_wrong_is_shown_without_the_addresses_in_a_servers_words() {
    let (app, ada, id) = waiting_page().await;
    let words = "jonas@example.org is busy, see https://mail.example.org/help".to_owned();
    app.sink.behave("*", Behaviour::Refuse { code: 451, words });
    app.mails().await;

    let page = ada.get("/jobs").await.body;

    assert!(page.contains("tried once"), "{page}");
    assert!(page.contains("(address) is busy, see (link)"), "{page}");
    assert!(!page.contains("@example.org") && !page.contains("mail.example.org/help"), "{page}");
    assert!(page.contains("Run now"), "{page}");
    app.sink.behave("*", Behaviour::Accept);
    assert_eq!(press(&ada, &id, "retry", "0").await, StatusCode::CONFLICT, "it was tried since");
    assert_eq!(press(&ada, &id, "retry", "1").await, StatusCode::SEE_OTHER);
    assert!(!app.mails().await.is_empty(), "it ran now");
    app.end().await;
}

#[tokio::test]
async fn a_dead_job_is_found_on_the_front_page_and_tried_again_once() {
    let (app, ada, id) = waiting_page().await;
    app.tamper("update jobs set state = 'dead', finished_at = '2026-11-14 02:12Z', attempt = 3")
        .await;
    let front = ada.get("/").await.body;
    assert!(front.contains("Work was given up") && front.contains("href=\"/jobs\""), "{front}");
    let page = ada.get("/jobs").await.body;
    assert!(page.contains("Try again") && page.contains("tried 3 times"), "{page}");

    assert_eq!(press(&ada, &id, "retry", "3").await, StatusCode::SEE_OTHER);
    assert_eq!(press(&ada, &id, "retry", "3").await, StatusCode::CONFLICT, "it waits by now");

    app.mails().await;
    assert_eq!(press(&ada, &id, "retry", "3").await, StatusCode::CONFLICT, "it is done");
    app.end().await;
}

#[tokio::test]
async fn a_cancelled_page_is_not_sent_and_the_timeline_says_who_cancelled_it() {
    let (app, ada) = TestApp::on_plan().await;
    let incident = app.declare(Kind::Real, 1).await;
    let id = job(&app).await;
    let all = app.tamper("select 1 from jobs").await;

    assert_eq!(press(&ada, &id, "cancellation", "0").await, StatusCode::SEE_OTHER);
    assert_eq!(press(&ada, &id, "cancellation", "0").await, StatusCode::CONFLICT, "once");
    assert_eq!(press(&ada, &id, "retry", "0").await, StatusCode::CONFLICT, "too late");

    assert_eq!(app.mails().await.len() as u64, all - 1);
    let timeline = ada.get(&format!("/incidents/{incident}/timeline")).await.body;
    assert!(timeline.contains("Cancelled the page to "), "{timeline}");
    let messages = ada.get(&format!("/incidents/{incident}/messages")).await.body;
    assert!(messages.contains("withdrawn"), "{messages}");
    app.end().await;
}

#[tokio::test]
async fn work_that_is_put_away_after_its_send_has_ended_leaves_the_send_as_it_is() {
    let (app, ada, id) = waiting_page().await;
    app.mails().await;
    app.tamper(&format!("update jobs set state = 'dead' where id = '{id}'")).await;

    assert_eq!(press(&ada, &id, "cancellation", "1").await, StatusCode::SEE_OTHER);

    assert_eq!(app.tamper("select from deliveries where state <> 'sent'").await, 0);
    app.end().await;
}

#[tokio::test]
async fn work_that_runs_or_was_tried_since_is_left_alone() {
    let (app, ada, id) = waiting_page().await;
    for (state, attempt) in [("running", "1"), ("ready", "2")] {
        let lease = if state == "running" { "'2026-11-14 02:13Z'" } else { "null" };
        app.tamper(&format!(
            "update jobs set state = '{state}', lease_until = {lease}, attempt = {attempt}"
        ))
        .await;
        for what in ["retry", "cancellation"] {
            assert_eq!(press(&ada, &id, what, "1").await, StatusCode::CONFLICT, "{state}: {what}");
        }
    }
    assert!(!app.mails().await.is_empty());
    app.end().await;
}

#[tokio::test]
async fn a_dead_job_whose_work_was_put_anew_is_not_put_twice() {
    let (app, ada, id) = waiting_page().await;
    app.tamper(&format!(
        "update jobs set state = 'dead', finished_at = created_at where id = '{id}'"
    ))
    .await;
    let twin = "insert into jobs (id, kind, args, dedup_key, run_at, created_at)
                select '01930000-0000-7000-8000-00000000aaaa', kind, args, dedup_key, run_at, created_at
                from jobs where state = 'dead'";
    app.tamper(twin).await;

    let answer = ada.post(&format!("/jobs/{id}/retry"), &[("attempt", "0")]).await;

    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.body.contains("The same work waits already"), "{}", answer.body);
    assert_eq!(press(&ada, &id, "cancellation", "0").await, StatusCode::SEE_OTHER);
    app.mails().await;
    app.end().await;
}

#[tokio::test]
async fn work_that_this_release_does_not_know_is_shown_and_can_be_put_away() {
    let (app, ada) = TestApp::owned().await;
    let id = "01930000-0000-7000-8000-000000000001";
    app.tamper(&format!(
        "insert into jobs (id, kind, args, run_at, created_at)
         values ('{id}', 'fly-to-the-moon', '{{}}', '2026-11-14 02:00Z', '2026-11-14 02:00Z')"
    ))
    .await;

    let page = ada.get("/jobs").await.body;

    assert!(page.contains("fly-to-the-moon") && page.contains("due since 12 min"), "{page}");
    assert_eq!(press(&ada, id, "cancellation", "0").await, StatusCode::SEE_OTHER);
    assert!(ada.get("/jobs").await.body.contains("No work waits"));
    app.end().await;
}

#[tokio::test]
async fn only_owners_see_and_press() {
    let (app, _, id) = waiting_page().await;
    app.account("Eve", "eve@example.org", Rights::from_iter([Right::View, Right::Command])).await;
    let eve = app.signed_in("eve@example.org").await;

    assert_eq!(eve.get("/jobs").await.status, StatusCode::FORBIDDEN);
    assert_eq!(press(&eve, &id, "cancellation", "0").await, StatusCode::FORBIDDEN);
    app.mails().await;
    app.end().await;
}
