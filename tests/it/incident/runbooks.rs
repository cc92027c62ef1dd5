//! Runbooks of the pinned plan, followed by several people at once.

use hyper::StatusCode;
use muster::actions::plans;
use time::Duration;

use super::scene::{Scene, form, typed};
use crate::support::app::LABITORY;

const RECOVERY: &str = "/runbooks/point-in-time-recovery";

/// One press on a step, with a fresh id.
fn press<'a>(id: &'a str, deed: &'a str, number: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("id", id), ("press", deed), ("number", number)]
}

/// What the page says of a step.
fn step(page: &str, number: usize) -> &str {
    let (_, rest) = page.split_once(&format!("id=\"step-{number}\"")).expect("a step");
    rest.split("</section>").next().unwrap()
}

#[tokio::test]
async fn what_mends_the_parts_that_are_down_is_proposed_first() {
    let scene = Scene::at_level(2).await;
    let page = scene.page(&scene.ada, "/runbooks").await;
    assert!(page.contains("All runbooks") && !page.contains("For what is down"), "{page}");

    scene.press("/affected", &[("press", "down component.database")]).await;
    let page = scene.page(&scene.ada, "/runbooks").await;
    let (before, others) = page.split_once("<h2 id=\"others\">").unwrap();
    let name = "Recover the database to a point in time";
    assert!(before.contains("For what is down") && before.contains(name), "{page}");
    assert!(others.contains("Declare an incident"), "{page}");

    scene.press("/affected", &[("press", "restored component.database")]).await;
    scene.press("/runbooks/declare", &press(&scene.fresh_id(), "done", "1")).await;
    let page = scene.page(&scene.ada, "/runbooks").await;
    let (under_way, _) = page.split_once("<h2 id=\"others\">").unwrap();
    assert!(under_way.contains("Under way") && under_way.contains("1 of 4 steps"), "{page}");
    assert!(!page.contains("For what is down"), "{page}");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_step_is_ticked_skipped_with_a_reason_and_taken_back_each_by_an_entry() {
    let scene = Scene::at_level(1).await;
    let page = scene.page(&scene.ada, RECOVERY).await;
    assert!(
        step(&page, 1).contains("class=\"primary\"") && page.contains("data-copy=\"commands-1\"")
    );

    scene.press(RECOVERY, &press(&scene.fresh_id(), "done", "1")).await;
    let id = scene.fresh_id();
    let refused = scene.refused(RECOVERY, &press(&id, "pass", "2")).await.body;
    assert!(step(&refused, 2).contains("type a reason"), "{refused}");
    let skip = [press(&id, "pass", "2"), vec![("reason", " It stands already ")]].concat();
    scene.press(RECOVERY, &skip).await;

    let page = scene.page(&scene.ada, RECOVERY).await;
    assert!(page.contains("2 of 7 steps, 1 of them skipped"), "{page}");
    assert!(step(&page, 1).contains("done 03:12 CET by Ada Lovelace"), "{page}");
    assert!(step(&page, 2).contains("skipped 03:12 CET by Ada Lovelace: It stands already"));
    assert!(step(&page, 3).contains("class=\"primary\""), "the next thing to do: {page}");
    let undo = form(step(&page, 2), &scene.path(RECOVERY));
    scene.press(RECOVERY, &typed(&undo, &[("press", "undo")])).await;
    scene.press(RECOVERY, &typed(&undo, &[("press", "undo")])).await;

    assert!(scene.page(&scene.ada, RECOVERY).await.contains("1 of 7 steps"));
    assert_eq!(scene.count("tick").await, 3);
    let timeline = scene.page(&scene.ada, "/timeline").await;
    for words in [
        "Recover the database to a point in time, step 1, done: Stop application services",
        "step 2, skipped: Create the recovery database. Because: It stands already",
        "step 2, open again: Create the recovery database",
    ] {
        assert!(timeline.contains(words), "{words}: {timeline}");
    }
    let export = scene.page(&scene.ada, "/record.jsonl").await;
    assert!(export.contains("runbook.point-in-time-recovery.step.2"), "{export}");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn two_ticks_of_one_step_are_one_and_each_press_counts_once() {
    let scene = Scene::at_level(1).await;
    let (priya, _) = scene.signed_in("priya-raghunathan", "respond").await;
    let (mine, theirs) = (scene.fresh_id(), scene.fresh_id());
    let (mine, theirs) = (press(&mine, "done", "1"), press(&theirs, "done", "1"));

    let (one, two) = tokio::join!(
        scene.post(&scene.ada, RECOVERY, &mine),
        scene.post(&priya, RECOVERY, &theirs)
    );
    assert_eq!((one.status, two.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_eq!(scene.count("tick").await, 1);
    let page = scene.page(&scene.ada, RECOVERY).await;
    let undo = form(step(&page, 1), &scene.path(RECOVERY));
    scene.press(RECOVERY, &typed(&undo, &[("press", "undo")])).await;
    scene.press(RECOVERY, &mine).await;
    scene.post(&priya, RECOVERY, &theirs).await;

    let entries = scene.count("tick").await;
    assert_eq!(entries, 3, "the press that ticked it, sent again, does not tick it again");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn who_ticks_what_somebody_else_skipped_is_told_and_undo_takes_back_only_what_was_seen() {
    let scene = Scene::at_level(1).await;
    let (priya, _) = scene.signed_in("priya-raghunathan", "respond").await;
    let id = scene.fresh_id();
    let skip = [press(&id, "pass", "1"), vec![("reason", "no replica")]].concat();
    scene.post(&priya, RECOVERY, &skip).await;

    let fresh = scene.fresh_id();
    let told = scene.post(&scene.ada, RECOVERY, &press(&fresh, "done", "1")).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(
        told.body.contains("Priya Raghunathan skipped it 03:12 CET: no replica"),
        "{}",
        told.body
    );
    let other = [press(&fresh, "pass", "1"), vec![("reason", "too slow")]].concat();
    let page = scene.refused(RECOVERY, &other).await.body;
    assert!(page.contains("no replica meanwhile") && page.contains("value=\"too slow\""), "{page}");

    let seen = form(step(&scene.page(&scene.ada, RECOVERY).await, 1), &scene.path(RECOVERY));
    scene.post(&priya, RECOVERY, &typed(&seen, &[("press", "undo")])).await;
    scene.app.clock.advance(Duration::minutes(1));
    scene.post(&priya, RECOVERY, &press(&scene.fresh_id(), "done", "1")).await;
    let late = [("id", &*scene.fresh_id()), ("press", "undo")]
        .map(|(name, value)| (name, value.to_owned()));
    let late: Vec<_> = late.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let stale = scene.post(&scene.ada, RECOVERY, &typed(&seen, &late)).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("Priya Raghunathan ticked it 03:13 CET, after you looked"));
    assert!(scene.page(&scene.ada, RECOVERY).await.contains("1 of 7 steps"));
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn what_is_no_step_is_nowhere_and_after_the_end_nothing_is_ticked() {
    let scene = Scene::at_level(1).await;
    let id = scene.fresh_id();
    for (path, number) in
        [(RECOVERY, "0"), (RECOVERY, "8"), (RECOVERY, "x"), ("/runbooks/none", "1")]
    {
        let answer = scene.post(&scene.ada, path, &press(&id, "done", number)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path} {number}");
    }
    for fields in [press("no id", "done", "1"), press(&id, "undo", "1"), press(&id, "dance", "1")] {
        let answer = scene.post(&scene.ada, RECOVERY, &fields).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{fields:?}");
    }
    scene.press("/phase", &[("step", "false-alarm")]).await;
    let over = scene.post(&scene.ada, RECOVERY, &press(&id, "done", "1")).await;
    assert_eq!(over.status, StatusCode::CONFLICT, "{}", over.body);
    let page = scene.page(&scene.ada, RECOVERY).await;
    assert!(!page.contains("name=\"press\""), "{page}");
    assert_eq!(scene.count("tick").await, 0);
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn the_steps_are_those_of_the_revision_that_was_in_force() {
    let scene = Scene::at_level(1).await;
    let changed = LABITORY.replace("Stop application services", "Ask the vendor");
    plans::import(&scene.app.db, &changed, None, None, scene.app.clock.now()).await.unwrap();

    scene.press(RECOVERY, &press(&scene.fresh_id(), "done", "1")).await;
    let page = scene.page(&scene.ada, RECOVERY).await;
    assert!(
        page.contains("Stop application services") && !page.contains("Ask the vendor"),
        "{page}"
    );
    scene.app.mails().await;
    scene.app.end().await;
}
