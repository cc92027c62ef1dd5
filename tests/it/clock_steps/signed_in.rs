//! Who is signed in, and which links let people in, when the clock is set: what was used up stays
//! so, what has a time of day ends then, and nobody is kept out longer than the clock is wrong.

use hyper::StatusCode;
use muster::actions::accounts;
use muster::actions::sessions::{ABSOLUTE, IDLE};
use muster::domain::rights::{Right, Rights};
use time::Duration;

use super::{DAY, HOUR, STEPS};
use crate::support::app::{PASSWORD, TestApp};
use crate::support::browser::Browser;

const FAR: Duration = Duration::days(1_000);

async fn is_in(browser: &Browser) -> bool {
    browser.get("/me").await.status == StatusCode::OK
}

#[tokio::test]
async fn a_step_of_an_hour_or_a_day_signs_nobody_out() {
    let (app, ada) = TestApp::owned().await;
    for step in STEPS {
        app.clock.set(step);
        app.work().await;
        assert!(is_in(&ada).await, "{step}");
    }
    app.end().await;
}

#[tokio::test]
async fn a_clock_that_was_years_ahead_for_a_while_keeps_nobody_in_or_out() {
    let (app, before) = TestApp::owned().await;
    app.work().await;
    let unused = app.signed_in("ada@example.org").await;
    app.clock.set(FAR);
    app.work().await;
    assert!(!is_in(&before).await, "by the clock it is long over");
    let meanwhile = app.signed_in("ada@example.org").await;
    assert!(is_in(&meanwhile).await, "who signs in again is in");

    app.clock.set(-FAR);
    app.work().await;

    assert!(!is_in(&meanwhile).await, "begun in years to come, it would last for years");
    assert!(is_in(&unused).await, "whoever did not come meanwhile notices nothing");
    assert!(is_in(&app.signed_in("ada@example.org").await).await);
    app.end().await;
}

#[tokio::test]
async fn a_session_that_began_ahead_of_the_clock_lasts_no_longer_than_any_other() {
    let (app, _) = TestApp::owned().await;
    app.work().await;
    let most = IDLE - Duration::HOUR;
    app.clock.set(most);
    app.work().await;
    let ada = app.signed_in("ada@example.org").await;
    app.clock.set(-most);
    app.work().await;
    assert!(is_in(&ada).await);

    for _ in 0..ABSOLUTE.whole_days() {
        app.clock.advance(DAY - Duration::MINUTE);
        assert!(is_in(&ada).await);
    }
    app.clock.advance(DAY);
    assert!(!is_in(&ada).await, "ninety days from when it was first seen");

    let idle = app.signed_in("ada@example.org").await;
    app.clock.set(-DAY);
    assert!(is_in(&idle).await);
    app.clock.advance(IDLE + Duration::MINUTE);
    assert!(!is_in(&idle).await, "thirty days from when it was last seen");
    app.end().await;
}

#[tokio::test]
async fn a_typed_password_does_not_count_again_when_its_time_comes_again() {
    let (app, ada) = TestApp::owned().await;
    app.work().await;
    app.clock.advance(Duration::minutes(5));
    let fresh = async || app.who(&ada).await.is_fresh(app.clock.now());
    assert!(fresh().await);

    for step in [-Duration::minutes(8), -HOUR, -DAY] {
        let again = app.signed_in("ada@example.org").await;
        app.clock.advance(Duration::minutes(5));
        app.work().await;
        app.clock.set(step);
        app.work().await;

        for minute in 0..=70.min(-step.whole_minutes()) {
            let (who, now) = (app.who(&again).await, app.clock.now());
            assert!(!who.is_fresh(now), "{step}: {minute} min later");
            app.clock.advance(Duration::MINUTE);
        }
    }
    assert!(!fresh().await);
    app.end().await;
}

#[tokio::test]
async fn a_link_that_was_used_or_replaced_stays_so_and_a_new_one_ends_by_the_clock() {
    let (app, ada) = TestApp::owned().await;
    app.work().await;
    app.account("Bob", "bob@example.org", Rights::from_iter([Right::View])).await;
    let (bob, owner) = (app.person("bob").await, app.who(&ada).await);
    let make = async || {
        let now = app.clock.now();
        accounts::make_link(&app.db, &owner, bob, now).await.unwrap().token.expose().to_string()
    };
    let good = async |token: &str| {
        app.browser().get(&format!("/invitation/{token}")).await.status == StatusCode::OK
    };
    let (replaced, used) = (make().await, make().await);
    let typed = [("email", "bob@example.org"), ("password", PASSWORD), ("again", PASSWORD)];
    let done = app.browser().post(&format!("/invitation/{used}"), &typed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let unused = make().await;

    for step in [DAY, -DAY, -DAY, DAY] {
        app.clock.set(step);
        app.work().await;
        assert!(!good(&replaced).await && !good(&used).await, "{step}");
    }
    assert!(good(&unused).await, "the clock says that it has not ended");
    app.clock.advance(Duration::hours(2));
    assert!(!good(&unused).await, "and now that it has");
    app.end().await;
}

#[tokio::test]
async fn a_set_up_link_that_was_used_makes_no_second_owner_though_the_clock_was_set_back() {
    let app = TestApp::new().await;
    let token = accounts::make_set_up_link(&app.db, app.clock.now()).await.unwrap();
    let link = format!("/set-up/{}", token.expose());
    let form = [
        ("name", "Ada Lovelace"),
        ("email", "ada@example.org"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    app.clock.set(DAY);
    assert_eq!(app.browser().post(&link, &form).await.status, StatusCode::CONFLICT, "over");
    app.clock.set(-DAY);
    let done = app.browser().post(&link, &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "the clock was wrong: {}", done.body);

    app.clock.set(-DAY);
    assert_eq!(app.browser().post(&link, &form).await.status, StatusCode::CONFLICT, "used");
    app.end().await;
}
