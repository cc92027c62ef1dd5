//! Begun at closing, along the plan's outline, with what Muster knows.

use hyper::StatusCode;
use muster::actions::plans;
use muster::domain::incident::Kind;
use time::Duration;

use super::Desk;
use crate::support::app::LABITORY;

#[tokio::test]
async fn closing_begins_a_report_along_the_plans_outline_filled_with_what_is_known() {
    let desk = Desk::closed().await;

    let page = desk.page("").await;
    for words in [
        "Incident Overview",
        "<strong>Date/Time:</strong> 14 Nov 2026, 03:12 CET",
        "<strong>Duration:</strong> 40 min, from 03:12 CET to 03:52 CET",
        "<strong>Severity:</strong> 2 ",
        "<strong>Response team notified:</strong> 14 Nov 2026, 03:12 CET",
        "<strong>Recovery initiated:</strong> 14 Nov 2026, 03:12 CET",
        "<strong>Service restored:</strong> 14 Nov 2026, 03:52 CET",
        "<strong>Full functionality confirmed:</strong> 14 Nov 2026, 03:52 CET",
        "<strong>Services Impacted:</strong> Booking creation and management (down)",
        "Ada Lovelace: Storage of db1 is &lt;b&gt;gone&lt;/b&gt;",
        "<strong>People:</strong> Ada Lovelace (Incident Commander)",
        "Nothing is written yet",
        "draft, due 16 Nov, 03:52 CET",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let now = desk.ada.get(&format!("/incidents/{}", desk.id)).await.body;
    assert!(now.contains("Closed. The post-mortem is due 16 Nov 2026, 03:52 CET."), "{now}");
    assert!(now.contains(&format!("href=\"{}\">Write it</a>", desk.path(""))), "{now}");
    let front = desk.ada.get("/").await.body;
    assert!(front.contains("A post-mortem is to be written"), "{front}");
    desk.app.end().await;
}

#[tokio::test]
async fn a_drill_has_one_a_false_alarm_and_a_plan_without_an_outline_have_none() {
    let desk = Desk::declared(Kind::Drill).await;
    desk.press("/phase", &[("step", "false-alarm")]).await;
    assert_eq!(desk.ada.get(&desk.path("")).await.status, StatusCode::NOT_FOUND);
    let id = desk.app.declare(Kind::Drill, 2).await;
    let desk = Desk { id, ..desk };
    desk.app.mails().await;
    desk.close().await;
    let page = desk.page("").await;
    assert!(page.contains("<h1>DRILL: ") && page.contains("drill-band"), "{page}");
    assert!(page.contains("<title>DRILL"), "{page}");

    let (before, _) = LABITORY.split_once("[[post_mortem.section]]").unwrap();
    let (_, after) = LABITORY.split_once("[[follow_up]]").unwrap();
    let without = format!("{before}[[follow_up]]{after}");
    plans::import(&desk.app.db, &without, None, None, desk.app.clock.now()).await.unwrap();
    let id = desk.app.declare(Kind::Real, 2).await;
    let desk = Desk { id, ..desk };
    desk.app.mails().await;
    desk.close().await;
    assert_eq!(desk.ada.get(&desk.path("")).await.status, StatusCode::NOT_FOUND);
    desk.app.end().await;
}

#[tokio::test]
async fn when_it_is_due_who_commanded_hears_once_unless_it_is_published() {
    let desk = Desk::closed().await;
    desk.app.clock.advance(Duration::hours(48));
    let mails = desk.app.mails().await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].text.contains("The post-mortem was due 16 Nov 2026, 03:52 CET"));
    assert!(mails[0].text.contains(&desk.path("")), "{mails:?}");
    assert!(desk.page("").await.contains("draft, was due 03:52 CET"));
    desk.app.clock.advance(Duration::hours(48));
    assert_eq!(desk.app.mails().await.len(), 0);

    desk.press("/phase", &[("step", "reopen")]).await;
    assert!(!desk.ada.get("/").await.body.contains("to be written"), "it goes on");
    desk.app.mails().await;
    desk.close().await;
    assert_eq!(desk.count("post_mortems").await, 1);
    for state in ["reviewed", "published"] {
        desk.state(state).await;
    }
    desk.app.clock.advance(Duration::days(3));
    assert_eq!(desk.app.mails().await.len(), 0);
    desk.app.end().await;
}

#[tokio::test]
async fn an_entry_is_starred_by_a_press_and_the_star_taken_back() {
    let desk = Desk::declared(Kind::Real).await;
    desk.note("Look at this").await;
    let timeline = format!("/incidents/{}/timeline", desk.id);
    let page = desk.ada.get(&timeline).await.body;
    assert!(page.contains("name=\"unstar\" value=\""), "{page}");
    let (_, rest) = page.split_once("name=\"unstar\" value=\"").unwrap();
    let seq = rest.split('"').next().unwrap();

    desk.press("/stars", &[("star", seq)]).await;
    assert_eq!(desk.count("stars").await, 1);
    desk.press("/stars", &[("unstar", seq)]).await;
    desk.press("/stars", &[("unstar", seq)]).await;
    assert_eq!(desk.count("stars").await, 0);
    for nothing in ["0", "999", "x"] {
        let path = format!("/incidents/{}/stars", desk.id);
        let answer = desk.ada.post(&path, &[("star", nothing)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}");
    }
    desk.app.end().await;
}
