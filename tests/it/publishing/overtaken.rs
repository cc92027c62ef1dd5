//! Components that somebody marks while another writes for the public.

use hyper::StatusCode;
use muster::actions::incidents;
use muster::domain::incident::{Kind, Outage};
use time::Duration;

use super::scene::{Fields, Scene, value};

const BOOKINGS: &str = "component.booking";

/// An open form; then Bookings are marked as down.
async fn marked_meanwhile() -> (Scene, Fields) {
    let scene = Scene::open(Kind::Real, 3).await;
    let fields = scene.fields(&scene.form().await, "We are looking into it.");
    scene.app.clock.advance(Duration::minutes(3));
    mark(&scene, Outage::Down).await;
    (scene, fields)
}

async fn mark(scene: &Scene, outage: Outage) {
    let (db, now) = (&scene.app.db, scene.app.clock.now());
    incidents::declare_down(db, scene.id, (BOOKINGS, outage), None, scene.ada, now).await.unwrap();
}

async fn stands(scene: &Scene, state: &str) -> bool {
    let sql = "select from component_states where key = 'booking' and until_at is null";
    scene.app.tamper(&format!("{sql} and state = '{state}'")).await == 1
}

/// The chosen state of Bookings, and what the form says that was seen.
fn bookings(scene: &Scene, page: &str) -> (String, String) {
    let fields = scene.fields(page, "");
    (fields[BOOKINGS].clone(), value(page, "was.component.booking"))
}

#[tokio::test]
async fn what_was_marked_meanwhile_is_told_before_it_is_published_otherwise() {
    let (scene, mut fields) = marked_meanwhile().await;
    fields.insert(BOOKINGS.to_owned(), "slow".to_owned());

    for press in ["look", "publish"] {
        let refused = scene.press(press, &fields).await;

        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
        for words in [
            "Bookings: down now. Ada Lovelace changed it while this was written, 03:15 CET: “Bookings: \
             down since 03:12 CET”. Read it, then go on.",
            "Stands now: down.",
            "We are looking into it.",
        ] {
            assert!(refused.body.contains(words), "{words}: {}", refused.body);
        }
        let kept = ("slow".to_owned(), "down".to_owned());
        assert_eq!(bookings(&scene, &refused.body), kept, "what was chosen, and what was seen");
    }
    assert!(stands(&scene, "down").await, "nothing was published");

    fields.insert("was.component.booking".to_owned(), "down".to_owned());
    scene.publish(&fields).await;
    assert!(stands(&scene, "slow").await, "informed");
    scene.app.end().await;
}

#[tokio::test]
async fn a_component_that_was_left_alone_is_not_put_back_by_an_old_form() {
    let (scene, fields) = marked_meanwhile().await;

    let refused = scene.press("publish", &fields).await;

    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(refused.body.contains("Bookings: down now."), "{}", refused.body);
    let taken = ("down".to_owned(), "down".to_owned());
    assert_eq!(bookings(&scene, &refused.body), taken, "what stands now");
    assert!(stands(&scene, "down").await);
    scene.publish(&scene.fields(&refused.body, "We are looking into it.")).await;
    assert!(stands(&scene, "down").await, "still");
    scene.app.end().await;
}

#[tokio::test]
async fn what_is_marked_between_looking_and_publishing_is_told_too() {
    let scene = Scene::open(Kind::Real, 3).await;
    let fields = scene.fields(&scene.form().await, "We are looking into it.");
    let looked = scene.press("look", &fields).await;
    assert_eq!(value(&looked.body, "was.component.booking"), "working", "carried along");
    mark(&scene, Outage::Slow).await;

    let refused = scene.press("publish", &fields).await;

    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(refused.body.contains("Bookings: slow now."), "{}", refused.body);
    scene.app.end().await;
}

#[tokio::test]
async fn who_chooses_what_somebody_else_has_marked_meanwhile_is_not_held_up() {
    let (scene, mut fields) = marked_meanwhile().await;
    fields.insert(BOOKINGS.to_owned(), "down".to_owned());

    scene.publish(&fields).await;
    scene.publish(&fields).await;

    assert!(stands(&scene, "down").await);
    scene.app.end().await;
}
