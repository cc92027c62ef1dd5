//! An incident that goes on after all: who was told that it is over is paged anew.

use muster::actions::answers::Answer;
use muster::actions::incidents::{self, Step};
use muster::domain::incident::Kind;
use time::Duration;

use super::scene::{Scene, recipients};

async fn step(scene: &Scene, step: Step) {
    let (by, now) = (scene.app.person("ada-lovelace").await, scene.app.clock.now());
    incidents::step(&scene.app.db, scene.incident, step, by, now).await.unwrap();
}

#[tokio::test]
async fn a_declaration_undone_and_reopened_pages_the_level_and_tells_the_public() {
    let scene = Scene::declared(Kind::Real, 3).await;
    let (by, now) = (scene.app.person("ada-lovelace").await, scene.app.clock.now());
    incidents::undo(&scene.app.db, scene.incident, by, now).await.unwrap();
    assert_eq!(scene.app.mails().await, []);

    step(&scene, Step::Reopen).await;

    assert_eq!(scene.app.mails().await.len(), 9);
    assert_eq!(scene.count("public_posts").await, 1, "the plan's first words");
    let next = recipients(&scene.mails_after(Duration::minutes(6)).await);
    assert!(next.contains(&"emeka.obi".to_owned()), "the chains go on: {next:?}");
    scene.app.end().await;
}

#[tokio::test]
async fn who_was_told_to_stand_down_is_paged_anew_and_no_longer_has_it() {
    let scene = Scene::declared(Kind::Real, 1).await;
    assert_eq!(scene.mailed_at(0).await, ["jonas.brandt"]);
    scene.press("jonas.brandt", Answer::Have).await;
    step(&scene, Step::FalseAlarm).await;
    assert_eq!(scene.mailed_at(1).await, ["jonas.brandt"], "stand down");

    step(&scene, Step::Reopen).await;

    assert_eq!(scene.mailed_at(2).await, ["jonas.brandt"]);
    assert_eq!(scene.count("duties where until is null").await, 0);
    assert_eq!(scene.mailed_at(7).await, ["emeka.obi", "jonas.brandt"], "nobody answered");
    scene.press("jonas.brandt", Answer::Have).await;
    assert_eq!(scene.count("duties where until is null").await, 1);
    scene.app.end().await;
}

#[tokio::test]
async fn who_is_asked_because_nobody_answered_takes_that_role_only_by_that_page() {
    let scene = Scene::declared(Kind::Real, 2).await;
    scene.press("priya.raghunathan", Answer::Have).await;
    scene.mails_at(0).await;
    for minute in [5, 10, 15] {
        scene.mails_at(minute).await;
    }
    let held = "duties d join people p on p.id = d.person where until is null and p.key =";
    let of_priya = format!("{held} 'priya-raghunathan'");
    assert_eq!(scene.count(&of_priya).await, 1, "she was asked for the others, too");

    let first = "select id from deliveries where address = 'priya.raghunathan@example.org'
                 order by id limit 1";
    let pool = scene.app.db.pool().unwrap();
    let first: uuid::Uuid = sqlx::query_scalar(first).fetch_one(pool).await.unwrap();
    let first = muster::domain::id::DeliveryId(first);
    let now = scene.app.clock.now();
    muster::actions::answers::answer(&scene.app.db, first, Answer::Have, now).await.unwrap();
    assert_eq!(scene.count(&of_priya).await, 1, "her own page is about her own role");

    let needed = "select d.id from deliveries d join messages m on m.id = d.message
                  where address = 'priya.raghunathan@example.org' and facts::text like '%Nobody%'
                  order by d.id limit 1";
    let needed: uuid::Uuid = sqlx::query_scalar(needed).fetch_one(pool).await.unwrap();
    let needed = muster::domain::id::DeliveryId(needed);
    muster::actions::answers::answer(&scene.app.db, needed, Answer::Have, now).await.unwrap();
    assert!(scene.count(&of_priya).await > 1, "that page asked for what nobody has");
    scene.app.end().await;
}
