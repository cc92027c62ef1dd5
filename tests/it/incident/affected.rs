//! What is down, slow, restored, down again, and marked by mistake: each by a press.

use hyper::StatusCode;
use time::Duration;

use super::scene::{Scene, item};

const BOOKING: &str = "Booking creation and management";

async fn press(scene: &Scene, what: &str, since: &str) {
    let fields = [("press", &*format!("{what} function.booking")), ("since", since)];
    scene.press("/affected", &fields).await;
}

async fn row(scene: &Scene) -> String {
    item(&scene.page(&scene.ada, "/affected").await, BOOKING).to_owned()
}

#[tokio::test]
async fn a_function_goes_down_slow_and_up_and_down_again_by_presses() {
    let scene = Scene::at_level(3).await;
    scene.app.clock.advance(Duration::minutes(10));
    assert!(row(&scene).await.contains("not marked"));

    press(&scene, "down", "").await;
    press(&scene, "down", "").await;
    assert!(row(&scene).await.contains("down since 03:12 CET"), "impact start by default");
    assert_eq!(scene.count("affected").await, 1, "the second press changed nothing");
    press(&scene, "slow", "").await;
    assert!(row(&scene).await.contains("slow since 03:12 CET"));
    press(&scene, "restored", "").await;
    assert!(row(&scene).await.contains("restored 03:22 CET"));
    press(&scene, "down", "").await;
    assert!(row(&scene).await.contains("down since 03:12 CET"), "as it was before");
    press(&scene, "down", "03:20").await;
    assert!(row(&scene).await.contains("down since 03:20 CET"));
    press(&scene, "never", "").await;
    assert!(row(&scene).await.contains("not marked"));

    let timeline = scene.page(&scene.ada, "/timeline").await;
    for words in ["down since 03:12 CET.", "slow since 03:12 CET.", "restored.", "down again since"]
    {
        assert!(timeline.contains(&format!("{BOOKING}: {words}")), "{words}: {timeline}");
    }
    assert!(timeline.contains(&format!("{BOOKING} was not affected: marked by mistake.")));
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn each_function_has_its_own_clock_and_the_worst_stands_on_top() {
    let scene = Scene::at_level(3).await;
    scene.app.clock.advance(Duration::hours(1));
    for (key, since) in [("booking", "03:12"), ("reporting", "03:42")] {
        let pressed = format!("down function.{key}");
        scene.press("/affected", &[("press", &pressed), ("since", since)]).await;
    }

    let page = scene.now().await;
    assert!(page.contains("RTO: Booking creation and management"), "{page}");
    assert!(page.contains("of 2 h; 4 h at most"), "{page}");
    assert!(page.contains("2 down"), "{page}");
    let clock = |name: &str| {
        let (_, rest) = page.split_once(&format!("<th scope=\"row\">{name}")).unwrap();
        rest.split("</time>").next().unwrap().rsplit('>').next().unwrap().to_owned()
    };
    assert_eq!(clock(BOOKING), "0:59:49".trim_start_matches("0:"), "2 h from 03:12");
    assert_eq!(clock("Reporting and analytics"), "3:29:49", "4 h from 03:42");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_time_that_is_none_comes_back_and_a_good_one_stays_for_the_next_press() {
    let scene = Scene::at_level(3).await;
    let press = |since| [("press", "down function.booking"), ("since", since)];

    for (since, words) in [("soon", "“soon” is no time"), ("04:30", "this is still to come")] {
        let page = scene.refused("/affected", &press(since)).await.body;
        assert!(page.contains(words) && page.contains(&format!("value=\"{since}\"")), "{page}");
    }
    let restored = [("press", "restored function.booking"), ("since", "soon")];
    let answer = scene.post(&scene.ada, "/affected", &press("03:05")).await;
    scene.press("/affected", &restored).await; // which asks for no time
    assert_eq!(answer.location, scene.path("/affected?since=03%3A05#function.booking"));
    let (next, _) = answer.location.split_once('#').unwrap();
    let page = scene.ada.get(next).await.body;
    assert!(page.contains("name=\"since\" type=\"text\" value=\"03:05\""), "{page}");

    for (fields, status) in [
        ([("press", "restored function.sign-in"), ("since", "")], StatusCode::CONFLICT),
        ([("press", "down function.nonsense"), ("since", "")], StatusCode::NOT_FOUND),
        ([("press", "up function.booking"), ("since", "")], StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = scene.post(&scene.ada, "/affected", &fields).await;
        assert_eq!(answer.status, status, "{fields:?}: {}", answer.body);
    }
    scene.app.end().await;
}

#[tokio::test]
async fn what_is_down_again_ends_what_was_called_stable() {
    let scene = Scene::at_level(1).await;
    scene.press("/affected", &[("press", "restored incident"), ("on", "now")]).await;
    scene.press("/phase", &[("step", "stable")]).await;
    assert!(scene.now().await.contains("Stable since"));

    scene.press("/affected", &[("press", "down incident"), ("on", "now")]).await;

    let page = scene.now().await;
    assert!(page.contains("Recovering since") && page.contains("So it is not stable"), "{page}");
    let early = scene.post(&scene.ada, "/phase", &[("step", "close")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    scene.app.mails().await;
    scene.app.end().await;
}
