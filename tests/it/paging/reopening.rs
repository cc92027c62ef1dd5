//! An incident that goes on after all: who was told that it is over is paged anew.

use muster::actions::answers::{self, Answer};
use muster::actions::incidents::{self, Step};
use muster::domain::id::DeliveryId;
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
    for minute in [0, 5, 10, 15] {
        scene.mails_at(minute).await;
    }
    let held = "duties d join people p on p.id = d.person
                where until is null and p.key = 'tomasz-lindqvist'";
    let page = async |which: &str| {
        let sql = format!(
            "select d.id from deliveries d join messages m on m.id = d.message
             where address = 'tomasz.lindqvist@example.org' and facts::text {which} '%Nobody%'
             order by d.id limit 1"
        );
        let pool = scene.app.db.pool().unwrap();
        let id: uuid::Uuid =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.unwrap();
        let (delivery, now) = (DeliveryId(id), scene.app.clock.now());
        answers::answer(&scene.app.db, delivery, Answer::Have, now).await.unwrap();
    };

    page("not like").await;
    assert_eq!(scene.count(held).await, 1, "his own page is about his own role");

    scene.app.clock.advance(Duration::minutes(1));
    page("like").await;
    assert!(scene.count(held).await > 1, "that page asked for what nobody has");
    scene.app.mails().await;
    scene.app.end().await;
}
