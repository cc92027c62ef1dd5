//! Telling audiences: who is due when, and what "told" does.

mod pages;
mod scene;

use hyper::StatusCode;
use muster::actions::incidents::{self, Edit, Facts, Step};
use muster::domain::incident::Kind;
use time::Duration;

use scene::{FORM, Scene};

fn dues(of: &[(&str, i64)]) -> Vec<(String, i64)> {
    of.iter().map(|(key, after)| ((*key).to_owned(), *after)).collect()
}

#[tokio::test]
async fn first_words_are_due_after_the_hold_as_the_matrix_has_it() {
    for (level, wanted) in [
        (1, dues(&[("technical-team", 0)])),
        (2, dues(&[("management", 900), ("technical-team", 900)])),
        (
            3,
            dues(&[
                ("(public)", 310),
                ("stakeholders", 310),
                ("management", 910),
                ("technical-team", 910),
            ]),
        ),
        (
            4,
            dues(&[
                ("(public)", 10),
                ("authorities", 10),
                ("executives", 10),
                ("stakeholders", 310),
                ("management", 910),
                ("technical-team", 910),
            ]),
        ),
    ] {
        let scene = Scene::declared(Kind::Real, level).await;
        assert_eq!(scene.dues().await, wanted, "level {level}");
        scene.app.end().await;
    }
}

#[tokio::test]
async fn the_plans_first_words_tell_the_public_and_promise_the_next() {
    let scene = Scene::declared(Kind::Real, 3).await;
    scene.after(1).await;

    assert!(scene.dues().await.contains(&("(public)".to_owned(), 60 + 900)));
    let now = scene.page("").await;
    assert!(now.contains("Next: tell All stakeholders"), "sooner than the public: {now}");
    assert!(now.contains(&scene.path("/tellings/stakeholders")), "{now}");
    scene.tell(1, "stakeholders").await;
    scene.tell(2, "management").await;
    scene.tell(3, "technical-team").await;
    let now = scene.page("").await;
    assert!(now.contains("Next: tell the public") && now.contains("Write the update"), "{now}");
    let now = scene.app.clock.now();
    incidents::command(&scene.app.db, scene.id, scene.ada, scene.ada, now).await.unwrap();
    scene.after(17).await;
    assert!(scene.page("").await.contains("</b> tell the public"));
    let list = scene.page("/tellings").await;
    assert!(
        list.contains("Overdue: tell All stakeholders") || list.contains("Overdue: tell Users")
    );
    scene.app.end().await;
}

#[tokio::test]
async fn who_was_told_is_due_again_after_the_interval_and_twice_pressed_is_told_once() {
    let scene = Scene::declared(Kind::Real, 2).await;
    scene.after(20).await;
    let list = scene.page("/tellings").await;
    assert!(
        list.contains("2 audiences are overdue") && list.contains("overdue by 5 min"),
        "{list}"
    );

    scene.tell(1, "management").await;
    scene.after(21).await;
    scene.tell(1, "management").await;

    assert_eq!(scene.dues().await[1], ("management".to_owned(), 50 * 60), "30 min after minute 20");
    let list = scene.page("/tellings").await;
    assert!(list.contains("03:32 CET, Ada Lovelace") && list.contains("once so far"), "{list}");
    let one = scene.page("/tellings/management").await;
    assert!(one.contains("Told once") && one.contains("03:32 CET, by Ada Lovelace"), "{one}");
    let timeline = scene.page("/timeline").await;
    assert_eq!(timeline.matches("Told: Management.").count(), 1, "{timeline}");

    let other = scene.told(&format!("{FORM}1"), "technical-team").await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.body);
    scene.app.end().await;
}

#[tokio::test]
async fn on_change_is_due_at_each_change_and_none_only_once() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.tell(1, "technical-team").await;
    assert_eq!(scene.dues().await, [], "nothing has changed");

    scene.after(5).await;
    scene.step(Step::Recovering).await;
    assert_eq!(scene.dues().await, dues(&[("technical-team", 300)]));
    scene.tell(2, "technical-team").await;
    assert_eq!(scene.dues().await, []);

    let now = scene.app.clock.now();
    incidents::raise(&scene.app.db, scene.id, 4, scene.ada, now).await.unwrap();
    scene.after(6).await;
    scene.tell(3, "authorities").await;
    scene.tell(4, "executives").await;
    let now = scene.app.clock.now();
    incidents::restore(&scene.app.db, scene.id, "incident", scene.ada, now).await.unwrap();
    scene.step(Step::Stable).await;
    let seen = scene.dues().await;
    assert!(seen.contains(&("executives".to_owned(), 360)), "on change, at once: {seen:?}");
    assert!(!seen.iter().any(|(key, _)| key == "authorities"), "once is enough: {seen:?}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_raise_adds_audiences_and_a_lower_lets_them_go() {
    let scene = Scene::declared(Kind::Real, 2).await;
    let (db, by) = (&scene.app.db, scene.ada);
    scene.tell(1, "management").await;
    scene.after(10).await;

    incidents::raise(db, scene.id, 3, by, scene.app.clock.now()).await.unwrap();
    let raised = dues(&[
        ("(public)", 600 + 10 + 300),
        ("technical-team", 900),
        ("stakeholders", 910),
        ("management", 1_800),
    ]);
    let mut seen = scene.dues().await;
    seen.sort_by_key(|(_, after)| *after);
    let mut wanted = raised;
    wanted.sort_by_key(|(_, after)| *after);
    assert_eq!(seen, wanted, "management keeps its interval, the others have their first words");

    scene.after(11).await;
    let now = scene.app.clock.now();
    incidents::lower(db, scene.id, 1, "only one node", by, now).await.unwrap();
    let seen = scene.dues().await;
    assert_eq!(seen, dues(&[("technical-team", 660)]), "its row of level 1 wants words at once");
    scene.app.end().await;
}

#[tokio::test]
async fn a_raise_that_was_undone_leaves_who_was_told_in_peace() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.tell(1, "technical-team").await;
    let now = scene.app.clock.now();

    incidents::raise(&scene.app.db, scene.id, 4, scene.ada, now).await.unwrap();
    assert_eq!(scene.dues().await.len(), 6);
    incidents::undo(&scene.app.db, scene.id, scene.ada, now).await.unwrap();

    assert_eq!(scene.dues().await, []);
    scene.app.end().await;
}

#[tokio::test]
async fn an_edited_impact_start_makes_nobody_due() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.tell(1, "technical-team").await;
    let now = scene.app.clock.now();
    let was = Facts {
        title: "Disk".to_owned(),
        public_title: String::new(),
        impact_start: now,
        impact_confirmed: false,
        detected_at: None,
    };
    let is = Facts { impact_start: now - Duration::minutes(9), ..was.clone() };
    let edit = Edit { was, is };

    incidents::edit(&scene.app.db, scene.id, edit, scene.ada, now).await.unwrap();

    assert_eq!(scene.dues().await, []);
    scene.app.end().await;
}
