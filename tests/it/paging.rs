//! Who is mailed when, on the example plan, with a clock moved by hand.

mod scene;

use muster::actions::answers::{Answer, answer};
use muster::domain::id::DeliveryId;

use crate::support::smtp::Behaviour;
use scene::Scene;

#[tokio::test]
async fn a_level_1_page_goes_from_the_primary_to_everybody() {
    let scene = Scene::declared("paging_steps", 1).await;

    assert_eq!(scene.mailed().await, ["katarzyna-nowak"; 0]);
    for (minutes, wanted) in scene.expected_of_level_1() {
        scene.advance_to(minutes);
        assert_eq!(scene.mailed().await, wanted, "minute {minutes}");
    }
}

#[tokio::test]
async fn what_is_withdrawn_while_it_is_held_never_leaves() {
    let scene = Scene::declared("paging_withdrawn", 3).await;

    scene.withdraw().await;
    scene.advance_to(30);

    assert_eq!(scene.mailed().await, [""; 0]);
}

#[tokio::test]
async fn who_cant_is_passed_over_at_once_and_who_has_it_ends_the_chain() {
    let scene = Scene::declared("paging_answers", 1).await;
    scene.advance_to(0);
    let [first, second] = scene.holders("on-call-engineer");
    assert_eq!(scene.mailed().await, std::slice::from_ref(&first));

    let page = scene.delivery_to(&first).await;
    answer(&scene.toolbox.db, page, Answer::Cannot, scene.now()).await.unwrap();
    assert_eq!(scene.mailed().await, std::slice::from_ref(&second));

    let page: DeliveryId = scene.delivery_to(&second).await;
    answer(&scene.toolbox.db, page, Answer::Have, scene.now()).await.unwrap();
    scene.advance_to(10);
    assert_eq!(scene.mailed().await, [""; 0]);
    scene.advance_to(15);
    assert_eq!(scene.mailed().await, [second], "asked again after a quarter of an hour");
}

#[tokio::test]
async fn an_address_that_is_refused_fails_at_once_and_one_that_is_busy_is_tried_again() {
    let scene = Scene::declared("paging_refused", 1).await;
    let [first, _] = scene.holders("on-call-engineer");
    let busy = Behaviour::Greylist { times: 1 };
    scene.sink.behave(&first, busy);
    scene.advance_to(0);
    assert_eq!(scene.mailed().await, [""; 0]);
    scene.advance_to(1);
    assert_eq!(scene.mailed().await, std::slice::from_ref(&first));

    scene.sink.behave(&first, Behaviour::Refuse { code: 550, words: "no such user".into() });
    let tries = scene.sink.tries(&first);
    scene.advance_to(5);
    scene.mailed().await;
    scene.advance_to(9);
    scene.mailed().await;
    assert_eq!(scene.sink.tries(&first), tries + 1);
}
