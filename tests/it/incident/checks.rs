//! The plan's checklist before closing, ticked or waived.

use hyper::StatusCode;
use muster::actions::plans;
use muster::domain::incident::Kind;
use time::Duration;

use super::scene::Scene;
use crate::support::app::LABITORY;

const LIST: &str = "/checklists/system-validation";

async fn stable(scene: &Scene) {
    scene.press("/affected", &[("press", "restored incident")]).await;
    scene.press("/phase", &[("step", "stable")]).await;
    scene.app.tamper("update clocks set done_at = due_at where kind = 'tell'").await; // comes first
}

async fn tick(scene: &Scene, number: &str) {
    let id = scene.fresh_id();
    scene.press(LIST, &[("id", &id), ("press", "done"), ("number", number)]).await;
}

async fn waive(scene: &Scene, number: &str, reason: &str) {
    let id = scene.fresh_id();
    let fields = [("id", &*id), ("press", "pass"), ("number", number), ("reason", reason)];
    scene.press(LIST, &fields).await;
}

async fn close(scene: &Scene) -> (StatusCode, String) {
    let answer = scene.post(&scene.ada, "/phase", &[("step", "close")]).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn closing_waits_until_each_item_is_ticked_or_waived_with_a_reason() {
    for kind in [Kind::Real, Kind::Drill] {
        let scene = Scene::declared(kind, 1).await;
        stable(&scene).await;
        let page = scene.now().await;
        assert!(page.contains(": 7 items of the checklist are open"), "{page}");
        assert!(!page.contains("Close the incident"), "{page}");
        let (status, body) = close(&scene).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(body.contains("7 items of the checklist are open; tick or waive them"), "{body}");

        for number in 1..=6 {
            tick(&scene, &number.to_string()).await;
        }
        let id = scene.fresh_id();
        let none = [("id", &*id), ("press", "pass"), ("number", "7"), ("reason", " ")];
        let refused = scene.refused(LIST, &none).await.body;
        assert!(refused.contains("type a reason"), "{refused}");
        assert_eq!(close(&scene).await.0, StatusCode::CONFLICT, "1 item is open");
        waive(&scene, "7", "nothing was touched").await;

        let page = scene.page(&scene.ada, "/command").await;
        assert!(page.contains("System validation: 7 of 7 items, 1 of them waived"), "{page}");
        assert!(page.contains("by Ada Lovelace: nothing was touched"), "{page}");
        assert_eq!(close(&scene).await.0, StatusCode::SEE_OTHER);
        assert_eq!(scene.count("tick").await, 7);
        let page = scene.page(&scene.ada, "/timeline").await;
        assert!(
            page.contains("waived: Security controls validated. Because: nothing was"),
            "{page}"
        );
        scene.app.mails().await;
        scene.app.end().await;
    }
}

#[tokio::test]
async fn what_was_checked_holds_no_longer_once_it_goes_on() {
    let scene = Scene::at_level(1).await;
    stable(&scene).await;
    scene.app.check_all(scene.id).await;
    scene.press("/affected", &[("press", "down incident")]).await;
    let left = async || {
        let page = scene.page(&scene.ada, "/command").await;
        page.contains("System validation: 0 of 7 items")
    };
    assert!(left().await, "down again");

    stable(&scene).await;
    scene.app.check_all(scene.id).await;
    assert_eq!(close(&scene).await.0, StatusCode::SEE_OTHER);
    scene.app.clock.advance(Duration::minutes(5));
    scene.press("/phase", &[("step", "reopen")]).await;
    assert!(left().await, "reopened");
    let timeline = scene.page(&scene.ada, "/timeline").await;
    let said = timeline.matches("What was checked before closing is to be checked again.").count();
    assert_eq!(said, 2, "{timeline}");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_plan_without_a_checklist_and_a_false_alarm_close_as_ever() {
    let scene = Scene::at_level(1).await;
    scene.press("/phase", &[("step", "false-alarm")]).await;

    let without = LABITORY.replace("\"before-closing\"", "\"after-recovery\"");
    plans::import(&scene.app.db, &without, None, None, scene.app.clock.now()).await.unwrap();
    let id = scene.app.declare(Kind::Real, 1).await;
    let scene = Scene { id, ..scene };
    stable(&scene).await;
    assert!(scene.now().await.contains("watch it, then close"));
    assert_eq!(close(&scene).await.0, StatusCode::SEE_OTHER);
    scene.app.mails().await;
    scene.app.end().await;
}
